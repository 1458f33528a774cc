"""Which tables a statement reads and writes, for any SQL, also for what has no column lineage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from hallmark.errors import StageError
from hallmark.lineage.sql.depth import with_room
from hallmark.lineage.sql.parsing import dotted, folded, named_tables, parse_statements
from hallmark.lineage.sql.scanning import scanned

__all__ = [
    "TableLineage",
    "defines",
    "is_temporary",
    "name_of",
    "named_again",
    "table_lineage",
    "target_table",
    "targets",
]

Name: TypeAlias = tuple[str, ...]


class TableLineage(NamedTuple):
    """Names of tables, each in its parts (database, schema, table as far as they are written)."""

    read: frozenset[Name] = frozenset()
    written: frozenset[Name] = frozenset()


def table_lineage(sql: str, dialect: str = "duckdb") -> TableLineage:
    """Return the tables that statements read and those they write, drop or alter.

    Temporary tables and those a script itself creates before it reads them are no inputs; temporary ones are no
    outputs either. A table that UPDATE, DELETE or MERGE changes is read only where the statement names it again. SQL
    that cannot be parsed is scanned word by word for what stands behind FROM, JOIN, INTO and their like.

    Args:
        sql: any number of statements.
        dialect: sqlglot's name of the SQL dialect, whose rule folds the names that are not quoted.

    Raises:
        StageError: the dialect is not known.
    """
    try:
        speaker = Dialect.get_or_raise(dialect)
    except ValueError as error:
        raise StageError(f"the SQL dialect {dialect!r} is not known", "use duckdb, postgres, spark ...") from error
    try:
        return with_room(lambda: _of_statements([folded(s, speaker) for s in parse_statements(sql, dialect)], speaker))
    except (StageError, SqlglotError):
        return TableLineage(*scanned(sql, speaker))


def targets(statement: exp.Expression) -> Iterator[exp.Table]:
    """Yield the tables that a statement or one inside its WITH clause changes, where it names them."""
    for node in statement.walk(prune=defines):
        finder = _TARGETS.get(type(node))
        if finder is not None:
            yield from (through for one in finder(node) if one is not None for through in _based_on(one, statement))


def target_table(node: exp.Expression | None) -> exp.Table | None:
    """Return the table of ``t`` or ``t (a, b)``; None for a stage, a variable or a function."""
    table = node.this if isinstance(node, exp.Schema) else node
    return table if isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier) else None


def _based_on(node: exp.Expression, statement: exp.Expression) -> Iterator[exp.Table]:
    """T-SQL may change a table through the WITH entry that selects from it."""
    table = target_table(node)
    if table is None:
        return
    with_ = statement.args.get("with_")
    entries = [cte for cte in with_.expressions if cte.alias.lower() == dotted(table).lower()] if with_ else []
    yield from entries[0].this.find_all(exp.Table) if entries else [table]


def name_of(table: exp.Table) -> Name:
    """Return a table's name in its parts."""
    return tuple(str(part.name) for part in table.parts)


def is_temporary(statement: exp.Expression, table: exp.Table) -> bool:
    """Tell whether a statement makes its table for the session alone."""
    into = statement.args.get("into")
    properties = statement.args.get("properties")
    made_so = properties is not None and properties.find(exp.TemporaryProperty) is not None
    if isinstance(statement, exp.Cache):
        return True
    return bool(table.this.args.get("temporary") or (into and into.args.get("temporary")) or made_so)


def _of_statements(statements: Iterable[exp.Expression], dialect: Dialect) -> TableLineage:
    read: set[Name] = set()
    written: set[Name] = set()
    own: dict[str, bool] = {}
    for statement in statements:
        if isinstance(statement, exp.Command):
            found = scanned(" ".join((str(statement.this), statement.text("expression"))), dialect)
            read |= found[0]
            written |= found[1]
            continue
        changed = list(targets(statement))
        ids = {id(table) for table in (*changed, *named_again(statement))}
        if not defines(statement) and not isinstance(statement, exp.Execute):
            inputs = (t for t in named_tables(statement) if id(t) not in ids and not t.this.args.get("temporary"))
            read |= {name_of(t) for t in inputs if dotted(t).lower() not in own}
        for table in changed:
            if isinstance(statement, exp.Create | exp.Cache) or statement.args.get("into"):
                own[dotted(table).lower()] = is_temporary(statement, table)
            written |= set() if own.get(dotted(table).lower()) or table.this.args.get("temporary") else {name_of(table)}
    return TableLineage(frozenset(read), frozenset(written))


def defines(node: exp.Expression) -> bool:
    """Making a procedure, function or trigger runs nothing of it."""
    return isinstance(node, exp.Create) and str(node.args.get("kind", "")).upper() in _DEFINITIONS


def _created(node: exp.Expression) -> list[exp.Expression]:
    return [node.this] if str(node.args.get("kind", "")).upper() not in _DEFINITIONS else []


def named_again(statement: exp.Expression) -> Iterator[exp.Expression]:
    """Yield what only names a target once more: ``UPDATE a SET … FROM t AS a``, ``DELETE a FROM t AS a``."""
    for node in statement.find_all(exp.Update, exp.Delete):
        yield from node.args.get("tables") or []
        if isinstance(node, exp.Update) and node.this is not None and not node.this.args.get("joins"):
            yield node.this


def _updated(node: exp.Expression) -> list[exp.Expression]:
    """T-SQL names an alias of its FROM clause; MySQL joins, and says by its SET clause which tables it changes."""
    if node.this is None:
        return []
    around = [node.this, *(join.this for join in node.this.args.get("joins") or [])]
    from_ = node.args.get("from_")
    joined = [
        t for t in (from_.find_all(exp.Table) if from_ else []) if t.parent is from_ or isinstance(t.parent, exp.Join)
    ]
    if not node.this.args.get("db"):
        aliased = [t for t in joined if t.alias and t.alias.lower() == node.this.name.lower()]
        if aliased:
            return aliased
    named = {e.this.table.lower() for e in node.expressions if isinstance(e.this, exp.Column)}
    return [t for t in around if t.alias_or_name.lower() in named] or [node.this]


def _deleted(node: exp.Expression) -> list[exp.Expression]:
    """MySQL names the tables or their aliases before FROM."""
    listed = node.args.get("tables")
    if not listed:
        return [node.this]
    if not node.this:
        return list(listed)
    around = {t.alias_or_name.lower(): t for t in [node.this, *(j.this for j in node.this.args.get("joins") or [])]}
    return [around.get(one.name.lower(), one) for one in listed]


def _altered(node: exp.Expression) -> list[exp.Expression]:
    actions = node.args.get("actions") or []
    return [node.this, *(a.this for a in actions if isinstance(a, exp.AlterRename | exp.SwapTable))]


def _copied(node: exp.Expression) -> list[exp.Expression]:
    """COPY t FROM writes the table, COPY t TO reads it."""
    return [node.this] if node.args.get("kind") else []


def _output(node: exp.Expression) -> list[exp.Expression | None]:
    """T-SQL's ``OUTPUT … INTO log (a)``, which is parsed like a function's call."""
    into = node.args.get("into")
    if isinstance(into, exp.Anonymous):
        return [exp.Table(this=exp.to_identifier(into.name))]
    return [into] if into else []


def _listed(node: exp.Expression) -> list[exp.Expression]:
    return [*(node.args.get("tables") or []), *node.expressions, *([node.this] if node.this else [])]


def _this(node: exp.Expression) -> list[exp.Expression]:
    return [node.this]


_DEFINITIONS = frozenset({"PROCEDURE", "FUNCTION", "MACRO", "TRIGGER", "INDEX", "SCHEMA", "DATABASE", "SEQUENCE"})
_TARGETS: dict[type[exp.Expression], Callable[[exp.Expression], list[exp.Expression | None]]] = {
    exp.Insert: _this,
    exp.Create: _created,
    exp.Into: _this,
    exp.Returning: _output,
    exp.Merge: _this,
    exp.Update: _updated,
    exp.Delete: _deleted,
    exp.Copy: _copied,
    exp.LoadData: _this,
    exp.Cache: _this,
    exp.TruncateTable: _listed,
    exp.Drop: _listed,
    exp.Alter: _altered,
}
