"""The scan that counts and measures all columns, and then the one that counts values and bins.

Of a large table the figures that describe its shape (quantiles, frequent values, histograms) come from a sample;
counts, ends, sums and means are of all rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import count_rows, create_table, first_row, relation
from hallmark.quality.profile.chunks import chunked
from hallmark.quality.profile.families import QUANTILES, Family, family_of, finite_or_none
from hallmark.quality.profile.shape import TOP, Shape, candidates_of, shape_of
from hallmark.quality.profile.values import ColumnProfile, Profile

if TYPE_CHECKING:
    import duckdb

__all__ = ["profile"]

# Tables with more columns have no top values and no histograms: the catalog keeps the profile of every version.
DETAILED = 1000
# Tables with more rows are described by a sample of about so many.
LARGE = 500_000
SAMPLE = "hallmark_profile_sample"
_OF_SHAPE = {"quantiles", "top"}


def profile(connection: duckdb.DuckDBPyConnection, view: str, columns: Sequence[Column]) -> Profile:
    """Compute the profile of a view: in two scans, or in one if it has more than 1,000 columns.

    Personal columns get counts only: their smallest or largest value is a value.

    Args:
        connection: the engine.
        view: name of the view or table.
        columns: those to look at, with their types as the engine spells them.
    """
    detailed = len(columns) <= DETAILED
    rows, profiles, shapes = count_rows(connection, view), {}, []
    described = _sampled(connection, view, rows, columns) if rows > LARGE else view
    for chunk in chunked(columns, len(columns)):
        for column, answer in zip(chunk, _measured(connection, view, described, chunk, detailed), strict=True):
            measured = _column(rows, family_of(column), answer)
            profiles[column.name] = measured
            shapes.append(Shape(column, measured, candidates_of(measured, answer.get("top"))))
    wanted = [shape for shape in shapes if shape.wanted] if detailed else []
    weight = rows / max(count_rows(connection, described), 1) if described != view else 1.0
    for some in chunked(wanted, len(columns)):
        profiles.update(shape_of(connection, described, some, weight))
    return Profile(rows, profiles)


def _sampled(connection: duckdb.DuckDBPyConnection, view: str, rows: int, columns: Sequence[Column]) -> str:
    """Keep a sample of whole blocks of rows for the figures of shape, and return its name."""
    chosen = [exp.column(c.name, quoted=True) for c in columns if not c.personal]
    if not chosen:
        return view
    percent = exp.Literal.number(format(100 * LARGE / rows, ".6f"))
    sample = exp.TableSample(method=exp.var("SYSTEM"), percent=percent, seed=exp.Literal.number(1))
    query = exp.select(*chosen).from_(relation(view))
    query.set("sample", sample)
    create_table(connection, SAMPLE, query)
    return SAMPLE


def _measured(
    connection: duckdb.DuckDBPyConnection, view: str, described: str, columns: Sequence[Column], detailed: bool
) -> list[dict[str, Any]]:
    """Return of each column what its figures are."""
    figures = [_figures(column, detailed) for column in columns]
    if described == view:
        return _asked(connection, view, figures)
    whole = _asked(connection, view, [{n: a for n, a in each.items() if n not in _OF_SHAPE} for each in figures])
    shape = _asked(connection, described, [{n: a for n, a in each.items() if n in _OF_SHAPE} for each in figures])
    return [{**exact, **about} for exact, about in zip(whole, shape, strict=True)]


def _asked(
    connection: duckdb.DuckDBPyConnection, view: str, figures: Sequence[Mapping[str, exp.Expression]]
) -> list[dict[str, Any]]:
    asked = [aggregate for each in figures for aggregate in each.values()]
    if not asked:
        return [{} for _ in figures]
    answers = iter(first_row(connection, exp.select(*asked).from_(relation(view))))
    return [{name: next(answers) for name in each} for each in figures]


def _figures(column: Column, detailed: bool) -> dict[str, exp.Expression]:
    """Return the aggregates of one column, counts first."""
    value, family = exp.column(column.name, quoted=True), family_of(column)
    counts = {"present": exp.Count(this=value.copy()), "distinct": exp.ApproxDistinct(this=value.copy())}
    present = family.present(value)
    counted: dict[str, exp.Expression] = {name: _filtered(count, present) for name, count in counts.items()}
    if column.personal:
        return counted
    finite = family.finite(value)
    measured = {name: _filtered(a, finite) for name, a in family.aggregates(value).items()}
    if family.has_top and detailed:
        measured["top"] = _frequent(value, finite)
    return {**counted, **measured}


def _frequent(value: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    # sqlglot knows a function of that name in another dialect, which answers otherwise.
    frequent = exp.Anonymous(this="approx_top_k", expressions=[value.copy(), exp.Literal.number(TOP)])
    return exp.cast(_filtered(frequent, condition), "VARCHAR[]")


def _filtered(aggregate: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    if condition is None:
        return aggregate
    inner = aggregate.this if isinstance(aggregate, exp.Cast) else aggregate
    filtered = exp.Filter(this=inner.copy(), expression=exp.Where(this=condition.copy()))
    return exp.cast(filtered, aggregate.to) if isinstance(aggregate, exp.Cast) else filtered


def _column(rows: int, family: Family, answer: Mapping[str, Any]) -> ColumnProfile:
    present = int(answer["present"])
    points = answer.get("quantiles")
    return ColumnProfile(
        rows - present,
        # The sketch may find some more than there are values.
        min(int(answer["distinct"]), present),
        _end(family, answer.get("min")),
        _end(family, answer.get("max")),
        finite_or_none(answer.get("sum")),
        finite_or_none(answer.get("mean")),
        finite_or_none(answer.get("stddev")),
        quantiles=dict(zip(map(str, QUANTILES), points, strict=True)) if points else {},
        true=answer.get("true"),
        min_length=answer.get("min_length"),
        max_length=answer.get("max_length"),
    )


def _end(family: Family, answer: Any) -> Any:
    return None if answer is None else family.value(answer)
