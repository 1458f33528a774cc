"""Parts of the gate's cost, each run in a process of its own: ``gate_costs.py WHAT ARGUMENT SCALE``.

Prints the seconds of the work alone. ``copy`` and ``write+gate`` take a Parquet file, ``wide`` a number of columns.
"""

from __future__ import annotations

import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from lineitem import suite


def copy(file: str, _scale: int) -> float:
    """What is compared with: DuckDB writes the same rows, compressed alike."""
    from hallmark.engines.duckdb import connect

    with tempfile.TemporaryDirectory(dir=Path(file).parent) as folder, connect() as connection:
        began = time.perf_counter()
        rows = f"SELECT * FROM read_parquet('{file}')"
        connection.execute(f"COPY ({rows}) TO '{folder}/plain.parquet' (FORMAT parquet, COMPRESSION zstd)")
        return time.perf_counter() - began


def write_and_gate(file: str, scale: int) -> float:
    """Stage the rows of a query beside a dataset's files and hold what was written against the suite."""
    import sqlglot

    from hallmark.engines.duckdb import columns_of, connect
    from hallmark.quality.gate import audit
    from hallmark.quality.suite import suite_of
    from hallmark.storage.paths import Location
    from hallmark.storage.writing import conform, stage

    with tempfile.TemporaryDirectory(dir=Path(file).parent) as folder, connect() as connection:
        began = time.perf_counter()
        query = sqlglot.parse_one(f"SELECT * FROM read_parquet('{file}')", dialect="duckdb")
        columns = columns_of(connection, query)
        table = Location(f"{folder}/lineitem", {})
        staged = stage(
            connection,
            table,
            conform(query, columns),
            columns,
            receipt=str(uuid.uuid4()),
            partition_by=None,
            partition=None,
        )
        staged.view(connection, "written")
        found = audit(connection, "written", suite_of(suite(scale)), samples=5)
        seconds = time.perf_counter() - began
        assert found.result.success
        return seconds


def wide(columns: str, _scale: int) -> float:
    """Hold a table of so many columns, all of doubles, against two checks a column."""
    import duckdb

    from hallmark.quality import validate

    names = [f"c{i}" for i in range(int(columns))]
    checks = [
        {"type": f"expect_column_values_to_{check}", "kwargs": {"column": name, **bounds}}
        for name in names
        for check, bounds in (("not_be_null", {}), ("be_between", {"min_value": 0, "max_value": 1000}))
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/wide.parquet"
        chosen = ", ".join(f"CAST(range * {i + 1} % 1000 AS DOUBLE) AS {name}" for i, name in enumerate(names))
        duckdb.execute(f"COPY (SELECT {chosen} FROM range(100000)) TO '{file}' (FORMAT parquet)")
        validate(file, {"name": "warm", "expectations": checks[:2]})
        began = time.perf_counter()
        assert validate(file, {"name": "wide", "expectations": checks}).success
        return time.perf_counter() - began


WORK: dict[str, Callable[[str, int], float]] = {"copy": copy, "write+gate": write_and_gate, "wide": wide}

if __name__ == "__main__":
    what, argument, scale = sys.argv[1:]
    print(WORK[what](argument, int(scale)))
