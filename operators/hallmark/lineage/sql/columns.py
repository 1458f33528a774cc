"""Column lineage of one query, as the receipt keeps it and OpenLineage's columnLineage facet says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from hallmark.dataset import DatasetVersion
from hallmark.errors import StageError
from hallmark.lineage.sql.depth import with_room
from hallmark.lineage.sql.flows import IDENTITY, TRANSFORMATION, Flow, Flows, Origin, edges
from hallmark.lineage.sql.parsing import checked_query, folded, parse_query, table_names, text_of
from hallmark.lineage.sql.queries import read_query
from hallmark.lineage.sql.reading import Env
from hallmark.lineage.sql.scopes import Field, Source, hint
from hallmark.receipt import ColumnLineage

__all__ = ["Describe", "column_lineage", "known_tables"]

_MAX_DESCRIPTION = 200
# Columns that a database adds to its tables and that hold nothing of a row, beside those sqlglot knows of.
_PSEUDO = {
    "DuckDB": frozenset({"rowid"}),
    "Postgres": frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"}),
    "Redshift": frozenset({"$path", "$size", "$spectrum_oid"}),
    "Snowflake": frozenset({"metadata$filename", "metadata$file_row_number", "metadata$action", "metadata$row_id"}),
    "Spark": frozenset({"_metadata"}),
    "SQLite": frozenset({"rowid", "_rowid_", "oid"}),
    "Trino": frozenset({"$path", "$file_size", "$file_modified_time", "$partition", "$row_id"}),
    "TSQL": frozenset({"$identity", "$rowguid"}),
}


def column_lineage(
    query: exp.Expression | str,
    relations: Mapping[str, DatasetVersion],
    *,
    dialect: str = "duckdb",
    names: Sequence[str] | None = None,
) -> ColumnLineage:
    """Tell which source columns reach each column of a query, and which decide over its rows.

    A bare column is IDENTITY through any number of nestings and renames; along a path the strongest of AGGREGATION,
    TRANSFORMATION and IDENTITY counts, and one step that only decides makes the whole path INDIRECT, named after the
    outermost such step. A column that a join with USING makes of two is that of the side the join keeps. What a scalar
    subquery filters or joins by stands at the column that uses it, what decides over all rows in ``dataset``.

    Args:
        query: one query as SQL or as a sqlglot expression, which is not changed.
        relations: the version that each table name in the SQL reads; names as written, with dots, their case aside.
            Its columns are found as the dialect compares names and are called as they are stored. A version without
            columns is taken to have any column that is asked of it.
        dialect: sqlglot's name of the SQL dialect.
        names: the output columns as the engine names them, in order. Without it, a column without a name gets its
            expression's text, and a name that repeats a number, as in a view.

    Returns:
        One entry for each output column, in order, empty for constants; and the edges of the whole dataset.

    Raises:
        StageError: the SQL is not one readable query, names a table or column that does not exist, gives columns that
            cannot be told from its text, or is nested too deeply; or ``names`` are not as many as the query's columns.
    """
    return with_room(lambda: _lineage(query, relations, dialect, names))


def _lineage(
    query: exp.Expression | str, relations: Mapping[str, DatasetVersion], dialect: str, names: Sequence[str] | None
) -> ColumnLineage:
    parsed = parse_query(query, dialect) if isinstance(query, str) else checked_query(query, dialect)
    speaker = Dialect.get_or_raise(dialect)
    parsed = folded(parsed, speaker)
    env = Env(known_tables(table_names(parsed), relations, speaker), speaker)
    result = read_query(parsed, env)
    fields = result.unique(env.dialect).fields if names is None else _named(result.fields, names)
    describe = Describe(env.dialect)
    return ColumnLineage(
        fields={one.name: edges(one.flows.values(), describe) for one in fields},
        dataset=edges(result.rows.values(), describe),
    )


def known_tables(names: Iterable[str], relations: Mapping[str, DatasetVersion], dialect: Dialect) -> dict[str, Source]:
    """Return the tables that SQL reads, by the names it reads them with.

    Raises:
        StageError: a table is not among the relations.
    """
    lowered = {name.lower(): name for name in relations}
    added = _PSEUDO.get(type(dialect).__name__, frozenset()) | {name.lower() for name in dialect.PSEUDOCOLUMNS}
    tables: dict[str, Source] = {}
    for name in sorted(names):
        known = name if name in relations else lowered.get(name.lower())
        if known is None:
            raise StageError(f"the SQL reads table {name!r}, which is not an input", hint(name, sorted(relations)))
        tables[name] = _source(name, relations[known], added)
    return tables


def _source(name: str, version: DatasetVersion, pseudo: frozenset[str]) -> Source:
    def flows(column: str, subtype: str = IDENTITY) -> Flows:
        flow = Flow(Origin(version.namespace, version.location, column), subtype)
        return {(flow.origin, flow.subtype): flow}

    fields = tuple(
        Field(column.name, flows(column.name), dict.fromkeys(_parts(column.type), flows(column.name, TRANSFORMATION)))
        for column in version.columns
    )
    return Source(name, fields, None if fields else flows, version.name, pseudo)


def _parts(type_: str) -> list[str]:
    """Return the fields of a structure's type, as DuckDB writes it."""
    if not type_.upper().startswith("STRUCT("):
        return []
    return [str(part.name) for part in exp.DataType.build(type_, dialect="duckdb").expressions]


def _named(fields: Sequence[Field], names: Sequence[str]) -> list[Field]:
    if len(fields) != len(names):
        raise StageError(
            f"the query gives {len(names)} columns, of which column lineage sees {len(fields)}",
            "name its columns one by one instead of by a star, UNNEST or COLUMNS",
        )
    return [one.renamed(name) for name, one in zip(names, fields, strict=True)]


class Describe:
    """The text of an expression, written once for all edges that share it."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._texts: dict[int, str] = {}

    def __call__(self, expression: exp.Expression) -> str:
        text = self._texts.get(id(expression))
        if text is None:
            text = self._texts[id(expression)] = self._written(expression)
        return text

    def _written(self, expression: exp.Expression) -> str:
        text = text_of(expression.unalias(), self._dialect)
        return text if len(text) <= _MAX_DESCRIPTION else f"{text[: _MAX_DESCRIPTION - 1]}…"
