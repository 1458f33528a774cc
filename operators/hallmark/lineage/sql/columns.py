"""Column lineage of one query, as the receipt keeps it and OpenLineage's columnLineage facet says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from hallmark.dataset import DatasetVersion
from hallmark.errors import StageError
from hallmark.lineage.sql.flows import IDENTITY, TRANSFORMATION, Flow, Flows, Origin, edges
from hallmark.lineage.sql.parsing import checked_query, parse_query, table_names
from hallmark.lineage.sql.queries import read_query
from hallmark.lineage.sql.reading import Env
from hallmark.lineage.sql.scopes import Field, Source, hint
from hallmark.receipt import ColumnLineage

__all__ = ["column_lineage"]

_MAX_DESCRIPTION = 200


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
        relations: the version that each table name in the SQL reads; names as written, with dots. A version without
            columns is taken to have any column that is asked of it.
        dialect: sqlglot's name of the SQL dialect.
        names: the output columns as the engine names them, in order. Without it, a column without a name gets its
            expression's text, and a name that repeats a number, as in a view.

    Returns:
        One entry for each output column, in order, empty for constants; and the edges of the whole dataset.

    Raises:
        StageError: the SQL is not one readable query, names a table or column that does not exist, or gives columns
            that cannot be told from its text; or ``names`` are not as many as the query's columns.
    """
    parsed = parse_query(query, dialect) if isinstance(query, str) else checked_query(query, dialect)
    env = Env(_tables(parsed, relations), Dialect.get_or_raise(dialect))
    result = read_query(parsed, env)
    fields = result.unique(env.dialect).fields if names is None else _named(result.fields, names)
    describe = _Describe(env.dialect)
    return ColumnLineage(
        fields={one.name: edges(one.flows.values(), describe) for one in fields},
        dataset=edges(result.rows.values(), describe),
    )


def _tables(query: exp.Query, relations: Mapping[str, DatasetVersion]) -> dict[str, Source]:
    lowered = {name.lower(): name for name in relations}
    tables: dict[str, Source] = {}
    for name in sorted(table_names(query)):
        known = name if name in relations else lowered.get(name.lower())
        if known is None:
            raise StageError(f"the SQL reads table {name!r}, which is not an input", hint(name, sorted(relations)))
        tables[name] = _source(name, relations[known])
    return tables


def _source(name: str, version: DatasetVersion) -> Source:
    def flows(column: str, subtype: str = IDENTITY) -> Flows:
        flow = Flow(Origin(version.namespace, version.location, column), subtype)
        return {(flow.origin, flow.subtype): flow}

    fields = tuple(
        Field(column.name, flows(column.name), dict.fromkeys(_parts(column.type), flows(column.name, TRANSFORMATION)))
        for column in version.columns
    )
    return Source(name, fields, None if fields else flows, version.name)


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


class _Describe:
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
        try:
            text = " ".join(expression.unalias().sql(dialect=self._dialect, comments=False).split())
        except RecursionError:
            text = f"an expression of {expression.key} too deep to write out"
        return text if len(text) <= _MAX_DESCRIPTION else f"{text[: _MAX_DESCRIPTION - 1]}…"
