"""Whatever is wrong with a suite or the data is told; nothing is raised raw, and no value is ever run."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallmark.errors import SourceError, SuiteError
from hallmark.quality import validate
from hallmark.quality.result import Outcome

C, V = "expect_column_", "expect_column_values_to_"
ROWS = pa.table({"a": [1, 2, None], "s": ["x", "y", None], "t": ["1", "b", "c"]})


def suite(*checks: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"name": "odd", "expectations": [{"type": t, "kwargs": k} for t, k in checks]}


def outcome(type_: str, data: Any = ROWS, **kwargs: Any) -> Outcome:
    return validate(data, suite((type_, kwargs)), result_format="COMPLETE").outcomes[0]


class TestArguments:
    @pytest.mark.parametrize(
        ("type_", "kwargs", "told"),
        [
            (f"{V}be_between", {"column": "a", "min": 1}, "min is not one of its arguments; did you mean min_value?"),
            (f"{V}be_between", {"min_value": 1}, "its argument column is missing"),
            (f"{V}be_between", {"column": "a"}, "cannot both be None"),
            (f"{V}be_between", {"column": "a", "min_value": 2, "max_value": 1}, "cannot be greater than max_value"),
            (f"{V}be_between", {"column": "a", "min_value": "quack"}, "must be a number, a date or a time"),
            (f"{V}be_between", {"column": "s", "min_value": 5}, "cannot be compared with a text column"),
            (f"{V}be_between", {"column": "a", "min_value": {"x": 1}}, "must be a number, a date or a time"),
            (f"{V}be_between", {"column": "a", "min_value": float("nan")}, "must be a number"),
            (f"{V}be_increasing", {"column": "s"}, "have no order"),
            (f"{V}be_in_set", {"column": "a", "value_set": "xy"}, "must be a list"),
            (f"{V}be_in_set", {"column": "a", "value_set": None}, "must be a list"),
            (f"{V}not_be_null", {"column": "a", "mostly": 1.5}, "must be a number from 0 to 1"),
            (f"{V}not_be_null", {"column": None}, "no column None"),
            (f"{V}not_be_null", {"column": ["a"]}, "no column"),
            (f"{V}not_be_null", {"column": "A"}, "no column 'A'"),
            (f"{V}match_regex", {"column": "s", "regex": "("}, "is not a regular expression"),
            (f"{V}match_regex", {"column": "s", "regex": ["a"]}, "must be a text"),
            (f"{V}match_regex_list", {"column": "s", "regex_list": []}, "at least one pattern"),
            (f"{V}match_like_pattern", {"column": "s", "like_pattern": "a", "escape": "ab"}, "must be one character"),
            (f"{V}match_like_pattern", {"column": "s", "like_pattern": "!", "escape": "!"}, "the engine refuses it"),
            (f"{V}match_json_schema", {"column": "s", "json_schema": {"type": "nope"}}, "is not a JSON schema"),
            (f"{V}match_strftime_format", {"column": "a", "strftime_format": "%Y"}, "must be text"),
            (f"{C}mean_to_be_between", {"column": "s", "min_value": 1}, "not numeric"),
            (f"{C}mean_to_be_between", {"column": "a", "min_value": "s"}, "must be a number, a date or a time"),
            (f"{C}stdev_to_be_between", {"column": "a", "min_value": "2024-01-01"}, "must be a number"),
            (f"{C}kl_divergence_to_be_less_than", {"column": "a", "partition_object": 3}, "must be a mapping"),
            (f"{C}quantile_values_to_be_between", {"column": "a", "quantile_ranges": 3}, "must be a mapping"),
            ("expect_compound_columns_to_be_unique", {"column_list": ["a"]}, "at least two columns"),
            ("expect_table_row_count_to_equal", {"value": "hello"}, "must be an integer"),
            ("expect_multicolumn_sum_to_equal", {"column_list": ["a", "s"], "sum_total": 1}, "not numeric"),
            ("unexpected_rows_expectation", {"unexpected_rows_query": "DROP TABLE {batch}"}, "changes nothing"),
            ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT 1; SELECT 2"}, "changes nothing"),
            (
                "unexpected_rows_expectation",
                {"unexpected_rows_query": "WITH d AS (DELETE FROM {batch} RETURNING *) SELECT * FROM d"},
                "changes nothing",
            ),
            ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT {other}"}, "only {batch} is known"),
            ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT nope FROM {batch}"}, "engine refuses it"),
        ],
    )
    def test_what_is_wrong_is_that_expectations_exception(self, type_: str, kwargs: dict[str, Any], told: str) -> None:
        result = validate(ROWS, suite((type_, kwargs), (f"{V}be_null", {"column": "a", "mostly": 0})))
        wrong, other = result.to_json_dict()["results"]
        assert wrong["success"] is False and wrong["exception_info"]["raised_exception"] is True
        assert told in wrong["exception_info"]["exception_message"]
        assert other["success"] is True

    @pytest.mark.parametrize(
        ("condition", "told"),
        [
            ("__import__('os').system('x')", "is not known"),
            ("a == 1; drop", "cannot be read"),
            ("(" * 50, "cannot be read"),
            ("zz == 1", "no column 'zz'"),
            ("a", "is not a condition"),
            ("a == [x for x in ()]", "is not a value"),
            ("a @ 1", "is not a condition"),
            (["a"], "must be a text or a condition"),
            ({"type": "what"}, "is not known"),
        ],
    )
    def test_a_row_condition_is_read_and_never_run(self, condition: Any, told: str) -> None:
        found = outcome(f"{V}not_be_null", column="a", row_condition=condition, condition_parser="pandas")
        assert told in str(found.error)

    def test_an_expression_that_backtracks_for_ever_ends_within_seconds(self) -> None:
        rows = pa.table({"s": ["a" * 60 + "!"] * 3})
        began = time.perf_counter()
        found = outcome(f"{V}match_regex", rows, column="s", regex="^(?=a)(a|aa)+$")
        assert "took more than 1 s over a value of 61 characters" in str(found.error)
        assert time.perf_counter() - began < 10

    def test_an_expression_that_re2_takes_never_backtracks(self) -> None:
        began = time.perf_counter()
        assert not outcome(
            f"{V}match_regex", pa.table({"s": ["a" * 50_000 + "!"]}), column="s", regex="^(a+)+$"
        ).success
        assert time.perf_counter() - began < 5

    def test_an_unknown_expectation_or_result_format_is_the_suites_fault(self) -> None:
        with pytest.raises(SuiteError, match="which Great Expectations does not know"):
            validate(ROWS, suite(("expect_nothing", {})))
        with pytest.raises(SuiteError, match="is not a result format"):
            validate(ROWS, suite(), result_format="LOUD")


ODD = ["'", '"', "`", ";", "--", "/*", "*/", "\\", "%", "_", ":x", "$1", "{", "}", "?", "\n", "é", "日", " ", "a", "."]
NASTY = st.lists(st.sampled_from([*ODD, "DROP TABLE t", "'); DROP TABLE t; --", "\0"]), max_size=5).map("".join)


class TestValuesAreNeverRun:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(value=NASTY)
    def test_a_value_finds_itself_and_changes_nothing(
        self, tmp_path_factory: pytest.TempPathFactory, value: str
    ) -> None:
        checks = suite(
            (f"{V}be_in_set", {"column": "s", "value_set": [value]}),
            (f"{V}not_be_in_set", {"column": "s", "value_set": [value]}),
            (f"{C}distinct_values_to_contain_set", {"column": "s", "value_set": [value]}),
            (f"{V}be_between", {"column": "a", "min_value": 0, "row_condition": f"s == {value!r}"}),
            (f"{C}pair_values_to_be_in_set", {"column_A": "a", "column_B": "s", "value_pairs_set": [[1, value]]}),
            (f"{V}match_like_pattern", {"column": "s", "like_pattern": value}),
            (f"{V}match_regex", {"column": "s", "regex": value}),
        )
        rows = pa.table({"a": [1, 2], "s": [value, f"{value}z"]})
        found = validate(rows, checks, result_format="COMPLETE").outcomes
        assert found[0].result["unexpected_list"] == [f"{value}z"]
        assert found[1].result["unexpected_list"] == [value]
        assert found[2].success and found[3].result["element_count"] == 1 and found[4].result["unexpected_count"] == 1
        if "\0" not in value:
            self.on_sqlite(value, checks)

    @staticmethod
    def on_sqlite(value: str, checks: dict[str, Any]) -> None:
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a INTEGER, s TEXT)")
            connection.execute(sa.text("INSERT INTO t VALUES (1, :v), (2, :w)"), {"v": value, "w": f"{value}z"})
        found = validate(engine, checks, table="t", result_format="COMPLETE").outcomes
        assert found[0].result["unexpected_list"] == [f"{value}z"]
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 2
        engine.dispose()

    @settings(max_examples=60, deadline=None)
    @given(name=NASTY.filter(lambda n: "\0" not in n))
    def test_a_column_may_be_called_anything(self, name: str) -> None:
        rows = pa.table({name: ["x", None, "y", "y"], "hallmark other": [1, 2, 3, 4]})
        checks = suite(
            (f"{V}not_be_null", {"column": name}),
            (f"{V}be_unique", {"column": name}),
            ("expect_compound_columns_to_be_unique", {"column_list": [name, "hallmark other"]}),
            (f"{C}unique_value_count_to_be_between", {"column": name, "max_value": 2}),
            (f"{C}most_common_value_to_be_in_set", {"column": name, "value_set": ["y"]}),
        )
        found = validate(rows, checks, result_format="COMPLETE").outcomes if name else []
        assert [(o.error, o.success) for o in found] == [(None, s) for s in (False, False, True, True, True)][
            : len(found)
        ]

    @pytest.mark.parametrize(
        "name", ["n", "k0", "p0", "f0", "f1", "most", "twice", "keys", "hallmark_rows", "rows", "steps"]
    )
    def test_a_column_called_like_something_of_the_compilers_is_a_column(self, name: str) -> None:
        rows = pa.table({name: [2, 1, 1, None], "b": [1, 5, 5, None]})
        pair = {"column_list": [name, "b"]}
        checks = suite(
            ("expect_compound_columns_to_be_unique", pair),
            ("expect_compound_columns_to_be_unique", {"column_list": ["b", name], "ignore_row_if": "never"}),
            (f"{V}be_unique", {"column": name}),
            (f"{C}most_common_value_to_be_in_set", {"column": name, "value_set": [1]}),
            (f"{V}be_increasing", {"column": name}),
            (f"{C}value_z_scores_to_be_less_than", {"column": name, "threshold": 1, "double_sided": False}),
            (f"{C}distinct_values_to_equal_set", {"column": name, "value_set": [1, 3]}),
        )
        found = validate(rows, checks, result_format="COMPLETE").outcomes
        counts = [(o.error, o.result.get("unexpected_count")) for o in found]
        assert counts == [(None, n) for n in (2, 2, 2, None, 1, 1, 1)]
        assert found[3].success and not found[6].success

    def test_half_a_character_is_no_value_of_a_column(self) -> None:
        assert outcome(f"{V}be_in_set", column="s", value_set=["\ud800"]).result["unexpected_count"] == 2
        assert "is not valid Unicode" in str(outcome(f"{V}match_like_pattern", column="s", like_pattern="\ud800").error)
        with pytest.raises(SourceError, match="is not valid Unicode"):
            validate(pd.DataFrame({"a": pd.Series(["\ud800"], dtype=object)}), suite())


def _read(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    assert validate(reader, suite()).success
    return reader


class TestData:
    @pytest.mark.parametrize(
        ("make", "told"),
        [
            (lambda: pa.table({}), "the data has no columns"),
            (lambda: pd.DataFrame(index=[1, 2]), "the data has no columns"),
            (lambda: pl.DataFrame(), "the data has no columns"),
            (lambda: pa.Table.from_arrays([pa.array([1])] * 2, names=["a", "a"]), "two columns 'a'"),
            (lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns 'a'"),
            (lambda: pd.DataFrame([[1, 2]], columns=[0, "0"]), "two columns '0'"),
            (lambda: pa.table({"a": [1], "A": [2]}), "two columns 'a' and 'A'"),
            (lambda: pd.DataFrame({"a": [1, "x"]}), "values of several types"),
            (lambda: pd.DataFrame({"a": [object()]}), "values of several types"),
            (lambda: _read(ROWS.to_reader()), "cannot be read"),
            (lambda: [1, 2], "data of type list cannot be checked"),
            (lambda: None, "data of type NoneType cannot be checked"),
            (lambda: {"a": [1]}, "data of type dict cannot be checked"),
        ],
    )
    def test_what_is_no_table_is_refused(self, make: Callable[[], Any], told: str) -> None:
        with pytest.raises(SourceError, match=told):
            validate(make(), suite((f"{V}not_be_null", {"column": "a"})))

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("gone.parquet", None, "does not exist"),
            ("a'); DROP TABLE x; --.parquet", None, "does not exist"),
            ("*.parquet", None, "cannot be read"),
            ("broken.parquet", b"PAR1 nothing PAR1", "cannot be read"),
            ("empty.parquet", b"", "cannot be read"),
            ("broken.json", b"{nope", "cannot be read"),
            ("noise.csv", bytes(range(256)) * 20, "cannot be read"),
            ("a.xlsx", b"x", "is of no known format"),
        ],
    )
    def test_what_is_wrong_with_a_file_is_told(
        self, tmp_path: Path, name: str, content: bytes | None, told: str
    ) -> None:
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError, match=told):
            validate(tmp_path / name, suite((f"{V}not_be_null", {"column": "a"})))

    def test_a_folder_and_a_broken_delta_table_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="is a folder and not a Delta table"):
            validate(tmp_path, suite())
        (tmp_path / "_delta_log").mkdir()
        with pytest.raises(SourceError, match="the Delta table .* cannot be read"):
            validate(tmp_path, suite())

    def test_a_database_has_the_table_or_says_which_it_has(self, tmp_path: Path) -> None:
        engine = sa.create_engine(f"sqlite:///{tmp_path}/a.db")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE flights (a INTEGER)")
        with pytest.raises(SourceError, match="without a table"):
            validate(engine, suite())
        with pytest.raises(SourceError, match="no table 'flight'; did you mean 'flights'"):
            validate(engine, suite(), table="flight")
        with pytest.raises(SourceError, match="no table"):
            validate(engine, suite(), table='flights"; DROP TABLE flights; --')
        assert validate(engine, suite(("expect_table_row_count_to_equal", {"value": 0})), table="flights").success

    @pytest.mark.parametrize("data", [ROWS.slice(0, 0), duckdb.from_arrow(ROWS.slice(0, 0))])
    def test_no_rows_are_as_expected_row_by_row_and_have_no_figures(self, data: Any) -> None:
        checks = suite(
            (f"{V}not_be_null", {"column": "a"}),
            (f"{V}be_between", {"column": "a", "min_value": 1}),
            (f"{V}be_unique", {"column": "s"}),
            (f"{C}mean_to_be_between", {"column": "a", "min_value": 1}),
            (f"{C}kl_divergence_to_be_less_than", {"column": "a", "partition_object": {"bins": [0, 1], "weights": [1]}, "threshold": 9}),
        )  # fmt: skip
        assert [(o.error, o.success) for o in validate(data, checks).outcomes] == [(None, n < 3) for n in range(5)]


class TestSize:
    def test_ten_thousand_columns(self) -> None:
        rows = pa.table({f"c{n}": [n, None] for n in range(10_000)})
        checks = suite(*((f"{V}not_be_null", {"column": f"c{n}", "mostly": 0.5}) for n in range(0, 10_000, 500)))
        assert validate(rows, checks).success

    def test_five_thousand_expectations_take_well_under_a_minute(self) -> None:
        bounds = [{"column": "a", "min_value": -n, "max_value": n + 2} for n in range(5000)]
        began = time.perf_counter()
        assert validate(ROWS, suite(*((f"{V}be_between", b) for b in bounds))).success
        assert time.perf_counter() - began < 40


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd.csv'",
        "SELECT * FROM {batch} JOIN read_text('/etc/hostname') ON TRUE",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM {batch} WHERE 1 IN (SELECT 1 FROM glob('/etc/*'))",
    ],
)
def test_a_query_of_the_suite_reads_no_file(query: str) -> None:
    expectation = {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query}}
    (outcome,) = validate(pa.table({"a": [1]}), {"name": "s", "expectations": [expectation]}).outcomes
    assert outcome.error is not None and "may read {batch} alone" in outcome.error
