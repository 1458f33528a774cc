"""The tables behind a query's answer: each a dataset of its own, with its columns and with their lineage."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import ColumnLineage
from hallmark.sources.base import Mounted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from hallmark.lineage.naming import Database

__all__ = ["Answer", "columns_of_tables", "read_from"]

log = logging.getLogger("hallmark.sources")

Columns = Mapping[str, tuple[Column, ...]]


@dataclass(frozen=True)
class Answer:
    """What a query gave: a checksum of its rows, its columns, and the number of rows."""

    version: str = ""
    columns: tuple[Column, ...] = ()
    rows: int | None = None


NOT_ASKED = Answer()


def read_from(database: Database, sql: str, answer: Answer = NOT_ASKED, known: Columns | None = None) -> Mounted:
    """Say which tables a query's answer was read from.

    The answer of a query whose tables cannot be told is a dataset of its own, named by the query's checksum. How many
    rows a table gave is known where it is the only one.

    Args:
        database: names the tables.
        sql: the query.
        answer: what it gave, once it was asked.
        known: the tables' columns, by their names as written in the query.
    """
    tables = database.tables(sql)
    namespace, location = database.identity(sql)
    whole = DatasetVersion(
        ", ".join(sorted({table.name for table in tables.values()})) or location,
        namespace,
        location,
        answer.version,
        "query",
        columns=answer.columns,
        rows=answer.rows,
    )
    if not tables:
        return Mounted(whole, (whole,), dialect=database.dialect or database.scheme)
    rows = answer.rows if len({table.name for table in tables.values()}) == 1 else None
    relations = {
        written: replace(
            whole,
            name=table.name,
            namespace=table.namespace,
            location=table.name,
            columns=(known or {}).get(written, ()),
            rows=rows,
        )
        for written, table in tables.items()
    }
    datasets = {version.location: version for version in relations.values()}
    columns = _lineage(database, sql, answer, relations) if answer.columns else None
    return Mounted(whole, tuple(datasets.values()), columns, database.dialect or database.scheme)


def columns_of_tables(connection: Connection, database: Database, sql: str) -> dict[str, tuple[Column, ...]]:
    """Return the columns of the tables a query reads, by their names as written, as far as the database tells them."""
    found = {}
    for written, table in database.tables(sql).items():
        schema = ".".join(table.parts[:-1]).removeprefix(f"{(database.levels or ('',))[0]}.") or None
        try:
            found[written] = _inspected(connection, table.parts[-1], schema)
        except Exception as error:  # drivers raise many kinds; all mean that the columns are not known
            log.debug("the columns of %s are not known: %s", table.name, type(error).__name__)
    return found


def _inspected(connection: Connection, table: str, schema: str | None) -> tuple[Column, ...]:
    import sqlalchemy as sa

    with warnings.catch_warnings():
        # A type that SQLAlchemy does not know is a type without a name here, and no news to anybody.
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        described = sa.inspect(connection).get_columns(table, schema=schema)
    return tuple(Column(c["name"], str(c["type"]), bool(c.get("nullable", True)), c.get("comment")) for c in described)


def _lineage(database: Database, sql: str, answer: Answer, relations: Mapping[str, DatasetVersion]) -> ColumnLineage:
    from hallmark.lineage.sql import column_lineage

    try:
        return column_lineage(sql, relations, dialect=database.dialect or "", names=[c.name for c in answer.columns])
    except StageError as error:
        # The database has answered the query, so it is right; its lineage is what cannot be told.
        log.warning("no column lineage: %s", error)
        return ColumnLineage()
