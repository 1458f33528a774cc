"""What differs between the engines that run checks, as tables of facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlglot import exp

from hallmark.quality.compiler.literals import number, text
from hallmark.quality.compiler.regex import for_re2

__all__ = ["DUCKDB", "POSTGRES", "SPARK", "SQLITE", "Dialect", "dialect_of"]

Expression: TypeAlias = exp.Expression


@dataclass(frozen=True)
class Dialect:
    """One engine.

    Args:
        name: sqlglot's name of its SQL.
        without_nan: turns NaN into NULL in a floating-point column; None where the engine holds no NaN.
        regex: a predicate that a text column matches a regular expression somewhere, or None for an expression that
            must be matched in Python; it gets the column and the pattern.
        stdev: sample standard deviation as an aggregate; None where it takes two scans.
        quantile: aggregate of a value's quantile as ``percentile_disc`` has it; None where ranks are looked up.
        interpolated: aggregate of a quantile as ``percentile_cont`` has it; None likewise.
        median: aggregate of the median; None likewise.
        lag: the previous row's value in the data's own order; None where rows have no order.
        tries: whether a cast that fails can give null.
        counts_if: whether it counts the rows that meet a condition faster by a function than by a filter.
        figures: how many aggregates one query may hold.
        moment: brings a timestamp column into the form of literals; None where the engine has such a type itself.
    """

    name: str
    without_nan: Callable[[Expression], Expression] | None
    regex: Callable[[Expression, str], Expression | None]
    stdev: Callable[[Expression], Expression] | None
    quantile: Callable[[Expression, float], Expression] | None
    interpolated: Callable[[Expression, float], Expression] | None
    median: Callable[[Expression], Expression] | None
    lag: Callable[[Expression], Expression] | None = None
    tries: bool = False
    moment: Callable[[Expression], Expression] | None = None
    counts_if: bool = False
    figures: int = 128

    def figure(self, aggregate: exp.Expression) -> exp.Expression:
        """Return an aggregate as the engine computes it fastest."""
        counted = isinstance(aggregate, exp.Filter) and isinstance(aggregate.this, exp.Count)
        if not (self.counts_if and counted and isinstance(aggregate.this.this, exp.Star)):
            return aggregate.copy()
        # Of no rows at all the function gives null.
        counted_if = exp.CountIf(this=aggregate.expression.this.copy())
        return exp.Coalesce(this=counted_if, expressions=[exp.Literal.number(0)])

    def sql(self, query: Expression) -> str:
        """Return a query's text, every identifier quoted."""
        settled = query if self.moment is None else query.transform(_bare_moment)
        return str(settled.sql(dialect=self.name, identify=True))


def _bare_moment(node: Expression) -> Expression:
    """Leave a moment's literal as text where moments are texts: SQLite's own function would cut its fraction."""
    is_literal = isinstance(node, exp.Cast) and node.to.is_type("TIMESTAMP") and isinstance(node.this, exp.Literal)
    return node.this if is_literal else node


def _case_nan(condition: Callable[[Expression], Expression]) -> Callable[[Expression], Expression]:
    def null_for_nan(column: Expression) -> Expression:
        return exp.Case(ifs=[exp.If(this=condition(column), true=exp.null())], default=column.copy())

    return null_for_nan


def _is_nan(column: Expression) -> Expression:
    return exp.func("isnan", column.copy())


def _equals_nan(column: Expression) -> Expression:
    return exp.EQ(this=column.copy(), expression=exp.Literal.string("NaN"))


def _duckdb_regex(column: Expression, pattern: str) -> Expression | None:
    translated = for_re2(pattern)
    if translated is None:
        return None
    return exp.func("regexp_matches", column.copy(), text(translated), dialect="duckdb")


def _own_regex(column: Expression, pattern: str) -> Expression:
    return exp.RegexpLike(this=column.copy(), expression=text(pattern))


def _no_regex(_column: Expression, _pattern: str) -> None:
    return None


def _anonymous(name: str) -> Callable[..., Expression]:
    def call(*arguments: Any) -> Expression:
        return exp.Anonymous(
            this=name, expressions=[a.copy() if isinstance(a, exp.Expression) else number(a) for a in arguments]
        )

    return call


def _within_group(name: str) -> Callable[[Expression, float], Expression]:
    def call(column: Expression, point: float) -> Expression:
        function = exp.Anonymous(this=name, expressions=[number(point)])
        order = exp.Order(expressions=[exp.Ordered(this=column.copy())])
        return exp.WithinGroup(this=function, expression=order)

    return call


def _halfway(column: Expression) -> Expression:
    return _within_group("percentile_cont")(column, 0.5)


def _shortest_moment(column: Expression) -> Expression:
    """Return a moment's text without a T and without zeros at the end of its fraction, as literals are written."""
    spaced = exp.func("replace", column.copy(), text("T"), text(" "))
    shortest = exp.func("rtrim", exp.func("rtrim", spaced, text("0"), dialect="sqlite"), text("."), dialect="sqlite")
    has_fraction = exp.Like(this=column.copy(), expression=text("%.%"))
    return exp.Case(ifs=[exp.If(this=has_fraction, true=shortest)], default=spaced.copy())


def _lag(column: Expression) -> Expression:
    return exp.Window(this=exp.Anonymous(this="lag", expressions=[column.copy()]))


DUCKDB = Dialect(
    "duckdb",
    without_nan=_case_nan(_is_nan),
    regex=_duckdb_regex,
    stdev=_anonymous("stddev_samp"),
    quantile=_anonymous("quantile_disc"),
    interpolated=_anonymous("quantile_cont"),
    median=_anonymous("median"),
    lag=_lag,
    tries=True,
    counts_if=True,
)
POSTGRES = Dialect(
    "postgres",
    without_nan=_case_nan(_equals_nan),
    regex=_own_regex,
    stdev=_anonymous("stddev_samp"),
    quantile=_within_group("percentile_disc"),
    interpolated=_within_group("percentile_cont"),
    median=_halfway,
)
SQLITE = Dialect(
    "sqlite",
    without_nan=None,
    regex=_no_regex,
    stdev=None,
    quantile=None,
    interpolated=None,
    median=None,
    figures=200,
    moment=_shortest_moment,
)
SPARK = replace(POSTGRES, name="spark", without_nan=_case_nan(_is_nan), tries=True)
_DIALECTS = {d.name: d for d in (DUCKDB, POSTGRES, SQLITE, SPARK)} | {"postgresql": POSTGRES}


def dialect_of(name: str) -> Dialect | None:
    """Return the facts of an engine by its SQLAlchemy or sqlglot name, None if it has none here."""
    return _DIALECTS.get(name)


def known(names: Sequence[str] = tuple(_DIALECTS)) -> str:
    """Return the engines' names for a message."""
    return ", ".join(names)
