"""Who checks lineitem, each run in a process of its own: ``contenders.py NAME FILE SCALE``.

Each says its verdicts on the suite's 16 checks, in the suite's order, as a JSON list: true, false, or null for a check
that it does not have. What it must install to take part is imported inside of it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lineitem import SHIP_MODES, WORDS, suite

Verdicts = list[bool | None]


def hallmark(file: str, scale: int) -> Verdicts:
    """The gate."""
    from hallmark.quality import validate

    return [outcome.success for outcome in validate(file, suite(scale)).outcomes]


FUSED = f"""
    SELECT count(*), count(*) - count(l_orderkey), count_if(l_quantity NOT BETWEEN 1 AND 50),
        count_if(l_discount NOT BETWEEN 0 AND 0.1), count_if(l_returnflag NOT IN ('A', 'N', 'R')),
        count_if(l_shipmode NOT IN ({", ".join(f"'{mode}'" for mode in SHIP_MODES)})),
        count_if(NOT regexp_matches(l_shipinstruct, '{WORDS}')), count_if(length(l_comment) NOT BETWEEN 1 AND 44),
        avg(l_extendedprice), stddev_samp(l_extendedprice), sum(l_quantity), min(l_shipdate),
        count_if(NOT l_receiptdate > l_shipdate), quantile_disc(l_extendedprice, 0.5)
    FROM lineitem"""
KEYS = "SELECT count(*) FROM (SELECT DISTINCT l_orderkey, l_linenumber FROM lineitem)"
SUPPLIERS = "SELECT count(DISTINCT l_suppkey) FROM lineitem"


def by_hand(file: str, scale: int) -> Verdicts:
    """The floor: what one would write by hand for DuckDB, for this suite and no other."""
    import datetime as dt

    import duckdb

    with tempfile.TemporaryDirectory() as spill, duckdb.connect(config={"temp_directory": spill}) as connection:
        connection.execute(f"CREATE VIEW lineitem AS FROM read_parquet('{file}')")
        fused = connection.execute(FUSED).fetchall()[0]
        ((keys,),) = connection.execute(KEYS).fetchall()
        ((suppliers,),) = connection.execute(SUPPLIERS).fetchall()
    rows, nulls, *unmet, mean, stdev, total, first, early, median = fused
    return [
        5_940_000 * scale <= rows <= 6_060_000 * scale,
        nulls == 0,
        keys == rows,
        *(count == 0 for count in unmet),
        38_000 <= mean <= 38_500,
        23_000 <= stdev <= 23_500,
        150_000_000 * scale <= total <= 156_000_000 * scale,
        dt.date(1992, 1, 1) <= first <= dt.date(1992, 1, 31),
        early == 0,
        9_900 * scale <= suppliers <= 10_100 * scale,
        36_000 <= median <= 37_500,
    ]


def gx_pandas(file: str, scale: int) -> Verdicts:
    """Great Expectations on a pandas frame, progress bars and telemetry off."""
    import os

    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import pandas as pd
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset("lineitem")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": pd.read_parquet(file)})
    built = gx.ExpectationSuite(name="lineitem")
    for position, check in enumerate(suite(scale)["expectations"]):
        kwargs = dict(check["kwargs"])
        if kwargs.get("column") == "l_shipdate":  # to pandas these are dates, which compare with dates alone
            kwargs |= {key: pd.Timestamp(kwargs[key]).date() for key in ("min_value", "max_value")}
        configured = ExpectationConfiguration(type=check["type"], kwargs=kwargs, meta={"position": position})
        built.expectations.append(configured.to_domain_obj())
    results = batch.validate(built, result_format="SUMMARY").results
    return [r.success for r in sorted(results, key=lambda r: r.expectation_config.meta["position"])]


def pandera_polars(file: str, scale: int) -> Verdicts:
    """pandera on a polars frame; what it has no check for is a check of the frame, in polars' expressions."""
    import pandera.polars as pa  # type: ignore[import-not-found]
    import polars as pl

    frame = pl.read_parquet(file)
    price, quantity = pl.col("l_extendedprice"), pl.col("l_quantity")

    def over(figure: Any, low: Any, high: Any) -> Any:
        return pa.Check(lambda data: data.lazyframe.select(figure.is_between(low, high)))

    schema = pa.DataFrameSchema(
        {
            "l_orderkey": pa.Column(nullable=False),
            "l_quantity": pa.Column(checks=pa.Check.in_range(1, 50)),
            "l_discount": pa.Column(checks=pa.Check.in_range(0, 0.1)),
            "l_returnflag": pa.Column(checks=pa.Check.isin(["A", "N", "R"])),
            "l_shipmode": pa.Column(checks=pa.Check.isin(SHIP_MODES)),
            "l_shipinstruct": pa.Column(checks=pa.Check.str_matches(WORDS)),
            "l_comment": pa.Column(checks=pa.Check.str_length(1, 44)),
        },
        checks=[
            over(pl.len(), 5_940_000 * scale, 6_060_000 * scale),
            over(price.mean(), 38_000, 38_500),
            over(price.std(), 23_000, 23_500),
            over(quantity.sum(), 150_000_000 * scale, 156_000_000 * scale),
            over(pl.col("l_shipdate").min(), pl.date(1992, 1, 1), pl.date(1992, 1, 31)),
            pa.Check(lambda data: data.lazyframe.select(pl.col("l_receiptdate") > pl.col("l_shipdate"))),
            over(pl.col("l_suppkey").n_unique(), 9_900 * scale, 10_100 * scale),
            over(price.quantile(0.5), 36_000, 37_500),
        ],
        unique=["l_orderkey", "l_linenumber"],
    )
    # It raises at the end, of all checks together, where one is not met.
    schema.validate(frame, lazy=True)
    return [True] * 16


def soda(file: str, scale: int) -> Verdicts:
    """Soda Core 4 with its DuckDB source, over a view of the file; a deviation and a median are metrics in SQL."""
    import duckdb
    from soda_core.contracts import verify_contract_locally  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with duckdb.connect(str(folder / "bench.duckdb")) as connection:
            connection.execute(f"CREATE VIEW lineitem AS FROM read_parquet('{file}')")
        source = {"type": "duckdb", "name": "bench", "connection": {"database": str(folder / "bench.duckdb")}}
        # JSON is YAML as well.
        (folder / "source.yml").write_text(json.dumps(source))
        (folder / "contract.yml").write_text(json.dumps(_contract(scale)))
        session = verify_contract_locally(
            data_source_file_path=str(folder / "source.yml"), contract_file_path=str(folder / "contract.yml")
        )
    results = [r for c in session.contract_verification_results for r in c.check_results]
    if len(results) != 16 or session.has_errors:
        sys.exit(f"Soda made {len(results)} of 16 checks: {session.get_errors_str()}")
    return [not session.is_failed] * 16


def _contract(scale: int) -> dict[str, Any]:
    def between(low: float, high: float) -> dict[str, Any]:
        return {"threshold": {"must_be_between": {"greater_than_or_equal": low, "less_than_or_equal": high}}}

    def of(name: str, *checks: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "checks": list(checks)}

    def metric(name: str, expression: str, low: float, high: float) -> dict[str, Any]:
        return {"metric": {"qualifier": name, "expression": expression, **between(low, high)}}

    sum_ = {"aggregate": {"function": "sum", **between(150_000_000 * scale, 156_000_000 * scale)}}
    mean = {"aggregate": {"function": "avg", **between(38_000, 38_500)}}
    days = "date_diff('day', DATE '1992-01-01', min(l_shipdate))"
    return {
        "dataset": "bench/main/lineitem",
        "checks": [
            {"row_count": between(5_940_000 * scale, 6_060_000 * scale)},
            {"duplicate": {"columns": ["l_orderkey", "l_linenumber"]}},
            {"failed_rows": {"expression": "NOT l_receiptdate > l_shipdate"}},
            metric("stdev", "stddev_samp(l_extendedprice)", 23_000, 23_500),
            metric("first", days, 0, 30),
            metric("suppliers", "count(DISTINCT l_suppkey)", 9_900 * scale, 10_100 * scale),
            metric("median", "quantile_disc(l_extendedprice, 0.5)", 36_000, 37_500),
        ],
        "columns": [
            of("l_orderkey", {"missing": None}),
            of("l_quantity", {"invalid": {"valid_min": 1, "valid_max": 50}}, sum_),
            of("l_discount", {"invalid": {"valid_min": 0, "valid_max": 0.1}}),
            of("l_returnflag", {"invalid": {"valid_values": ["A", "N", "R"]}}),
            of("l_shipmode", {"invalid": {"valid_values": SHIP_MODES}}),
            of("l_shipinstruct", {"invalid": {"valid_format": {"name": "words", "regex": WORDS}}}),
            of("l_comment", {"invalid": {"valid_min_length": 1, "valid_max_length": 44}}),
            of("l_extendedprice", mean),
        ],
    }


CONTENDERS: dict[str, Callable[[str, int], Verdicts]] = {
    "hallmark": hallmark,
    "floor": by_hand,
    "gx_pandas": gx_pandas,
    "pandera": pandera_polars,
    "soda": soda,
}

if __name__ == "__main__":
    name, file, scale = sys.argv[1:]
    found = CONTENDERS[name](file, int(scale))
    print("\nverdicts " + json.dumps([None if v is None else bool(v) for v in found]))
