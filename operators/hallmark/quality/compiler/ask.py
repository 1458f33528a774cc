"""What a check has at hand: the columns, the rows that it considers, and ready-made questions."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import share
from hallmark.quality.compiler.dialects import Dialect
from hallmark.quality.compiler.formats import ResultFormat, Unexpected, map_result
from hallmark.quality.compiler.kinds import Field, Kind
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Found
from hallmark.quality.compiler.requests import Figure, Request, Rows, aggregate, column, conjunction, count_where, rows
from hallmark.quality.compiler.run import Steps
from hallmark.quality.compiler.table import Table

__all__ = ["Ask", "Operand"]

_POSITION = "hallmark_position"


@dataclass(frozen=True)
class Operand:
    """A column within a check."""

    field: Field

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def kind(self) -> Kind:
        return self.field.kind

    @property
    def sql(self) -> exp.Column:
        return column(self.field.name)

    @property
    def is_null(self) -> exp.Expression:
        return exp.Is(this=self.sql, expression=exp.null())

    @property
    def is_there(self) -> exp.Expression:
        return exp.Not(this=self.is_null)


@dataclass(frozen=True)
class Ask:
    """One expectation's view of the data.

    Args:
        table: the data.
        format: how much the result tells.
        domain: predicate of the rows that its ``row_condition`` leaves; None for all.
        samples: how many whole failing rows are wanted.
        paired: whether two columns' values are shown as a pair and not by their names.
    """

    table: Table
    format: ResultFormat
    domain: exp.Expression | None = None
    samples: int = 0
    paired: bool = False

    @property
    def dialect(self) -> Dialect:
        return self.table.dialect

    def operand(self, name: Any) -> Operand:
        """Return a column by its name.

        Raises:
            Refusal: there is none of that name.
        """
        return Operand(self.table.field(name))

    def operands(self, names: Any) -> list[Operand]:
        """Return several columns.

        Raises:
            Refusal: fewer than two are given, or one does not exist.
        """
        if not isinstance(names, (list, tuple)) or len(names) < 2:
            raise Refusal("column_list must name at least two columns")
        return [self.operand(name) for name in names]

    def figure(self, function: exp.Expression, *, where: exp.Expression | None = None) -> Figure:
        """Return the question for an aggregate over the rows that are considered."""
        return Figure(aggregate(function, conjunction(self.domain, where)))

    def count(self, *where: exp.Expression | None) -> Figure:
        """Return the question how many considered rows meet all conditions."""
        return Figure(count_where(conjunction(self.domain, *where)))

    def value_rows(self, *operands: Operand, where: exp.Expression | None = None) -> exp.Select:
        """Return a query for columns of the considered rows."""
        return rows(*(o.sql for o in operands), where=conjunction(self.domain, where))

    def judged(
        self, operands: Sequence[Operand], unexpected: exp.Expression, present: exp.Expression | None, mostly: Any
    ) -> Steps:
        """Judge rows one by one: count them in the shared scan, and fetch examples if some are unexpected.

        Args:
            operands: the columns whose values are shown.
            unexpected: predicate of the rows that are not as expected, among all considered.
            present: predicate of the rows that can be judged; None where missing values are what is checked.
            mostly: share of these that must be as expected.
        """
        least = share(mostly)
        where = conjunction(self.domain, unexpected) or exp.true()
        counts = yield [self.count(), self.count(present), Figure(count_where(where))]
        return (yield from self.told(operands, where, present is not None, least, counts))

    def told(
        self, operands: Sequence[Operand], where: exp.Expression, countable: bool, least: float, counts: Sequence[int]
    ) -> Steps:
        """Return the finding of row-level counts: elements, those present, those unexpected."""
        elements, present, unexpected = (int(n or 0) for n in counts)
        of = present if countable else elements
        success = of == 0 or elements == 0 or (of - unexpected) / of >= least
        examples = yield from self.examples(operands, where) if unexpected else _nothing()
        result = map_result(self.format, elements, present if countable else None, unexpected, examples)
        return Found(success, result, where, tuple(examples.rows[: self.samples]))

    def examples(
        self, operands: Sequence[Operand], where: exp.Expression
    ) -> Generator[Sequence[Request], Any, Unexpected]:
        """Fetch what the result format tells of unexpected rows."""
        index = [self.table.field(name) for name in self.format.index_columns]
        shown = list(dict.fromkeys([*(f.name for f in index), *(o.name for o in operands)]))
        query = rows(*(column(name) for name in shown), where=where)
        text = self.dialect.sql(placed_text(query, self.table)) if self.format.level != "BOOLEAN_ONLY" else None
        most = self.format.limit
        if most == 0 and not self.samples:
            return Unexpected(query=text)
        whole = bool(self.samples or self.format.rows)
        names = list(dict.fromkeys([*shown, *(self.table.names if whole else ())]))
        (fetched,) = yield [Rows(self._limited(names, where, most))]
        found = [dict(zip([*names, _POSITION], row, strict=False)) for row in fetched]
        return Unexpected(
            [self._value(row, operands) for row in found] if most != 0 else [],
            self._places(found, index, operands),
            [{name: row[name] for name in self.table.names} for row in found] if whole else [],
            text,
        )

    def _limited(self, names: Sequence[str], where: exp.Expression, most: int | None) -> exp.Select:
        chosen = [column(name) for name in names]
        if not self._numbered:
            query = rows(*chosen, where=where)
        else:
            number = exp.Window(this=exp.RowNumber())
            position = exp.alias_(exp.Sub(this=number, expression=exp.Literal.number(1)), _POSITION, quoted=True)
            # Rows are numbered before those that are as expected are left out.
            numbered = rows(*(column(n) for n in self._needed(names, where)), position).subquery("numbered", copy=False)
            query = exp.select(*chosen, column(_POSITION)).from_(numbered).where(where.copy())
        return query if most is None else query.limit(max(most, self.samples))

    def _needed(self, names: Sequence[str], where: exp.Expression) -> list[str]:
        used = (c.name for c in where.find_all(exp.Column))
        return list(dict.fromkeys([*names, *(name for name in used if name in self.table.by_name)]))

    @property
    def _numbered(self) -> bool:
        return self.table.numbered and self.format.level in {"SUMMARY", "COMPLETE"} and not self.format.index_columns

    def _value(self, row: Mapping[str, Any], operands: Sequence[Operand]) -> Any:
        """Show the value of one column, a pair's as a pair, several by their names."""
        values = [row[o.name] for o in operands]
        if len(values) == 1:
            return values[0]
        return values if self.paired else dict(zip((o.name for o in operands), values, strict=True))

    def _places(
        self, found: list[dict[str, Any]], index: Sequence[Field], operands: Sequence[Operand]
    ) -> list[Any] | None:
        if index:
            names = [*(o.name for o in operands), *(f.name for f in index)]
            return [{name: row[name] for name in names} for row in found]
        return [row[_POSITION] for row in found] if self._numbered else None


def placed_text(query: exp.Expression, table: Table) -> exp.Expression:
    """Return a query as a person would run it, over the data itself."""
    from hallmark.quality.compiler.requests import placed

    return placed(query, table.selection)


def _nothing() -> Generator[Sequence[Request], Any, Unexpected]:
    yield from ()
    return Unexpected()
