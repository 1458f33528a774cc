"""Column lineage of statements that write: which tables they fill, from which columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from hallmark.dataset import DatasetVersion
from hallmark.lineage.sql.changes import changes, fills
from hallmark.lineage.sql.columns import Describe, known_tables
from hallmark.lineage.sql.depth import with_room
from hallmark.lineage.sql.flows import absorb, edges
from hallmark.lineage.sql.parsing import dotted, folded, named_tables, parse_statements
from hallmark.lineage.sql.reading import Env, Influences, Result
from hallmark.lineage.sql.scopes import Field, Source
from hallmark.lineage.sql.tables import is_temporary, name_of, named_again, targets
from hallmark.receipt import ColumnLineage

__all__ = ["Written", "statement_lineage"]


@dataclass(frozen=True)
class Written:
    """One table that statements fill.

    Args:
        table: its name in its parts, as far as they are written: database, schema, table.
        columns: where the columns that are filled come from; none for DELETE and COPY.
    """

    table: tuple[str, ...]
    columns: ColumnLineage


def statement_lineage(
    sql: exp.Expression | str, relations: Mapping[str, DatasetVersion], *, dialect: str = "duckdb"
) -> tuple[Written, ...]:
    """Tell which tables INSERT, CREATE … AS, SELECT INTO, MERGE, UPDATE and DELETE write, and from which columns.

    A column is filled under its stored name where the table that is written is one of the relations, else as the
    statement names it. UPDATE speaks of the columns it sets alone, and what says which rows are set stands at those.
    A table that an earlier statement of the script makes, and that is no relation, is looked through to its sources;
    temporary tables are not among the results. Statements that write no rows are passed over.

    Args:
        sql: any number of statements as text, or one as a sqlglot expression, which is not changed.
        relations: the version that each table name in the SQL reads, as for :func:`column_lineage`; those of tables
            that are only written may be left out.
        dialect: sqlglot's name of the SQL dialect.

    Returns:
        One entry for each table that is written, in order.

    Raises:
        StageError: the SQL cannot be parsed, names a table or column that does not exist, or is a statement that
            lineage cannot follow. ``table_lineage`` tells the tables of such SQL.
    """
    return with_room(lambda: _lineage(sql, relations, dialect))


def _lineage(sql: exp.Expression | str, relations: Mapping[str, DatasetVersion], dialect: str) -> tuple[Written, ...]:
    statements = parse_statements(sql, dialect) if isinstance(sql, str) else [sql]
    script = _Script(relations, Dialect.get_or_raise(dialect))
    for statement in statements:
        script.run(statement)
    return script.written()


class _Script:
    """The statements read so far: what they have made of which table."""

    def __init__(self, relations: Mapping[str, DatasetVersion], dialect: Dialect) -> None:
        self._relations = relations
        self._known = {name.lower() for name in relations}
        self._dialect = dialect
        self._made: dict[str, Result] = {}
        self._tables: dict[str, exp.Table] = {}
        self._temporary: set[str] = set()

    def run(self, statement: exp.Expression) -> None:
        if not fills(statement):
            return
        statement = folded(statement, self._dialect)
        for change in changes(statement, self._env(statement)):
            key = dotted(change.table).lower()
            known = self._made.get(key)
            self._made[key] = _together(known, change.result) if known else change.result
            self._tables.setdefault(key, change.table)
            if is_temporary(statement, change.table):
                self._temporary.add(key)

    def written(self) -> tuple[Written, ...]:
        describe = Describe(self._dialect)
        return tuple(
            Written(
                name_of(self._tables[key]),
                ColumnLineage(
                    {one.name: edges(one.flows.values(), describe) for one in result.fields},
                    edges(result.rows.values(), describe),
                ),
            )
            for key, result in self._made.items()
            if key not in self._temporary
        )

    def _env(self, statement: exp.Expression) -> Env:
        changed = list(targets(statement))
        ids = {id(table) for table in (*changed, *named_again(statement))}
        own = {name: result for name, result in self._made.items() if name not in self._known}
        read = {dotted(t) for t in named_tables(statement) if id(t) not in ids and dotted(t).lower() not in own}
        written = {dotted(t) for t in changed if dotted(t).lower() in self._known}
        tables = known_tables(read | written, self._relations, self._dialect)
        return Env({**_open(changed), **tables}, self._dialect, dict(own))


def _open(tables: Iterable[exp.Table]) -> dict[str, Source]:
    """Return tables that are written and of which nothing is known: their columns read nothing."""
    return {dotted(table): Source(dotted(table), (), lambda _: {}) for table in tables}


def _together(first: Result, second: Result) -> Result:
    """Return what two statements make of one table."""
    fields: dict[str, Influences] = {}
    for one in (*first.fields, *second.fields):
        absorb(fields.setdefault(one.name, {}), one.flows)
    rows: Influences = {}
    absorb(rows, first.rows)
    absorb(rows, second.rows)
    return Result(tuple(Field(name, flows) for name, flows in fields.items()), rows)
