"""The same rows under the same suite have the same verdicts, whatever they lie in."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy as sa
from deltalake import write_deltalake
from pyarrow import parquet

from hallmark.quality import validate
from postgres import new_database, running_server, unsynced

SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "n": pa.int64(),
        "m": pa.int64(),
        "f": pa.float64(),
        "d": pa.decimal128(12, 2),
        "s": pa.string(),
        "t": pa.string(),
        "js": pa.string(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("us"),
    }
)


def _row(i: int) -> dict[str, Any]:
    missing = i % 7 == 3
    return {
        "id": i,
        "n": None if missing else i % 5,
        "m": None if i % 11 == 3 else (i * 3) % 7,
        "f": None if missing else i / 4 - 2,
        "d": None if missing else Decimal(i * 37 % 400) / 100,
        "s": None if missing else ["it's", "a b", "été", "100%", "a_b", "x;--", '"q"', "Ab", "ab"][i % 9],
        "t": ["a", "b", "c"][i % 3],
        "js": None if missing else ['{"k": 1}', '{"k": "x"}', "[1]"][i % 3],
        "flag": None if missing else i % 2 == 0,
        "day": None if missing else dt.date(2024, 1, 1 + i % 9),
        "at": None if missing else dt.datetime(2024, 1, 1 + i % 9, i % 24, 30, 5),
    }


ROWS = [_row(i) for i in range(40)]
TABLE = pa.Table.from_pylist(ROWS, schema=SCHEMA)

C, V, P, M = "expect_column_", "expect_column_values_to_", "expect_column_pair_values_", "expect_multicolumn_"
PANDAS, COL = {"condition_parser": "pandas"}, {"condition_parser": "great_expectations"}


def comparison(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": name}, "operator": operator, "parameter": value}


ROW_LEVEL: list[tuple[str, dict[str, Any]]] = [
    (f"{V}not_be_null", {"column": "n"}),
    (f"{V}not_be_null", {"column": "n", "mostly": 0.5}),
    (f"{V}be_null", {"column": "s"}),
    *((f"{V}be_between", {"column": c, "min_value": 1, "max_value": 3}) for c in ("n", "f", "d")),
    (f"{V}be_between", {"column": "f", "min_value": -1.5, "strict_min": True}),
    (f"{V}be_between", {"column": "day", "min_value": "2024-01-03", "max_value": "2024-01-05"}),
    (f"{V}be_between", {"column": "at", "min_value": "2024-01-03T10:30:05"}),
    (f"{V}be_between", {"column": "at", "max_value": "2024-01-03T02:30:05"}),
    (f"{V}be_in_set", {"column": "at", "value_set": ["2024-01-03T02:30:05"]}),
    (f"{V}be_between", {"column": "flag", "min_value": 1}),
    (f"{V}be_between", {"column": "s", "min_value": 1}),
    (f"{V}be_in_set", {"column": "s", "value_set": ["it's", "été", "x;--"]}),
    (f"{V}be_in_set", {"column": "n", "value_set": [1, 2.0, "3"]}),
    (f"{V}be_in_set", {"column": "d", "value_set": [0.37, 0.74]}),
    (f"{V}be_in_set", {"column": "flag", "value_set": [True]}),
    (f"{V}be_in_set", {"column": "day", "value_set": ["2024-01-03"]}),
    (f"{V}be_in_set", {"column": "n", "value_set": []}),
    (f"{V}not_be_in_set", {"column": "s", "value_set": ["ab", '"q"']}),
    (f"{C}value_lengths_to_be_between", {"column": "s", "min_value": 3, "max_value": 3}),
    (f"{C}value_lengths_to_equal", {"column": "s", "value": 3}),
    *((f"{V}match_regex", {"column": "s", "regex": r}) for r in ("^a", "^[a-z_ ]+$", "%|;", "b$", "'", "(?i)^a.*b$")),
    (f"{V}match_regex", {"column": "n", "regex": "^[12]$"}),
    (f"{V}match_regex", {"column": "s", "regex": "^a(?=b)"}),
    (f"{V}not_match_regex", {"column": "s", "regex": "^a"}),
    (f"{V}match_regex_list", {"column": "s", "regex_list": ["^a", "b$"], "match_on": "all"}),
    (f"{V}not_match_regex_list", {"column": "s", "regex_list": ["^x", "q"]}),
    (f"{V}match_like_pattern", {"column": "t", "like_pattern": "a%"}),
    (f"{V}match_like_pattern", {"column": "s", "like_pattern": "a!_%", "escape": "!"}),
    (f"{V}match_like_pattern", {"column": "s", "like_pattern": "a%"}),
    (f"{V}not_match_like_pattern", {"column": "s", "like_pattern": "_b"}),
    (f"{V}match_like_pattern_list", {"column": "s", "like_pattern_list": ["%b", "x%"]}),
    (f"{V}not_match_like_pattern_list", {"column": "s", "like_pattern_list": ["%'%", "x%"]}),
    (f"{V}be_json_parseable", {"column": "s"}),
    (f"{V}match_json_schema", {"column": "js", "json_schema": {"properties": {"k": {"type": "integer"}}}}),
    (f"{V}be_dateutil_parseable", {"column": "s"}),
    (f"{V}match_strftime_format", {"column": "s", "strftime_format": "%Y"}),
    (f"{C}value_z_scores_to_be_less_than", {"column": "f", "threshold": 1, "double_sided": True}),
    (f"{C}value_z_scores_to_be_less_than", {"column": "n", "threshold": 1, "double_sided": False}),
    (f"{V}not_be_outliers", {"column": "f", "multiplier": 0.2}),
    (f"{V}not_be_outliers", {"column": "d", "method": "std", "multiplier": 1}),
]
FIGURES: list[tuple[str, dict[str, Any]]] = [
    *((f"{C}{f}_to_be_between", {"column": c, "min_value": 1}) for f in ("mean", "median", "stdev", "sum") for c in "nfd"),
    *((f"{C}{f}_to_be_between", {"column": c, "max_value": 2}) for f in ("min", "max") for c in "nfd"),
    (f"{C}max_to_be_between", {"column": "day", "max_value": "2024-01-08"}),
    (f"{C}min_to_be_between", {"column": "at", "min_value": "2024-01-01T00:30:05"}),
    (f"{C}unique_value_count_to_be_between", {"column": "s", "max_value": 8}),
    (f"{C}proportion_of_unique_values_to_be_between", {"column": "n", "max_value": 0.1}),
    (f"{C}proportion_of_non_null_values_to_be_between", {"column": "n", "min_value": 0.9}),
    (
        f"{C}quantile_values_to_be_between",
        {"column": "f", "quantile_ranges": {"quantiles": [0, 0.25, 0.5, 1], "value_ranges": [[-2, -2], [0, 1], [2, 3], [None, 7]]}},
    ),
    (f"{C}distinct_values_to_be_in_set", {"column": "n", "value_set": [0, 1, 2]}),
    (f"{C}distinct_values_to_contain_set", {"column": "n", "value_set": [0, 1, 9]}),
    (f"{C}distinct_values_to_equal_set", {"column": "t", "value_set": ["a", "b", "c"]}),
    (f"{C}most_common_value_to_be_in_set", {"column": "t", "value_set": ["a"]}),
    (f"{C}kl_divergence_to_be_less_than", {"column": "t", "partition_object": {"values": ["a", "b"], "weights": [0.5, 0.5]}, "tail_weight_holdout": 0.1, "threshold": 0.1}),
    (f"{C}kl_divergence_to_be_less_than", {"column": "f", "partition_object": {"bins": [-2, 0, 4, 9], "weights": [0.2, 0.4, 0.4]}, "threshold": 0.01}),
]  # fmt: skip
SEVERAL: list[tuple[str, dict[str, Any]]] = [
    (f"{V}be_unique", {"column": "id"}),
    (f"{V}be_unique", {"column": "d"}),
    (f"{V}be_unique", {"column": "d", "mostly": 0.01}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["n", "m"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["n", "id"], "ignore_row_if": "never"}),
    (f"{P}to_be_equal", {"column_A": "n", "column_B": "m"}),
    (f"{P}to_be_equal", {"column_A": "n", "column_B": "m", "ignore_row_if": "either_value_is_missing"}),
    (f"{P}a_to_be_greater_than_b", {"column_A": "m", "column_B": "n", "or_equal": True}),
    (f"{P}to_be_in_set", {"column_A": "n", "column_B": "t", "value_pairs_set": [[1, "a"], [2, "b"], [None, "a"]]}),
    (f"{M}sum_to_equal", {"column_list": ["n", "m"], "sum_total": 6}),
    (f"{M}values_to_be_equal", {"column_list": ["n", "m"]}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "m"]}),
    ("expect_table_row_count_to_equal", {"value": 40}),
    ("expect_table_row_count_to_be_between", {"max_value": 39}),
    ("expect_table_column_count_to_equal", {"value": 11}),
    ("expect_table_columns_to_match_set", {"column_set": ["n"], "exact_match": False}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": SCHEMA.names}),
    (f"{C}to_exist", {"column": "flag"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT id, t FROM {batch} WHERE n > 3 AND t = 'a'"}),
    (f"{V}not_be_null", {"column": "nothing"}),
]
CONDITIONS: list[tuple[str, dict[str, Any]]] = [
    (f"{V}be_between", {"column": "f", "min_value": 1, **condition})
    for condition in (
        {"row_condition": "n > 1", **PANDAS},
        {"row_condition": "n != 1 and t == 'a'", **PANDAS},
        {"row_condition": "~(n < 2) | `t` in ['b']", **PANDAS},
        {"row_condition": "t not in ['b'] and n.notnull()", **PANDAS},
        {"row_condition": 's == "it\'s"', **PANDAS},
        {"row_condition": "n != m", **PANDAS},
        {"row_condition": 'col("n") >= 2', **COL},
        {"row_condition": 'col("n").notNull()', **COL},
        {"row_condition": 'col("day") > "2024-01-03"', **COL},
        {"row_condition": comparison("n", "IN", [1, 2])},
        {"row_condition": {"type": "nullity", "column": {"name": "n"}, "is_null": True}},
        {"row_condition": {"type": "or", "conditions": [comparison("t", "==", "a"), comparison("n", "<", 2)]}},
    )
]
CHECKS = [*ROW_LEVEL, *FIGURES, *SEVERAL, *CONDITIONS]
SUITE = {"name": "everything", "expectations": [{"type": t, "kwargs": k} for t, k in CHECKS]}


def plain(value: Any) -> Any:
    """Bring a value to what all engines share: numbers are doubles, moments ISO texts, and 1 is true."""
    if isinstance(value, (int, float)):
        return round(float(value), 6)
    if isinstance(value, str) and len(value) >= 10 and value[:4].isdigit() and value[4] == "-":
        return value.replace(" ", "T").removesuffix(".000000").removesuffix("T00:00:00")
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def verdicts(data: Any, **options: Any) -> list[Any]:
    """Return of each expectation what must be the same everywhere."""
    found = []
    for outcome in validate(data, SUITE, result_format="COMPLETE", **options).outcomes:
        result = outcome.result
        listed = sorted((plain(v) for v in result.get("unexpected_list") or ()), key=lambda v: json.dumps(v))
        counts = [plain(result.get(k)) for k in ("element_count", "missing_count", "unexpected_count")]
        told = (outcome.error is not None, outcome.success, counts, listed, plain(result.get("observed_value")))
        found.append(told)
    return found


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return bool(one == other)


def differences(found: list[Any], expected: list[Any]) -> list[Any]:
    return [(c, f, e) for c, f, e in zip(CHECKS, found, expected, strict=True) if not same(f, e)]


@pytest.fixture(scope="module")
def expected() -> list[Any]:
    return verdicts(TABLE)


def metadata() -> tuple[sa.MetaData, sa.Table]:
    kinds: dict[str, Any] = {
        "id": sa.BigInteger, "n": sa.BigInteger, "m": sa.BigInteger, "f": sa.Double, "d": sa.Numeric(12, 2),
        "s": sa.Text, "t": sa.Text, "js": sa.Text, "flag": sa.Boolean, "day": sa.Date, "at": sa.DateTime,
    }  # fmt: skip
    known = sa.MetaData()
    return known, sa.Table("everything", known, *(sa.Column(n, k) for n, k in kinds.items()))


def filled(url: str) -> sa.Engine:
    engine = sa.create_engine(url)
    known, table = metadata()
    with engine.begin() as connection:
        known.create_all(connection)
        connection.execute(sa.insert(table), ROWS)
    return engine


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    with running_server(tmp_path_factory.mktemp("runtime")) as server:
        url = new_database(unsynced(server)).replace("postgresql://", "postgresql+psycopg://")
        engine = filled(url)
        yield engine
        engine.dispose()


def _parquet_files(folder: Path) -> str:
    for number, start in enumerate(range(0, 40, 15)):
        parquet.write_table(TABLE.slice(start, 15), folder / f"part-{number}.parquet")
    return str(folder / "part-*.parquet")


def _parquet(folder: Path) -> Path:
    parquet.write_table(TABLE, folder / "all of [it]'s.parquet")
    return folder / "all of [it]'s.parquet"


def _csv(folder: Path) -> str:
    TABLE.to_pandas().astype({"n": "Int64", "m": "Int64"}).to_csv(folder / "rows.csv", index=False)
    return str(folder / "rows.csv")


def _json_lines(folder: Path) -> str:
    lines = [
        json.dumps({k: float(v) if isinstance(v, Decimal) else v for k, v in r.items()}, default=str) for r in ROWS
    ]
    (folder / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "rows.jsonl")


def _delta(folder: Path) -> Path:
    write_deltalake(folder / "delta", TABLE.slice(0, 25))
    write_deltalake(folder / "delta", TABLE.slice(25), mode="append")
    return folder / "delta"


FORMS: dict[str, Callable[[Path], Any]] = {
    "Parquet": _parquet,
    "a glob": _parquet_files,
    "CSV": _csv,
    "JSON lines": _json_lines,
    "Delta": _delta,
    "a batch": lambda _: TABLE.combine_chunks().to_batches()[0],
    "a reader": lambda _: TABLE.to_reader(max_chunksize=7),
    # With Arrow's types: pandas' own would turn integers beside nulls into doubles.
    "pandas": lambda _: TABLE.to_pandas(types_mapper=pd.ArrowDtype),
    "Polars": lambda _: pl.from_arrow(TABLE),
    "lazy Polars": lambda _: pl.from_arrow(TABLE).lazy(),  # type: ignore[union-attr]
    "a relation": lambda _: duckdb.from_arrow(TABLE),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_rows_has_the_same_verdicts(form: str, tmp_path: Path, expected: list[Any]) -> None:
    assert differences(verdicts(FORMS[form](tmp_path)), expected) == []


# LIKE in SQLite does not tell capital letters apart, and a session's setting to do so is not the gate's to change.
LIKE_FOLDS = {f"{V}match_like_pattern", f"{V}not_match_like_pattern", f"{V}match_like_pattern_list"}


def test_sqlite_has_the_same_verdicts_but_for_capital_letters_in_like(tmp_path: Path, expected: list[Any]) -> None:
    found = differences(verdicts(filled(f"sqlite:///{tmp_path}/rows.db"), table="everything"), expected)
    assert [d for d in found if d[0][0] not in LIKE_FOLDS] == []


def test_postgresql_has_the_same_verdicts(postgres: sa.Engine, expected: list[Any]) -> None:
    assert differences(verdicts(postgres, table="everything"), expected) == []
    with postgres.connect() as connection:
        assert differences(verdicts(connection, table="public.everything"), expected) == []


def test_every_check_but_two_wrong_ones_could_be_run(expected: list[Any]) -> None:
    wrong = [check for check, told in zip(CHECKS, expected, strict=True) if told[0]]
    assert wrong == [
        (f"{V}be_between", {"column": "s", "min_value": 1}),
        (f"{V}not_be_null", {"column": "nothing"}),
    ]


@pytest.mark.parametrize("direction", ["increasing", "decreasing"])
def test_only_rows_with_an_order_of_their_own_can_increase(direction: str, tmp_path: Path, postgres: sa.Engine) -> None:
    suite = {"name": "order", "expectations": [{"type": f"{V}be_{direction}", "kwargs": {"column": "id"}}]}
    for form in FORMS.keys() - {"Delta"}:
        (outcome,) = validate(FORMS[form](tmp_path), suite).outcomes
        assert (outcome.error, outcome.success) == (None, direction == "increasing")
    databases = [(postgres, "everything"), (filled(f"sqlite:///{tmp_path}/order.db"), "everything")]
    for data, table in [*databases, (_delta(tmp_path), None)]:
        (outcome,) = validate(data, suite, table=table).outcomes
        assert not outcome.success
        assert outcome.error == "the rows of this data have no order of their own"
