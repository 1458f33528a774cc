"""What Hallmark costs beside what it is used with, measured in turns in one run: ``make bench``.

Figures are medians; what counts is the ratio, for the seconds are this machine's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROUNDS = 7
ROWS = 2_000_000


@dataclass(frozen=True)
class Pair:
    """Two things that are timed in turns."""

    told: str
    baseline: Callable[[], None]
    ours: Callable[[], None]


def python(code: str) -> Callable[[], None]:
    return lambda: _run([sys.executable, "-c", code])


def command(*arguments: str) -> Callable[[], None]:
    return lambda: _run([str(Path(sys.executable).parent / "hallmark"), *arguments])


def plain_copy(folder: Path) -> Callable[[], None]:
    def run() -> None:
        import duckdb

        with duckdb.connect() as connection:
            connection.execute(f"COPY ({QUERY}) TO '{folder}/plain.parquet' (COMPRESSION zstd)")

    return run


def published(folder: Path) -> Callable[[], None]:
    def run() -> None:
        import uuid

        import sqlglot

        from hallmark.engines.duckdb import columns_of, connect
        from hallmark.storage.paths import Location
        from hallmark.storage.publishing import replace
        from hallmark.storage.snapshot import snapshot
        from hallmark.storage.writing import conform, stage

        table = Location(str(folder / "lake" / "bench"), {})
        base = snapshot(table)
        receipt = str(uuid.uuid4())
        with connect() as connection:
            query = sqlglot.parse_one(QUERY, dialect="duckdb")
            columns = columns_of(connection, query)
            staged = stage(
                connection,
                table,
                conform(query, columns),
                columns,
                receipt=receipt,
                partition_by="partition",
                partition="p",
            )
        replace(staged, base, key=receipt, attempt=1, name="bench")

    return run


QUERY = f"SELECT range AS id, range % 1000 AS k, sqrt(range) AS x, 'name ' || (range % 77) AS s FROM range({ROWS})"


def _run(arguments: list[str]) -> None:
    subprocess.run(arguments, check=True, capture_output=True)


def _median(timed: list[float]) -> float:
    return statistics.median(timed)


def measure(pair: Pair) -> tuple[float, float]:
    """Return the medians of both, timed in turns so that a busy machine is busy for both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for kept, run in zip(seconds, (pair.baseline, pair.ours), strict=True):
            began = time.perf_counter()
            run()
            kept.append(time.perf_counter() - began)
    return _median(seconds[0]), _median(seconds[1])


def main() -> None:
    operators = "from hallmark import CleanOperator, Dataset, ExtractOperator, TrainOperator, TransformOperator"
    cleaning = "from hallmark.cleaning import Trim; from hallmark.sources import FileSource"
    table = Table(title=f"medians of {ROUNDS} rounds, in turns")
    for name in ("what", "beside", "seconds", "with Hallmark", "ratio"):
        table.add_column(name, justify="left" if name in {"what", "beside"} else "right")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["AIRFLOW_HOME"] = scratch
        folder = Path(scratch)
        sdk = "from airflow.sdk import DAG, BaseOperator, Asset"
        pairs = [
            ("imports of a DAG file", "airflow.sdk alone", python(sdk), python(f"{sdk}; {operators}; {cleaning}")),
            ("hallmark --help", "python -c pass", python("pass"), command("--help")),
            ("hallmark datasets", "import sqlalchemy", python("import sqlalchemy"), command("datasets")),
            (f"write {ROWS:,} rows", "DuckDB COPY", plain_copy(folder), published(folder)),
        ]
        for told, beside, baseline, ours in pairs:
            before, after = measure(Pair(told, baseline, ours))
            table.add_row(told, beside, f"{before:.3f}", f"{after:.3f}", f"{after / before:.2f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
