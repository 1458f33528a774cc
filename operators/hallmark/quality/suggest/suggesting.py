"""From a relation, or a file, to the suite that it suggests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hallmark.dataset import PERSONAL, Column
from hallmark.engines.duckdb import columns_of, connect, first_line, rows_of
from hallmark.errors import SourceError, closest
from hallmark.quality.data.files import view_of_path
from hallmark.quality.profile import profile
from hallmark.quality.suggest.facts import Leeway, facts_of
from hallmark.quality.suggest.rules import of_column, of_table
from hallmark.quality.suggest.values import SuggestedSuite

if TYPE_CHECKING:
    import duckdb

__all__ = ["suggest", "suggest_from"]

DEFAULT = Leeway()
# The name of a file's rows in the engine.
VIEW = "data"


def suggest(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    columns: Sequence[Column],
    *,
    name: str,
    source: str = "the data",
    leeway: Leeway = DEFAULT,
) -> SuggestedSuite:
    """Profile a relation and suggest a suite that it meets.

    Of personal columns it is told whether they have nulls and whether they are unique, and no value.

    Args:
        connection: the engine.
        view: name of the view or table.
        columns: of it, as the engine describes them.
        name: of the suite.
        source: what the relation is, for a reader.
        leeway: how closely the suite follows what was observed.
    """
    found = profile(connection, view, columns)
    suggestions = [*of_table(found, columns, leeway)]
    for facts in facts_of(connection, view, columns, found):
        suggestions.extend(of_column(facts, leeway))
    return SuggestedSuite(name, source, found, tuple(suggestions))


def suggest_from(
    path: str | Path, *, name: str | None = None, leeway: Leeway = DEFAULT, personal: Collection[str] = ()
) -> SuggestedSuite:
    """Suggest a suite for a Parquet, CSV or JSON file or for a Delta table.

    Args:
        path: the file, or the table's folder.
        name: of the suite; by default the file's.
        leeway: how closely the suite follows what was observed.
        personal: columns whose values are not to be told.

    Raises:
        SourceError: it cannot be read, or has no such column.
    """
    import duckdb

    file = Path(path)
    with connect() as connection:
        view_of_path(connection, str(file), VIEW)
        try:
            columns = _marked(columns_of(connection, rows_of(VIEW)), personal, file)
            named = name or file.resolve().stem
            return suggest(connection, VIEW, columns, name=named, source=file.name or str(file), leeway=leeway)
        except duckdb.Error as error:
            raise SourceError(f"{file} cannot be read: {first_line(error)}", "mend the file") from error


def _marked(columns: Sequence[Column], personal: Collection[str], file: Path) -> list[Column]:
    names = [column.name for column in columns]
    for name in personal:
        if name not in names:
            likely = closest(name, names)
            remedy = f"did you mean {likely!r}?" if likely else f"it has {', '.join(names)}"
            raise SourceError(f"{file} has no column {name!r}", remedy)
    return [replace(c, classification=PERSONAL) if c.name in personal else c for c in columns]
