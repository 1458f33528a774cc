"""TransformOperator with a Python function: what it is given, what it may return, and what its receipt says."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import shop_features
from airflow.sdk import DAG
from laboratory import Laboratory

from hallmark.dataset import Dataset
from hallmark.engines.duckdb import connect
from hallmark.errors import SourceError, StageError
from hallmark.receipt import Receipt, StageRun
from hallmark.stages.frames import FORMS
from hallmark.stages.job import Job
from hallmark.stages.transform import TransformOperator

if TYPE_CHECKING:
    import ibis

ORDERS = Dataset("shop/orders")
COUNTRIES = Dataset("shop/countries")
OUTPUT = Dataset("shop/by_region")
INPUTS = {"o": ORDERS, "c": COUNTRIES}
PUBLISHED = [("north", 5.0, 2), ("south", 2.0, 1)]
SQL = "SELECT region, sum(amount) AS amount, count(*) AS orders FROM {o} JOIN {c} ON country = code GROUP BY region"
FROM_SQL = {
    "region": {"countries.region IDENTITY"},
    "amount": {"orders.amount AGGREGATION"},
    "orders": set(),
    "*": {"orders.country JOIN", "countries.code JOIN", "countries.region GROUP_BY"},
}


@pytest.fixture
def shop(lab: Laboratory) -> Laboratory:
    """A lake with two inputs."""
    lab.publish(
        ORDERS, "SELECT * FROM (VALUES (1, 'no', 2.0::DOUBLE), (2, 'no', 3.0), (3, 'es', 2.0)) t(id, country, amount)"
    )
    lab.publish(COUNTRIES, "SELECT * FROM (VALUES ('no', 'north'), ('es', 'south')) t(code, region)")
    return lab


def stage(**arguments: Any) -> TransformOperator:
    """Return the operator as a task of a DAG."""
    arguments = {"inputs": INPUTS, "output": OUTPUT, **arguments}
    with DAG("shop", schedule=None):
        return TransformOperator(task_id="by_region", **arguments)


def run(shop: Laboratory, *, task: str = "by_region", **arguments: Any) -> Receipt:
    operator = stage(**arguments)
    operator.receipt = shop.run(operator, task=task)  # type: ignore[arg-type]
    assert operator.receipt.state == "published"
    return operator.receipt


def edges(receipt: Receipt) -> dict[str, set[str]]:
    """Return the emitted columnLineage facet as short text."""
    operator = stage(function=shop_features.by_country)
    operator.receipt = receipt
    (output,) = operator.get_openlineage_facets_on_complete(None).outputs
    facet = output.facets["columnLineage"]
    fields = {name: _words(field.inputFields) for name, field in facet.fields.items()}
    return {**fields, "*": _words(facet.dataset)}


def _words(inputs: Any) -> set[str]:
    return {f"{i.name.rpartition('/')[2]}.{i.field} {t.subtype}" for i in inputs for t in i.transformations}


def arrow(o: pa.Table, c: pa.Table) -> pa.Table:
    joined = o.join(c, "country", "code", join_type="inner")
    grouped = joined.group_by("region").aggregate([("amount", "sum"), ("amount", "count")])
    return grouped.rename_columns(["region", "amount", "orders"])


def plain(o, c):  # type: ignore[no-untyped-def]
    return arrow(o, c)


def readers(o: pa.RecordBatchReader, c: pa.RecordBatchReader) -> pa.RecordBatchReader:
    made = arrow(o.read_all(), c.read_all())
    return pa.RecordBatchReader.from_batches(made.schema, iter(made.to_batches()))


def one_batch(o: pa.Table, c: pa.Table) -> pa.RecordBatch:
    return arrow(o, c).combine_chunks().to_batches()[0]


def polars_eager(o: pl.DataFrame, c: pl.DataFrame) -> pl.DataFrame:
    joined = o.join(c, left_on="country", right_on="code")
    return joined.group_by("region").agg(pl.col("amount").sum(), pl.len().cast(pl.Int64).alias("orders"))


def pandas(o: pd.DataFrame, c: pd.DataFrame) -> pd.DataFrame:
    joined = o.merge(c, left_on="country", right_on="code")
    return joined.groupby("region", as_index=False).agg(amount=("amount", "sum"), orders=("amount", "count"))


def relation(o: duckdb.DuckDBPyRelation, c: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    joined = o.join(c, "country = code")
    return joined.aggregate("region, sum(amount) AS amount, count(*) AS orders", "region")


def with_ibis(o: ibis.Table, c: ibis.Table) -> ibis.Table:
    joined = o.join(c, o.country == c.code)
    return joined.group_by("region").aggregate(amount=joined.amount.sum(), orders=joined.count())


FUNCTIONS: list[Callable[..., Any]] = [arrow, plain, readers, one_batch, polars_eager, pandas, relation]


def test_a_function_is_given_the_form_it_asks_for_and_may_return_any(shop: Laboratory) -> None:
    for function in (*FUNCTIONS, shop_features.by_country):
        receipt = run(shop, task=function.__name__, function=function)

        assert shop.rows(OUTPUT) == PUBLISHED, function.__name__
        assert receipt.rows_out == 2


def test_a_lazy_frame_streams_from_the_lake_to_the_lake_with_its_lineage(shop: Laboratory) -> None:
    receipt = run(shop, function=shop_features.by_country, arguments={"least": 2.5})

    assert shop.rows(OUTPUT) == [("north", 3.0, 1)]
    assert edges(receipt) == {
        "region": {"countries.region IDENTITY"},
        "amount": {"orders.amount AGGREGATION"},
        "orders": set(),
        "*": {
            "orders.amount FILTER",
            "orders.country JOIN",
            "countries.code JOIN",
            "countries.region GROUP_BY",
            "countries.region SORT",
        },
    }


def test_a_relation_runs_as_the_stages_own_query(shop: Laboratory) -> None:
    receipt = run(shop, function=relation)

    assert edges(receipt) == FROM_SQL
    assert receipt.sql is not None and "count(*)" in receipt.sql


def test_an_ibis_expression_runs_as_the_stages_own_query(shop: Laboratory) -> None:
    pytest.importorskip("ibis")
    receipt = run(shop, function=with_ibis)

    assert shop.rows(OUTPUT) == PUBLISHED
    assert edges(receipt) == FROM_SQL


def test_a_relation_of_another_connection_is_read_as_it_is_and_not_by_its_names(
    shop: Laboratory, caplog: pytest.LogCaptureFixture
) -> None:
    def elsewhere(o: pa.Table, c: pa.Table) -> duckdb.DuckDBPyRelation:
        o = o.filter(pa.compute.field("amount") > 2.5)
        connection = duckdb.connect()
        connection.register("o", o)
        connection.register("c", c)
        return connection.sql(SQL.format(o="o", c="c"))

    receipt = run(shop, function=elsewhere)

    assert shop.rows(OUTPUT) == [("north", 3.0, 1)]
    assert not receipt.columns.fields and receipt.sql is None
    assert "no column lineage: the query reads more than the inputs" in caplog.text


def test_a_relation_over_more_than_the_inputs_is_read_once(shop: Laboratory) -> None:
    def with_more(o: duckdb.DuckDBPyRelation, c: pa.Table) -> duckdb.DuckDBPyRelation:
        regions = pa.table({"code": ["no", "es"], "region": ["north", "south"]})
        assert regions.num_rows == c.num_rows
        return o.query("orders", SQL.format(o="orders", c="regions"))

    receipt = run(shop, function=with_more)

    assert shop.rows(OUTPUT) == PUBLISHED
    assert not receipt.columns.fields


def test_rows_that_were_computed_have_no_edges_and_the_log_names_the_remedy(
    shop: Laboratory, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = run(shop, function=polars_eager)

    assert not receipt.columns.fields
    assert [r.levelname for r in caplog.records if "no column lineage" in r.message] == ["WARNING"]
    assert "no column lineage of columns region, amount, orders: a polars.DataFrame does not tell" in caplog.text
    assert "state where its columns are from in columns=" in caplog.text


def test_declared_columns_are_the_lineage(shop: Laboratory, caplog: pytest.LogCaptureFixture) -> None:
    declared = {
        "amount": [{"input": "o", "column": "amount", "subtype": "AGGREGATION"}],
        "region": "c.region",
        "*": [{"input": "o", "column": "country", "subtype": "JOIN"}],
    }
    with caplog.at_level(logging.INFO, "hallmark.stages"):
        receipt = run(shop, function=arrow, columns=declared)

    assert edges(receipt) == {
        "region": {"countries.region TRANSFORMATION"},
        "amount": {"orders.amount AGGREGATION"},
        "*": {"orders.country JOIN"},
    }
    assert "no column lineage of orders: not in columns=" in caplog.text


def test_a_column_declared_wrongly_stops_the_stage(shop: Laboratory) -> None:
    with pytest.raises(StageError) as caught:
        run(shop, function=arrow, columns={"amount": ["o.amont"]})

    assert str(caught.value) == (
        "stage by_region of dataset shop/by_region: columns= of 'amount' names the column 'amont', which "
        "shop/orders does not have; did you mean 'amount'?"
    )
    assert shop.version(OUTPUT) is None


def test_more_rows_than_a_batch_holds_go_through_readers_and_lazy_frames(lab: Laboratory) -> None:
    lab.publish(ORDERS, "SELECT range AS id, (range % 7)::DOUBLE AS amount FROM range(250000)")

    def doubled(o: pa.RecordBatchReader) -> pa.RecordBatchReader:
        def batches() -> Iterator[pa.RecordBatch]:
            for batch in o:
                yield batch.set_column(1, "amount", pa.compute.multiply(batch["amount"], 2))

        return pa.RecordBatchReader.from_batches(o.schema, batches())

    def halved(o: pl.LazyFrame) -> pl.LazyFrame:
        mine = o.join(o.group_by("amount").agg(pl.len().alias("n")), on="amount")
        return mine.select("id", pl.col("amount").map_batches(lambda s: s / 2, return_dtype=pl.Float64))

    for function, total in ((doubled, 1_499_990.0), (halved, 374_997.5)):
        receipt = run(lab, task=function.__name__, inputs={"o": ORDERS}, function=function)
        assert receipt.rows_out == 250_000
        assert lab.rows(OUTPUT, "count(DISTINCT id), sum(amount)") == [(250_000, total)]


def test_an_input_that_only_the_stages_connection_knows_can_be_streamed(lab: Laboratory) -> None:
    with connect() as connection:
        job = Job(StageRun("shop", "by_region", "monday"), lab.settings, lab.catalog, connection, str)
        connection.register("o", pa.table({"a": [1, 2, 3]}))
        read = FORMS["pyarrow", "RecordBatchReader"].open
        scan = FORMS["polars", "LazyFrame"].open
        assert read is not None and scan is not None

        assert read(job, "o").read_all()["a"].to_pylist() == [1, 2, 3]
        assert scan(job, "o").filter(pl.col("a") > 1).collect()["a"].to_list() == [2, 3]


def test_a_lazy_frame_reads_the_columns_it_needs_and_can_be_read_again(shop: Laboratory) -> None:
    def described(o: pl.LazyFrame, c: pl.LazyFrame) -> pl.LazyFrame:
        assert o.select(pl.len()).collect().item() == 3
        assert o.head(2).collect().height == 2
        assert o.filter(pl.col("id") > 2).select("amount").collect().rows() == [(2.0,)]
        return shop_features.by_country(o, c)

    run(shop, function=described)

    assert shop.rows(OUTPUT) == PUBLISHED


def test_a_function_is_found_by_its_import_path_and_its_file_is_in_the_receipt(shop: Laboratory) -> None:
    receipt = run(shop, function="shop_features.by_country", arguments={"least": 1.0})
    file = Path(shop_features.__file__)

    assert receipt.parameters["function"] == {
        "path": "shop_features.by_country",
        "file": str(file),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    assert receipt.parameters["arguments"] == {"least": 1.0}
    assert "sql" not in receipt.parameters


def test_what_is_wrapped_around_a_function_does_not_hide_its_file(shop: Laboratory) -> None:
    @functools.wraps(shop_features.by_country)
    def timed(**frames: Any) -> Any:
        return shop_features.by_country(**frames)

    receipt = run(shop, function=functools.partial(timed))

    assert receipt.parameters["function"]["path"] == "shop_features.by_country"
    assert receipt.parameters["function"]["file"] == shop_features.__file__


def test_an_argument_that_is_a_secret_is_not_in_the_receipt(shop: Laboratory) -> None:
    def signed(o: pa.Table, c: pa.Table, api_key: str) -> pa.Table:
        assert api_key == "hunter2"
        return arrow(o, c)

    assert run(shop, function=signed, arguments={"api_key": "hunter2"}).parameters["arguments"] == {"api_key": "***"}


def test_arguments_are_templated() -> None:
    operator = stage(function=plain, arguments={"day": "{{ ds }}", "most": 3})
    operator.render_template_fields({"ds": "2026-03-01"})

    assert operator.arguments == {"day": "2026-03-01", "most": 3}


def test_a_module_that_only_the_task_needs_is_not_imported_by_the_dag(tmp_path: Path) -> None:
    stage(function="a_module_of_the_task.features")

    assert importlib.util.find_spec("a_module_of_the_task") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "the stage has neither sql= nor function="),
        ({"sql": "SELECT 1", "function": plain}, "the stage has both sql= and function="),
        ({"sql": "SELECT 1", "arguments": {"a": 1}}, "the stage has arguments= or columns= without function="),
        ({"sql": "SELECT 1", "columns": {}}, "the stage has arguments= or columns= without function="),
    ],
)
def test_a_stage_has_sql_or_a_function(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(StageError, match=message):
        stage(**arguments)


def no_such_input(o: pa.Table, weather: pa.Table) -> pa.Table:
    return o


def unknown_form(o: "pa.Scalar", c: "pa.Table") -> pa.Table:  # noqa: UP037
    return o


def ambiguous(o: "DataFrame", c: "DataFrame") -> pa.Table:  # type: ignore[name-defined] # noqa: F821, UP037
    return o


def a_number(o: pa.Table, c: pa.Table) -> int:
    return 1


def twice(o: pa.Table, c: pa.Table) -> pl.LazyFrame:
    return pl.LazyFrame({"a": [1], "A": [2]})


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"function": "shop_features.by_contry"}, r"the function 'shop_features.by_contry' cannot be imported \(module"),
    (
        {"function": "no_such_module.f"},
        r"cannot be imported \(No module named 'no_such_module'\); give its import path",
    ),
    ({"function": "shop_features"}, "cannot be imported"),
    ({"function": "shop_features.NOT_A_FUNCTION"}, "'shop_features.NOT_A_FUNCTION' is a int; name a function"),
    ({"function": no_such_input}, r"cannot be called with o, c \(missing a required argument: 'weather'\)"),
    ({"function": plain, "arguments": {"o": 1}}, "arguments= has 'o', which is an input; rename one of the two"),
    ({"function": plain, "arguments": {"x": 1}}, "got an unexpected keyword argument 'x'"),
    (
        {"function": unknown_form},
        "asks for input 'o' as pa.Scalar; ask for one of pyarrow.Table, pyarrow.RecordBatchReader",
    ),
    ({"function": ambiguous}, "asks for input 'o' as DataFrame; ask for one of"),
    ({"function": a_number}, "the function returned a int; return one of pyarrow.Table"),
]


def test_a_function_that_cannot_do_the_work_is_refused(shop: Laboratory) -> None:
    for number, (arguments, message) in enumerate(REFUSED):
        with pytest.raises(StageError, match=message):
            run(shop, task=f"refused {number}", **arguments)

        assert shop.last().state == "failed" and shop.version(OUTPUT) is None


def test_a_library_that_is_not_installed_is_named(shop: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)

    with pytest.raises(StageError, match=r"asks for input 'o' in a form that is not there .*ibis"):
        run(shop, function=with_ibis)


def test_rows_with_two_columns_of_one_name_are_refused(shop: Laboratory) -> None:
    with pytest.raises(SourceError, match="the data has two columns 'a'; rename one of them"):
        run(shop, function=twice)


def test_an_error_while_the_rows_are_read_leaves_nothing_behind(shop: Laboratory) -> None:
    def failing(o: pl.LazyFrame, c: pl.LazyFrame) -> pl.LazyFrame:
        return o.select(pl.col("id").map_elements(lambda v: 1 // (v - v), return_dtype=pl.Int64))

    with pytest.raises(SourceError, match="integer division or modulo by zero"):
        run(shop, function=failing)

    assert shop.version(OUTPUT) is None and not shop.left_over(OUTPUT)
