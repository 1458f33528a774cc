"""Parts of the gate's cost, each run in a process of its own: ``gate_costs.py WHAT ARGUMENT SCALE``.

Prints the seconds of the work alone, and those of processors.
``copy`` and ``write+gate`` take a Parquet file, ``wide`` a number of columns.
"""

from __future__ import annotations

import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lineitem import suite


class Watch(NamedTuple):
    """How long some work took: from start to end, and of processors, all threads together."""

    seconds: float
    busy: float

    @classmethod
    def start(cls) -> Watch:
        """Return the clocks as they are now."""
        return cls(time.perf_counter(), time.process_time())

    def stop(self) -> Watch:
        """Return what went by since."""
        return Watch(time.perf_counter() - self.seconds, time.process_time() - self.busy)


def copy(file: str, _scale: int) -> Watch:
    """What is compared with: DuckDB writes the same rows, compressed alike."""
    from hallmark.engines.duckdb import connect

    with tempfile.TemporaryDirectory(dir=Path(file).parent) as folder, connect() as connection:
        began = Watch.start()
        rows = f"SELECT * FROM read_parquet('{file}')"
        connection.execute(f"COPY ({rows}) TO '{folder}/plain.parquet' (FORMAT parquet, COMPRESSION zstd)")
        return began.stop()


def write_and_gate(file: str, scale: int) -> Watch:
    """Stage the rows of a query beside a dataset's files and hold what was written against the suite."""
    import sqlglot

    from hallmark.engines.duckdb import columns_of, connect
    from hallmark.quality.gate import audit
    from hallmark.quality.suite import suite_of
    from hallmark.storage.paths import Location
    from hallmark.storage.writing import conform, stage

    with tempfile.TemporaryDirectory(dir=Path(file).parent) as folder, connect() as connection:
        began = Watch.start()
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
        took = began.stop()
        assert found.result.success
        return took


def wide(columns: str, _scale: int) -> Watch:
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
        began = Watch.start()
        assert validate(file, {"name": "wide", "expectations": checks}).success
        return began.stop()


WORK: dict[str, Callable[[str, int], Watch]] = {"copy": copy, "write+gate": write_and_gate, "wide": wide}

if __name__ == "__main__":
    what, argument, scale = sys.argv[1:]
    took = WORK[what](argument, int(scale))
    print(took.seconds, took.busy)
