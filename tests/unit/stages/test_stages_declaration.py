"""What an author may declare as lineage, how it is named, and what is refused before any run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk import DAG, Asset

from hallmark import Dataset, LineageOperator, StageOperator, dataset_asset, model_asset
from hallmark.errors import StageError
from hallmark.lineage.naming import database_identity, table_identity
from hallmark.stages.declaration import declare, identity_of
from hallmark.stages.lineage_task import lineage_task

orders, revenue = Dataset("shop/orders"), Dataset("shop/revenue")


@pytest.mark.parametrize(
    ("uri", "namespace", "name"),
    [
        ("/data/in.csv", "file", "/data/in.csv"),
        ("file:///data/out/", "file", "/data/out"),
        ("s3://bucket/a/b.parquet", "s3://bucket", "a/b.parquet"),
        ("s3a://bucket/a", "s3://bucket", "a"),
        ("postgres://host:5433/shop.public.orders", "postgres://host:5433", "shop.public.orders"),
        ("postgresql://host/shop/public/orders", "postgres://host:5432", "shop.public.orders"),
        ("mysql://host/shop/orders", "mysql://host:3306", "shop.orders"),
        ("postgres://me:secret@host/shop.public.orders?sslmode=off", "postgres://host:5432", "shop.public.orders"),
        ("kafka://broker:9092/topic", "kafka://broker:9092", "topic"),
    ],
)
def test_a_uri_is_named_by_the_conventions_and_without_credentials(uri: str, namespace: str, name: str) -> None:
    assert identity_of(uri) == (namespace, name)


@pytest.mark.parametrize("table", ["s3://lake/shop/orders", "/lake/shop/orders"])
def test_a_tables_folder_is_named_as_stages_name_it(table: str) -> None:
    assert identity_of(table) == table_identity(table)


def test_a_databases_table_is_named_as_sources_name_it() -> None:
    url = "postgresql+psycopg://me:secret@host/shop"
    assert identity_of("postgres://host/shop/public/orders") == database_identity(url, "SELECT * FROM orders", "shop")


@pytest.mark.parametrize(
    "written",
    [
        {"total": ["amount"]},
        {"revenue.total": "orders.amount"},
        {"shop/revenue.total": ["shop/orders.amount"]},
    ],
)
def test_a_column_may_be_written_with_or_without_what_it_is_of(written: Any) -> None:
    declared = declare(orders, [revenue], written)

    assert dict(declared.columns) == {0: {"total": ((declared.inputs[0], "amount"),)}}


def test_of_two_names_that_fit_the_longer_one_counts() -> None:
    declared = declare(["s3://b/t", "s3://b/t.x"], "s3://b/out", {"a": ["t.x.c"]})

    assert declared.columns[0]["a"] == ((declared.inputs[1], "c"),)


PAIR = ("postgres://h:1", "db.s.t")


@pytest.mark.parametrize(
    ("inputs", "outputs", "columns", "message"),
    [
        ((), (), None, "neither an input nor an output is declared"),
        (None, None, {"a": ["b"]}, "neither an input nor an output is declared"),
        (42, (), None, "42 is nothing that lineage can name"),
        ("orders", (), None, "'orders' names nothing in lineage"),
        ("s3://bucket", (), None, "'s3://bucket' names nothing in lineage"),
        ("file:///", (), None, "names nothing in lineage"),
        ("postgres://ada:hunter2@h", (), None, "'postgres://***@h' names nothing in lineage"),
        ("postgres://ada:hunter2@h:port/x", (), None, "'postgres://***@h:port/x' is no URI"),
        ("hallmark://table/x", (), None, "names nothing in lineage"),
        ("postgres://h:port/db.s.t", (), None, "is no URI"),
        (Asset("by-name-alone"), (), None, "names nothing in lineage"),
        ([("file", "")], (), None, "is nothing that lineage can name"),
        (orders, revenue, ["a"], "columns is a list"),
        (orders, revenue, {"": ["a"]}, "'' is no path of a column"),
        (orders, revenue, {1: ["a"]}, "1 is no path of a column"),
        (orders, revenue, {"a": []}, "column 'a' comes from []"),
        (orders, revenue, {"a": {"b": 1}}, "column 'a' comes from {'b': 1}"),
        (orders, revenue, {"a": [None]}, "None is no path of a column"),
        (orders, revenue, {"sales.a": ["b"]}, "the column 'sales.a' names none of the outputs"),
        (orders, revenue, {"a": ["sales.b"]}, "the column 'sales.b' names none of the inputs"),
        (orders, [revenue, PAIR], {"a": ["b"]}, "outputs: 'shop/revenue', 'db.s.t'"),
        (orders, (), {"a": ["b"]}, "outputs: none is declared"),
        (["s3://a/t", "s3://b/t"], revenue, {"a": ["t.b"]}, "the column 't.b' names several of the inputs"),
    ],
)
@pytest.mark.parametrize("construct", [LineageOperator, lineage_task], ids=["operator", "decorator"])
def test_what_cannot_be_meant_is_refused_at_the_construction(
    construct: Callable[..., Any], inputs: Any, outputs: Any, columns: Any, message: str
) -> None:
    with pytest.raises(StageError) as error:
        construct(task_id="declared", inputs=inputs, outputs=outputs, columns=columns)

    assert message in str(error.value)
    assert str(error.value).startswith("stage declared: ")
    assert error.value.remedy


def test_what_has_a_template_in_it_waits_for_the_run() -> None:
    with DAG("shop", schedule=None):
        task = LineageOperator(task_id="declared", inputs="{{ var.value.table }}", outputs=revenue)

    assert {"inputs", "outputs", "columns"} <= set(task.template_fields)


def test_datasets_and_assets_become_inlets_and_outlets_beside_those_given() -> None:
    model, file = model_asset("late"), Asset("file:///data/in.csv")
    task = LineageOperator(
        task_id="declared", inputs=[orders, file, PAIR, "s3://b/k"], outputs=revenue, inlets=[file], outlets=[model]
    )

    assert task.inlets == [file, dataset_asset(orders)]
    assert task.outlets == [model, dataset_asset(revenue)]


def test_a_mapped_task_has_the_assets_that_are_the_same_for_all() -> None:
    with DAG("shop", schedule=None) as dag:
        LineageOperator.partial(task_id="by_hand", inputs=orders).expand(outputs=["s3://b/1", "s3://b/2"])

        @lineage_task(inputs=orders, outputs=revenue)
        def function(number: int) -> None: ...

        function.expand(number=[1, 2])

    assert dag.get_task("by_hand").inlets == dag.get_task("function").inlets == [dataset_asset(orders)]
    assert dag.get_task("function").outlets == [dataset_asset(revenue)]


def test_the_operator_is_no_stage_and_has_neither_gate_nor_receipt() -> None:
    assert not issubclass(LineageOperator, StageOperator)
    assert LineageOperator(task_id="a", inputs=orders, description="A load.").doc_md == "A load."
