"""Column lineage of Polars plans: the same as that of the same query in SQL, and silent where the plan is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from flights import VERSIONS, given, lazy, told, trace

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import StageError
from hallmark.lineage.python import Given, lineage_of, traced
from hallmark.lineage.python.polars_ir import Plan
from hallmark.lineage.sql import column_lineage

Make = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]

C = pl.col
# The same query twice.
PAIRS: dict[str, tuple[Make, str]] = {
    "rename": (lambda f, w: f.select(C("a").alias("x"), "b"), "select a as x, b from f"),
    "drop": (lambda f, w: f.rename({"a": "x"}).drop("b"), "select k, a as x, c from f"),
    "arithmetic": (lambda f, w: f.select((C("a") + C("b") * 2).alias("x")), "select a + b * 2 as x from f"),
    "constant": (lambda f, w: f.select("a", pl.lit(1).alias("one")), "select a, 1 as one from f"),
    "filter": (lambda f, w: f.filter(C("a") > 1, C("b") < 3).select("k"), "select k from f where a > 1 and b < 3"),
    "conditional": (
        lambda f, w: f.select(pl.when(C("a") > 1).then(C("b")).otherwise(C("c")).alias("x")),
        "select case when a > 1 then b else c end as x from f",
    ),
    "coalesce": (lambda f, w: f.select(pl.coalesce("a", "b").alias("x")), "select coalesce(a, b) as x from f"),
    "in a set": (lambda f, w: f.select(C("a").is_in([1, 2]).alias("x")), "select a in (1, 2) as x from f"),
    "inner join": (
        lambda f, w: f.join(w, on="k", suffix="_w"),
        "select f.k, a, b, f.c, d, w.c as c_w from f join w on f.k = w.k",
    ),
    "left join": (
        lambda f, w: f.join(w, left_on="a", right_on="d", how="left").select("k", "k_right", "c_right"),
        "select f.k, w.k as k_right, w.c as c_right from f left join w on f.a = w.d",
    ),
    "right join": (
        lambda f, w: f.join(w, on="k", how="right").select("k", "a", "d"),
        "select k, a, d from f right join w using (k)",
    ),
    "full join": (
        lambda f, w: f.join(w, on="k", how="full", coalesce=True).select("k", "a", "d"),
        "select k, a, d from f full join w using (k)",
    ),
    "semi join": (lambda f, w: f.join(w, on="k", how="semi"), "select f.* from f semi join w on f.k = w.k"),
    "anti join": (lambda f, w: f.join(w, on="k", how="anti"), "select f.* from f anti join w on f.k = w.k"),
    "cross join": (
        lambda f, w: f.join(w, how="cross").select("k", "k_right"),
        "select f.k, w.k as k_right from f cross join w",
    ),
    "grouping": (
        lambda f, w: f.group_by("k").agg(C("a").sum().alias("s"), pl.len().alias("n"), C("b").count().alias("m")),
        "select k, sum(a) as s, count(*) as n, count(b) as m from f group by k",
    ),
    "grouping by an expression": (
        lambda f, w: f.group_by((C("k") % 2).alias("g")).agg(C("a").max()),
        "select k % 2 as g, max(a) as a from f group by k % 2",
    ),
    "having": (
        lambda f, w: f.group_by("k").agg(C("a").sum()).filter(C("a") > 3),
        "select k, sum(a) as a from f group by k having sum(a) > 3",
    ),
    "aggregate of some rows": (
        lambda f, w: f.select(C("a").filter(C("b") > 1).sum()),
        "select sum(a) filter (where b > 1) as a from f",
    ),
    "the a of the largest b": (
        lambda f, w: f.group_by("k").agg(C("a").max_by("b")),
        "select k, arg_max(a, b) as a from f group by k",
    ),
    "quantile": (lambda f, w: f.select(C("a").quantile(0.5)), "select quantile_cont(a, 0.5) as a from f"),
    "sort and limit": (lambda f, w: f.select("k", "a").sort("a").head(2), "select k, a from f order by a limit 2"),
    "distinct": (lambda f, w: f.select("k", "a").unique(), "select distinct k, a from f"),
    "distinct on": (lambda f, w: f.unique(["k"]).select("k", "a"), "select distinct on (k) k, a from f"),
    "window": (
        lambda f, w: f.select(C("a").sum().over("k", order_by="b").alias("x")),
        "select sum(a) over (partition by k order by b) as x from f",
    ),
    "lag": (
        lambda f, w: f.select(C("a").shift(1).over("k", order_by="b").alias("x")),
        "select lag(a) over (partition by k order by b) as x from f",
    ),
    "union": (
        lambda f, w: pl.concat([f.select("k", "c"), w.select("k", "c")]),
        "select k, c from f union all select k, c from w",
    ),
    "union by name": (
        lambda f, w: pl.concat([f.select("k", "a"), w.select("k", "d")], how="diagonal"),
        "select k, a from f union all by name select k, d from w",
    ),
    "self join": (
        lambda f, w: f.join(f.group_by("k").agg(C("a").mean().alias("m")), on="k", how="left").select("a", "m"),
        "select a, m from f left join (select k, avg(a) as m from f group by k) g on f.k = g.k",
    ),
    "several steps": (
        lambda f, w: (
            f.filter(C("a") > 0)
            .join(w.group_by("k").agg(C("d").max()), on="k")
            .with_columns(x=C("b") - C("d"))
            .group_by("c")
            .agg(C("x").mean())
        ),
        """
        select c, avg(x) as x from (
            select c, b - d as x from f join (select k, max(d) as d from w group by k) g on f.k = g.k where a > 0
        ) group by c
        """,
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_plan_has_the_lineage_of_the_same_query_in_sql(name: str) -> None:
    make, sql = PAIRS[name]
    found = trace(make)

    assert not found.told
    assert told(found.lineage) == told(column_lineage(sql, VERSIONS))


# What SQL has no word for, or another one.
ONLY_HERE: dict[str, tuple[Make, dict[str, set[str]]]] = {
    "a Python function": (
        lambda f, w: f.filter(C("c") > 0).select(
            "k", (C("a") + C("b").map_elements(lambda v: v + 1, return_dtype=pl.Int64)).alias("x")
        ),
        {"k": {"f.k IDENTITY"}, "x": {"f.a TRANSFORMATION", "f.b TRANSFORMATION"}, "*": {"f.c FILTER"}},
    ),
    "a Python function of two columns": (
        lambda f, w: f.join(w, on="k").select(
            "d", pl.map_batches(["a", "c"], lambda s: s[0] + s[1], return_dtype=pl.Int64).alias("x"), "b"
        ),
        {
            "d": {"w.d IDENTITY"},
            "x": {"f.a TRANSFORMATION", "f.c TRANSFORMATION"},
            "b": {"f.b IDENTITY"},
            "*": {"f.k JOIN", "w.k JOIN"},
        },
    ),
    "a Python function in a group": (
        lambda f, w: f.group_by("k").agg(C("a").map_batches(lambda s: s + 1), C("b").sum()),
        {"k": {"f.k IDENTITY"}, "a": {"f.a AGGREGATION"}, "b": {"f.b AGGREGATION"}, "*": {"f.k GROUP_BY"}},
    ),
    "join to the nearest": (
        lambda f, w: f.sort("a").join_asof(w.sort("d"), left_on="a", right_on="d", by="k").select("k", "c_right"),
        {
            "k": {"f.k IDENTITY"},
            "c_right": {"w.c IDENTITY"},
            "*": {"f.a SORT", "w.d SORT", "f.a JOIN", "w.d JOIN", "f.k JOIN", "w.k JOIN"},
        },
    ),
    "join by a condition": (
        lambda f, w: f.join_where(w, C("a") > C("d")).select("k", "d"),
        {"k": {"f.k IDENTITY"}, "d": {"w.d IDENTITY"}, "*": {"f.a FILTER", "w.d FILTER"}},
    ),
    "explode": (
        lambda f, w: f.select("k", pl.concat_list("a", "b").alias("x")).explode("x"),
        {"k": {"f.k IDENTITY"}, "x": {"f.a TRANSFORMATION", "f.b TRANSFORMATION"}, "*": {"f.a FILTER", "f.b FILTER"}},
    ),
    "side by side": (
        lambda f, w: pl.concat([f.select("a"), w.filter(C("k") > 0).select("d")], how="horizontal"),
        {"a": {"f.a IDENTITY"}, "d": {"w.d IDENTITY"}, "*": {"w.k FILTER"}},
    ),
    "windows of time": (
        lambda f, w: f.sort("k").rolling("k", period="2i").agg(C("a").sum()),
        {"k": {"f.k TRANSFORMATION"}, "a": {"f.a AGGREGATION"}, "*": {"f.k SORT", "f.k GROUP_BY"}},
    ),
    "row numbers": (lambda f, w: f.select("a").with_row_index("n"), {"n": set(), "a": {"f.a IDENTITY"}, "*": set()}),
    "fewer values": (
        lambda f, w: f.select(C("a").filter(C("b") > 1), pl.lit(1).alias("one")),
        {"a": {"f.a TRANSFORMATION", "f.b CONDITIONAL"}, "one": set(), "*": {"f.b FILTER"}},
    ),
    "pivot": (
        lambda f, w: f.pivot("c", on_columns=[1, 2], index="k", values="a", aggregate_function="sum"),
        {
            "k": {"f.k IDENTITY"},
            "1": {"f.a AGGREGATION", "f.c CONDITIONAL"},
            "2": {"f.a AGGREGATION", "f.c CONDITIONAL"},
            "*": {"f.k GROUP_BY"},
        },
    ),
    "unpivot": (
        lambda f, w: f.unpivot(["a", "b"], index="k"),
        {"k": {"f.k IDENTITY"}, "variable": set(), "value": {"f.a IDENTITY", "f.b IDENTITY"}, "*": set()},
    ),
    "structure": (
        lambda f, w: f.select(pl.struct(C("a").alias("x"), "b").struct.field("x")),
        {"x": {"f.a TRANSFORMATION"}, "*": set()},
    ),
    "structure taken apart": (
        lambda f, w: f.select(pl.struct(C("a").alias("x"), "b").alias("s")).unnest("s"),
        {"x": {"f.a TRANSFORMATION"}, "b": {"f.b TRANSFORMATION"}, "*": set()},
    ),
}


@pytest.mark.parametrize("name", ONLY_HERE)
def test_a_plan_is_followed_where_polars_goes_its_own_way(name: str) -> None:
    make, expected = ONLY_HERE[name]
    found = trace(make)

    assert not found.told
    assert told(found.lineage) == expected


def test_what_the_plan_does_not_show_has_no_edge_and_the_rest_keeps_its_own() -> None:
    found = trace(lambda f, w: f.select("k", pl.concat_list("a", "b").list.eval(pl.element() + 1).alias("x")))

    assert found.missing == ("x",) and "list.eval" in found.told
    assert told(found.lineage) == {"k": {"f.k IDENTITY"}, "*": set()}


def test_a_condition_that_is_not_shown_leaves_the_columns_and_is_told() -> None:
    found = trace(lambda f, w: f.filter(pl.concat_list("a").list.eval(pl.element()).list.len() > 0).select("b"))

    assert told(found.lineage) == {"b": {"f.b IDENTITY"}, "*": set()}
    assert found.told == "what decides over the rows: cannot follow the expression list.eval"


def test_a_column_made_of_one_that_is_not_told_is_not_told_either() -> None:
    found = trace(
        lambda f, w: f.with_columns(pl.concat_list("a").list.eval(pl.element()).alias("x")).select(
            C("x").list.len(), "b"
        )
    )

    assert found.missing == ("x",)
    assert told(found.lineage)["b"] == {"f.b IDENTITY"}


def test_a_python_function_behind_one_that_is_not_told_keeps_to_its_own_columns() -> None:
    found = trace(
        lambda f, w: f.select(
            pl.concat_list("a").list.eval(pl.element()).alias("x"),
            C("b").map_elements(lambda v: v, return_dtype=pl.Int64),
        )
    )

    assert found.missing == ("x",)
    assert told(found.lineage)["b"] == {"f.b TRANSFORMATION"}


@pytest.mark.parametrize(
    "make",
    [lambda f, w: f.map_batches(lambda d: d), lambda f, w: f.group_by("k").map_groups(lambda d: d, schema=None)],
    ids=["map_batches", "map_groups"],
)
def test_a_frame_that_went_through_python_as_a_whole_tells_nothing(make: Make) -> None:
    found = trace(make)

    assert set(found.missing) == {"k", "a", "b", "c"} and not found.lineage.fields and not found.lineage.dataset


def test_a_frame_that_is_no_input_has_no_edges() -> None:
    found = trace(lambda f, w: f.join(pl.LazyFrame({"k": [1], "x": [2]}), on="k").select("a", "x"))

    assert found.missing == ("x",)
    assert told(found.lineage)["a"] == {"f.a IDENTITY"}


def test_a_traverser_of_another_version_is_not_trusted_with_python_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hallmark.lineage.python.polars_ir._ORDERED", frozenset())
    found = trace(lambda f, w: f.select("k", C("a").map_elements(lambda v: v, return_dtype=pl.Int64)))

    assert found.missing == ("a",) and told(found.lineage)["k"] == {"f.k IDENTITY"}


def test_a_step_that_another_version_shapes_otherwise_ends_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def otherwise(_: object) -> None:
        raise AttributeError("'Join' object has no attribute 'options'")

    monkeypatch.setattr("hallmark.lineage.python.polars_ir.join", otherwise)
    found = trace(lambda f, w: f.join(w, on="k"))

    assert found.missing == ("k", "a", "b", "c", "d", "c_right") and not found.lineage.fields


def test_the_order_of_expressions_was_checked_for_the_polars_that_is_installed() -> None:
    assert Plan(pl.LazyFrame({"a": [1]}))._ordered


def test_an_expression_is_described_for_a_reader() -> None:
    found = trace(lambda f, w: f.select(pl.when(C("a") > 1).then(C("b").sum().over("k")).otherwise(0).alias("x")))

    assert {e.column: e.description for e in found.lineage.fields["x"]} == {
        "a": "(a > 1)",
        "b": "sum(b)",
        "k": "k",
    }


def test_a_file_is_known_by_its_path(tmp_path: Path) -> None:
    for name, frame in lazy().items():
        frame.collect().write_parquet(tmp_path / f"{name}.parquet")
    inputs = {name: Given(v, pl.scan_parquet(tmp_path / f"{name}.parquet")) for name, v in VERSIONS.items()}
    lineage = lineage_of(inputs["f"].frame.join(pl.scan_parquet(tmp_path / "w.parquet"), on="k").select("d"), inputs)

    assert told(lineage) == {"d": {"w.d IDENTITY"}, "*": {"f.k JOIN", "w.k JOIN"}}


def test_what_a_scan_adds_of_its_own_is_no_column_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "f.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(file)
    frame = pl.scan_parquet(file, row_index_name="n", include_file_paths="path")

    for columns in ((Column("a", "BIGINT"),), ()):
        given = Given(DatasetVersion("f", "db", "f", columns=columns), frame)
        found = {name: len(edges) for name, edges in lineage_of(frame, {"f": given}).fields.items()}
        assert found == {"n": 0, "a": 1, "path": 0}


def test_an_input_that_does_more_than_read_is_refused() -> None:
    frames = lazy()

    with pytest.raises(StageError, match="the frame of input 'f' does more than read; give the LazyFrame of the scan"):
        traced(frames["f"], given({"f": frames["f"].filter(C("a") > 0)}))


def test_one_frame_that_stands_for_two_inputs_is_neither() -> None:
    frame = lazy()["f"]

    assert traced(frame, given({"f": frame, "w": frame})).missing == ("k", "a", "b", "c")


def test_what_is_missing_is_logged_in_a_notebook(caplog: pytest.LogCaptureFixture) -> None:
    frames = lazy()
    with caplog.at_level(logging.WARNING, "hallmark.lineage"):
        lineage = lineage_of(frames["f"].collect(), given(frames))

    assert not lineage.fields
    assert "columns k, a, b, c: a polars.DataFrame does not tell where its columns are from" in caplog.text


def test_a_plan_too_deep_for_a_trace_is_said_to_be() -> None:
    def deep(f: pl.LazyFrame, _: pl.LazyFrame) -> pl.LazyFrame:
        for _step in range(600):
            f = f.filter(C("a") > 0)
        return f

    assert "nested too deeply" in trace(deep).told
