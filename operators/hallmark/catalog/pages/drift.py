"""How far a column moved between two versions, told from their profiles: no row is read again.

The population stability index is ``sum((after - before) * ln(after / before))`` over the shares of common bins
(Siddiqi, Credit Risk Scorecards, 2006): below 0.1 little moved, above 0.25 much did. Histograms of two versions have
edges of their own; the later one is laid over the earlier one's bins as if its values lay evenly in theirs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Literal

from hallmark.catalog.pages.values import Field
from hallmark.catalog.values import Answer

__all__ = ["MODERATE", "STRONG", "ColumnDrift", "Drift", "Pair", "Shapes", "TopShare", "drift"]

MODERATE, STRONG = 0.1, 0.25
# Stands for an empty bin, whose logarithm there is none of.
_LEAST = 1e-4
# A shift of the quantiles by half of what lies between the 5th and the 95th is much, by a fifth noticeable.
_SHIFTED, _SHIFTED_FAR = 0.2, 0.5

Status = Literal["stable", "moderate", "strong", "added", "removed", "unknown"]
_RANK = {status: rank for rank, status in enumerate(("strong", "removed", "added", "moderate", "unknown", "stable"))}


@dataclass(frozen=True, kw_only=True)
class Pair(Answer):
    """A figure before and after."""

    before: float | None
    after: float | None


@dataclass(frozen=True, kw_only=True)
class Shapes(Answer):
    """Two histograms on common edges, as shares of all values."""

    edges: Sequence[float | str]
    before: Sequence[float]
    after: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class TopShare(Answer):
    """A frequent value's share of all values."""

    value: Any
    before: float | None
    after: float | None


@dataclass(frozen=True, kw_only=True)
class ColumnDrift(Answer):
    """How far one column moved.

    Args:
        status: the strongest of what the figures say.
        psi: of the histograms, or of the frequent values of texts.
        quantile_shift: the quantile that moved most, in units of the spread (5th to 95th) before.
    """

    name: str
    type: str
    personal: bool
    status: Status
    psi: float | None = None
    quantile_shift: float | None = None
    null_share: Pair | None = None
    distinct: Pair | None = None
    mean: Pair | None = None
    histogram: Shapes | None = None
    top: Sequence[TopShare] = ()


@dataclass(frozen=True, kw_only=True)
class Drift(Answer):
    """How far a version moved from another; the columns that moved most are first."""

    dataset: str
    version: str
    base: str
    rows: Pair
    columns: Sequence[ColumnDrift]


@dataclass(frozen=True)
class _Figures:
    """One column's figures, with what they are shares of."""

    figures: Mapping[str, Any]
    rows: int

    @property
    def values(self) -> int:
        return max(self.rows - int(self.figures.get("nulls") or 0), 0)

    @property
    def null_share(self) -> float | None:
        return (self.figures.get("nulls") or 0) / self.rows if self.rows else None


def drift(
    dataset: str,
    base: tuple[str, Mapping[str, Any], Sequence[Field]],
    version: tuple[str, Mapping[str, Any], Sequence[Field]],
) -> Drift:
    """Compare two versions, each with its profile and its columns."""
    (before, old, old_columns), (after, new, new_columns) = base, version
    known = {c.name: c for c in (*old_columns, *new_columns)}
    columns = [_column(field, old, new) for field in known.values()]
    rows = Pair(before=old.get("rows"), after=new.get("rows"))
    strongest = sorted(columns, key=lambda c: (_RANK[c.status], -(c.psi or 0), -(c.quantile_shift or 0)))
    return Drift(dataset=dataset, version=after, base=before, rows=rows, columns=strongest)


def _column(field: Field, old: Mapping[str, Any], new: Mapping[str, Any]) -> ColumnDrift:
    about: dict[str, Any] = {"name": field.name, "type": field.type, "personal": field.personal}
    was, now = (profile.get("columns", {}).get(field.name) for profile in (old, new))
    if was is None or now is None:
        status: Status = "unknown" if was is now else "removed" if now is None else "added"
        return ColumnDrift(**about, status=status)
    before, after = _Figures(was, int(old.get("rows") or 0)), _Figures(now, int(new.get("rows") or 0))
    shapes, top = _shapes(before, after), _top(before, after)
    psi = _psi(shapes.before, shapes.after) if shapes else _psi_of_top(top)
    shift = _shift(was.get("quantiles") or {}, now.get("quantiles") or {})
    nulls = Pair(before=before.null_share, after=after.null_share)
    return ColumnDrift(
        **about,
        status=_status(psi, shift, nulls),
        psi=psi,
        quantile_shift=shift,
        null_share=nulls,
        distinct=Pair(before=was.get("distinct"), after=now.get("distinct")),
        mean=Pair(before=_finite(was.get("mean")), after=_finite(now.get("mean"))),
        histogram=shapes,
        top=top,
    )


def _status(psi: float | None, shift: float | None, nulls: Pair) -> Status:
    missing = (
        _psi(*([p or 0.0, 1 - (p or 0.0)] for p in (nulls.before, nulls.after))) if nulls.before is not None else 0
    )
    told = max(psi or 0.0, missing)
    if told >= STRONG or (shift or 0) >= _SHIFTED_FAR:
        return "strong"
    return "moderate" if told >= MODERATE or (shift or 0) >= _SHIFTED else "stable"


def _psi(before: Sequence[float], after: Sequence[float]) -> float:
    pairs = ((max(b, _LEAST), max(a, _LEAST)) for b, a in zip(before, after, strict=True))
    return sum((a - b) * math.log(a / b) for b, a in pairs)


def _psi_of_top(top: Sequence[TopShare]) -> float | None:
    """Take all values that are not frequent for one bin."""
    if not top:
        return None
    before, after = [t.before or 0.0 for t in top], [t.after or 0.0 for t in top]
    return _psi([*before, max(1 - sum(before), 0.0)], [*after, max(1 - sum(after), 0.0)])


def _shift(before: Mapping[str, Any], after: Mapping[str, Any]) -> float | None:
    moved = {k: (_finite(before[k]), _finite(after[k])) for k in before.keys() & after.keys()}
    known = {k: (b, a) for k, (b, a) in moved.items() if b is not None and a is not None}
    if len(known) < 2:
        return None
    ordered = sorted(known, key=float)
    spread = known[ordered[-1]][0] - known[ordered[0]][0]
    furthest = max(abs(a - b) for b, a in known.values())
    if spread <= 0:
        return 0.0 if furthest == 0 else None
    return furthest / spread


def _shapes(before: _Figures, after: _Figures) -> Shapes | None:
    was, now = before.figures.get("histogram"), after.figures.get("histogram")
    if not was or not now:
        return None
    told = [*was["edges"], *now["edges"]]
    numbers = [number for number in map(_number, told) if number is not None]
    if len(numbers) < len(told):
        return None
    old, new = numbers[: len(was["edges"])], numbers[len(was["edges"]) :]
    edges = _common(old, new)
    spelled = {number: edge if isinstance(edge, str) else number for number, edge in zip(numbers, told, strict=True)}
    laid = (_laid(old, was["counts"], edges), _laid(new, now["counts"], edges))
    return Shapes(edges=[spelled[edge] for edge in edges], before=laid[0], after=laid[1])


def _common(old: Sequence[float], new: Sequence[float]) -> list[float]:
    """Return the earlier one's edges, wider at the ends where the later one reaches further."""
    edges = list(old)
    return [*([new[0]] if new[0] < edges[0] else []), *edges, *([new[-1]] if new[-1] > edges[-1] else [])]


def _laid(edges: Sequence[float], counts: Sequence[int], onto: Sequence[float]) -> list[float]:
    """Return the share of values in each bin of other edges, as if they lay evenly in their own."""
    total = sum(counts) or 1
    return [(_below(edges, counts, high) - _below(edges, counts, low)) / total for low, high in pairwise(onto)]


def _below(edges: Sequence[float], counts: Sequence[int], bound: float) -> float:
    found = 0.0
    for low, high, number in zip(edges, edges[1:], counts, strict=False):
        if bound >= high:
            found += number
        elif bound > low:
            found += number * (bound - low) / (high - low)
    return found


def _top(before: _Figures, after: _Figures) -> list[TopShare]:
    shares = []
    for each in (before, after):
        told = each.figures.get("top") or ()
        shares.append({str(t["value"]): (t["value"], t["count"] / each.values) for t in told if each.values})
    names = dict.fromkeys((*shares[0], *shares[1]))
    found = [
        TopShare(
            value=(shares[0].get(name) or shares[1][name])[0],
            before=shares[0][name][1] if name in shares[0] else None,
            after=shares[1][name][1] if name in shares[1] else None,
        )
        for name in names
    ]
    return sorted(found, key=lambda t: -max(t.before or 0, t.after or 0))


def _number(edge: Any) -> float | None:
    if isinstance(edge, str):
        try:
            moment = datetime.fromisoformat(edge)
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return _finite(edge)


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
