"""What the gate's benchmark looks at: TPC-H lineitem at some scale, and the suite of 16 checks on it."""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["SHIP_MODES", "WORDS", "prepared", "suite"]

SHIP_MODES = ["AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"]
# l_shipinstruct is words in capitals.
WORDS = "^[A-Z]+( [A-Z]+)*$"
INSTALL = "install it beside Hallmark: pip install tpchgen-cli"


def _check(name: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_{name}", "kwargs": kwargs}


def suite(scale: int) -> dict[str, Any]:
    """Return the 16 checks in Great Expectations' format; lineitem meets all of them.

    Args:
        scale: TPC-H's scale factor; 1 is six million rows.
    """
    rows = 6_000_000 * scale
    checks = [
        _check("table_row_count_to_be_between", min_value=int(rows * 0.99), max_value=int(rows * 1.01)),
        _check("column_values_to_not_be_null", column="l_orderkey"),
        _check("compound_columns_to_be_unique", column_list=["l_orderkey", "l_linenumber"]),
        _check("column_values_to_be_between", column="l_quantity", min_value=1, max_value=50),
        _check("column_values_to_be_between", column="l_discount", min_value=0, max_value=0.1),
        _check("column_values_to_be_in_set", column="l_returnflag", value_set=["A", "N", "R"]),
        _check("column_values_to_be_in_set", column="l_shipmode", value_set=SHIP_MODES),
        _check("column_values_to_match_regex", column="l_shipinstruct", regex=WORDS),
        _check("column_value_lengths_to_be_between", column="l_comment", min_value=1, max_value=44),
        _check("column_mean_to_be_between", column="l_extendedprice", min_value=38_000, max_value=38_500),
        _check("column_stdev_to_be_between", column="l_extendedprice", min_value=23_000, max_value=23_500),
        _check("column_sum_to_be_between", column="l_quantity", min_value=rows * 25, max_value=rows * 26),
        _check("column_min_to_be_between", column="l_shipdate", min_value="1992-01-01", max_value="1992-01-31"),
        _check("column_pair_values_a_to_be_greater_than_b", column_A="l_receiptdate", column_B="l_shipdate"),
        _check(
            "column_unique_value_count_to_be_between",
            column="l_suppkey",
            min_value=9_900 * scale,
            max_value=10_100 * scale,
        ),
        _check(
            "column_quantile_values_to_be_between",
            column="l_extendedprice",
            quantile_ranges={"quantiles": [0.5], "value_ranges": [[36_000, 37_500]]},
        ),
    ]
    return {"name": "lineitem", "expectations": checks}


def prepared(folder: Path, scale: int) -> dict[str, Path]:
    """Return lineitem's Parquet files, made once: with decimals as TPC-H has it, with doubles, and these in no order.

    Args:
        folder: where generated data is kept.
        scale: TPC-H's scale factor.
    """
    place = folder / f"sf{scale}"
    decimals, doubles = place / "lineitem.parquet", place / "lineitem_double.parquet"
    shuffled = place / "lineitem_shuffled.parquet"
    if not decimals.exists():
        _generate(place, scale)
    if not doubles.exists():
        money = [f"CAST(l_{name} AS DOUBLE) AS l_{name}" for name in ("quantity", "extendedprice", "discount", "tax")]
        _rewritten(f"SELECT * REPLACE ({', '.join(money)}) FROM read_parquet('{decimals}')", doubles)
    if not shuffled.exists():
        _rewritten(f"FROM read_parquet('{doubles}') ORDER BY hash(l_orderkey, l_linenumber)", shuffled)
    return {"doubles": doubles, "decimals": decimals, "shuffled doubles": shuffled}


def _generate(place: Path, scale: int) -> None:
    beside = Path(sys.executable).parent / "tpchgen-cli"
    program = str(beside) if beside.exists() else shutil.which("tpchgen-cli")
    if program is None:
        sys.exit(f"tpchgen-cli, which makes the data, is not installed; {INSTALL}")
    print(f"Generating lineitem at scale {scale} in {place} …", flush=True)
    place.mkdir(parents=True, exist_ok=True)
    arguments = ["parquet", "-s", str(scale), "-T", "lineitem", "-o", str(place), "-q"]
    subprocess.run([program, *arguments], check=True)


def _rewritten(query: str, file: Path) -> None:
    """Write a file in a process of its own: what this one once held would count as the peak of all it starts."""
    process = multiprocessing.get_context("spawn").Process(target=_rewrite, args=(query, file))
    process.start()
    process.join()
    if process.exitcode != 0:
        sys.exit(f"{file} could not be made")


def _rewrite(query: str, file: Path) -> None:
    import duckdb

    half = file.with_suffix(".half")
    with duckdb.connect(config={"temp_directory": str(file.with_suffix(".spill"))}) as connection:
        # Compressed as the generator does it.
        connection.execute(f"COPY ({query}) TO '{half}' (FORMAT parquet, COMPRESSION snappy)")
    half.rename(file)
