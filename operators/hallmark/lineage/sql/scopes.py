"""Which column a name means: the FROM clause first, then the SELECT's own aliases, then the query around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from hallmark.errors import StageError, closest
from hallmark.lineage.sql.flows import TRANSFORMATION, Flow, Flows, Origin, Step, absorb, through

__all__ = ["Field", "Scope", "Source", "alias_columns", "aliased", "hint"]

_LISTED = 12


@dataclass(frozen=True)
class Field:
    """A named column of a table, a subquery or a result, with the source columns that flow into it.

    ``parts`` has the flows into each field of a structure, where they are known apart.
    """

    name: str
    flows: Flows
    parts: Mapping[str, Flows] = field(default_factory=dict)

    def renamed(self, name: str) -> Field:
        """Return the same column under another name."""
        return self if name == self.name else replace(self, name=name)

    def has(self, name: str) -> bool:
        """Tell whether it is a structure that is known to have a field."""
        return any(part.lower() == name.lower() for part in self.parts)

    def part(self, name: str) -> Flows:
        """Return the flows into a structure's field; those of the whole where the field is not known."""
        return next((flows for part, flows in self.parts.items() if part.lower() == name.lower()), self.flows)

    def opened(self, made_by: exp.Expression) -> list[Field]:
        """Return the fields of a structure as columns of their own; none if they are not known."""
        step = Step(TRANSFORMATION, made_by)
        return [Field(name, through(flows, step)) for name, flows in self.parts.items()]


@dataclass(frozen=True)
class Source:
    """One entry of a FROM clause.

    Args:
        name: its alias, or the table's name; empty for a subquery without one.
        fields: its columns, in order.
        unlisted: what a column that is not in ``fields`` would read, where the columns are not all known.
        label: what the table is, for messages.
        pseudo: columns the database adds that hold nothing of the rows (``rowid``), in lower case.
    """

    name: str
    fields: tuple[Field, ...]
    unlisted: Callable[[str], Flows] | None = None
    label: str = ""
    pseudo: frozenset[str] = frozenset()

    @property
    def all(self) -> Flows:
        """The flows of all columns together."""
        flows: dict[tuple[Origin, str], Flow] = {}
        for one in self.fields:
            absorb(flows, one.flows)
        return flows


@dataclass(eq=False)
class Slot:
    """A column that ``*`` gives; a join with USING changes what it holds, or hides it."""

    source: str
    field: Field
    index: int
    hidden: bool = False
    rank: int = 0

    @property
    def name(self) -> str:
        return self.field.name


@dataclass
class _Entry:
    source: Source
    by_name: dict[str, list[Field]] = field(default_factory=lambda: defaultdict(list))


class Scope:
    """The names one SELECT can use, filled while its FROM clause is read from left to right.

    Args:
        outer: the scope of the query around.
        sensitive: whether two columns may differ by case alone; the one written exactly so is meant then.
    """

    def __init__(self, outer: Scope | None = None, sensitive: bool = False) -> None:
        self.outer = outer
        self._sensitive = sensitive
        self.aliases: dict[str, Field] = {}
        self.slots: list[Slot] = []
        self._entries: dict[str, _Entry] = {}
        self._slots_by_name: dict[str, list[Slot]] = defaultdict(list)

    def add(self, source: Source) -> None:
        """Add an entry of the FROM clause.

        Raises:
            StageError: another entry has that name.
        """
        key = source.name.lower() or f"\0{len(self._entries)}"
        if key in self._entries:
            raise StageError(f"two tables of one FROM clause are called {source.name!r}", "give one of them an alias")
        entry = self._entries[key] = _Entry(source)
        for one in source.fields:
            entry.by_name[one.name.lower()].append(one)
            slot = Slot(key, one, len(self.slots))
            self.slots.append(slot)
            self._slots_by_name[one.name.lower()].append(slot)

    def named(self, name: str, start: int = 0, stop: int | None = None) -> list[Slot]:
        """Return the visible columns of a name, of those added from ``start`` up to ``stop``."""
        end = len(self.slots) if stop is None else stop
        return [s for s in self._slots_by_name.get(name.lower(), ()) if not s.hidden and start <= s.index < end]

    def visible(self) -> list[Slot]:
        """Return what ``*`` gives, in its order."""
        return sorted((slot for slot in self.slots if not slot.hidden), key=lambda slot: slot.rank)

    def sources(self) -> list[Source]:
        """Return the entries of the FROM clause, in order."""
        return [entry.source for entry in self._entries.values()]

    def source(self, name: str) -> Source | None:
        """Return the entry of that name, if there is one."""
        entry = self._entries.get(name.lower())
        return entry.source if entry else None

    def forget(self, source: Source) -> None:
        """Take out an entry that only the condition of its own join may name (SEMI and ANTI joins)."""
        for key in [key for key, entry in self._entries.items() if entry.source is source]:
            del self._entries[key]
            for slot in self.slots:
                slot.hidden = slot.hidden or slot.source == key

    def structure(self, name: str) -> Field | None:
        """Return the column of that name, if its fields are known."""
        slots = self.named(name)
        return slots[0].field if len(slots) == 1 and slots[0].field.parts else None

    def resolve(self, column: exp.Column) -> Field:
        """Return what a column means here, or in the nearest query around that knows it.

        Raises:
            StageError: no table in reach has it, or more than one does.
        """
        names = [part.name for part in column.parts]
        scope: Scope | None = self
        while scope is not None:
            found = scope._bare(column) if len(names) == 1 else scope._qualified(column, names)
            if found is not None:
                return found
            scope = scope.outer
        raise self._unknown(names)

    def _qualified(self, column: exp.Column, names: Sequence[str]) -> Field | None:
        # table.column.field..., then schema.table.column.field..., then column.field...
        for position in range(1, len(names)):
            entry = self._entries.get(names[position - 1].lower())
            one = _listed(entry, names[position]) if entry else None
            if one is not None:
                return _part(one, names[position + 1 :], column)
        structure = self._bare(exp.column(names[0])) if names[0].lower() in self._slots_by_name else None
        if structure is None or (not structure.has(names[1]) and self._is_around(names[0])):
            return None
        return _part(structure, names[1:], column)

    def _is_around(self, table: str) -> bool:
        """Tell whether a query around reads a table of that name."""
        return self.outer is not None and (self.outer.source(table) is not None or self.outer._is_around(table))

    def _bare(self, column: exp.Column) -> Field | None:
        name = column.name
        slots = self.named(name)
        if len(slots) > 1:
            exact = [slot for slot in slots if slot.name == name]
            one_table = len({slot.source for slot in slots}) == 1
            slots = exact if len(exact) == 1 and (one_table or self._sensitive) else slots
        if len(slots) == 1:
            return slots[0].field
        if name.lower() in self.aliases:
            return self.aliases[name.lower()]
        if slots:
            raise _ambiguous(name, [self._entries[slot.source].source.name for slot in slots])
        return self._unlisted(name) or self._pseudo(name) or self._row(column)

    def _unlisted(self, name: str) -> Field | None:
        """A column of the one table whose columns are not known."""
        unknown = [s.unlisted for s in self.sources() if s.unlisted and not s.fields]
        return Field(name, unknown[0](name)) if len(unknown) == 1 else None

    def _pseudo(self, name: str) -> Field | None:
        return Field(name, {}) if any(name.lower() in one.pseudo for one in self.sources()) else None

    def _row(self, column: exp.Column) -> Field | None:
        """A table's name in place of a column's is its whole row, as a structure."""
        source = self.source(column.name)
        if source is None:
            return None
        parts = {one.name: one.flows for one in source.fields}
        return Field(column.name, through(source.all, Step(TRANSFORMATION, column)), parts)

    def _unknown(self, names: Sequence[str]) -> StageError:
        written, *qualifier = ".".join(names), *names[-2:-1]
        source = self.source(qualifier[0]) if qualifier else None
        if source is not None:
            known = [one.name for one in source.fields]
            found, remedy = f"which {_called(source)} does not have", hint(names[-1], known)
        elif qualifier:
            tables = [one.name for one in self.sources() if one.name]
            found, remedy = f"but no table {qualifier[0]!r} is read there", hint(qualifier[0], tables)
        else:
            known = [slot.name for slot in self.visible()] + [one.name for one in self.aliases.values()]
            where = ", ".join(_called(one) for one in self.sources()) or "its query, which reads no table,"
            found, remedy = f"which {where} does not have", hint(written, list(dict.fromkeys(known)))
        return StageError(f"the SQL names column {written!r}, {found}", remedy)


def alias_columns(node: exp.Expression) -> list[exp.Expression]:
    """Return the column names of ``AS t(a, b)``, none if it has none."""
    alias = node.args.get("alias")
    return list(alias.args.get("columns") or []) if isinstance(alias, exp.TableAlias) else []


def aliased(fields: Iterable[Field], node: exp.Expression) -> tuple[Field, ...]:
    """Rename the first columns as ``AS t(a, b)`` says."""
    known = list(fields)
    for position, alias in enumerate(alias_columns(node)[: len(known)]):
        known[position] = known[position].renamed(alias.name)
    return tuple(known)


def hint(name: str, known: Sequence[str]) -> str:
    """Return a remedy for a name that is not known: the closest one, or all there are."""
    lowered = {one.lower(): one for one in known}
    likely = closest(name.lower(), lowered)
    if likely:
        return f"did you mean {lowered[likely]!r}?"
    shown = ", ".join(known[:_LISTED]) + (" …" if len(known) > _LISTED else "")
    return f"known there: {shown}" if known else "name one that exists"


def _listed(entry: _Entry, name: str) -> Field | None:
    candidates = entry.by_name.get(name.lower(), [])
    exact = [one for one in candidates if one.name == name]
    for one in (*exact, *candidates):
        return one
    if entry.source.unlisted:
        return Field(name, entry.source.unlisted(name))
    return Field(name, {}) if name.lower() in entry.source.pseudo else None


def _part(structure: Field, path: Sequence[str], column: exp.Column) -> Field:
    if not path:
        return structure
    return Field(path[-1], through(structure.part(path[0]), Step(TRANSFORMATION, column)))


def _ambiguous(name: str, sources: Iterable[str]) -> StageError:
    options = " or ".join(f"{source}.{name}" for source in sources)
    return StageError(f"column {name!r} is in more than one table of its FROM clause", f"write {options}")


def _called(source: Source) -> str:
    known = source.name or "a subquery"
    return f"{known} ({source.label})" if source.label and source.label != known else known
