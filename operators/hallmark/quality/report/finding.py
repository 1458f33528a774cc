"""What one expectation found, taken apart for a page: shares, examples, rows, and tables of what was compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hallmark.quality.report.figures import Shown, count, figure, percent, plural, shown, visible
from hallmark.quality.report.words import subject, words
from hallmark.quality.result import Outcome

__all__ = ["Example", "Finding", "Rows", "Share", "Table", "examples", "finding", "found"]

EXAMPLES, ROWS, ROW_COLUMNS, COMPARED = 10, 10, 24, 40
_CELL = 80
_LONGEST_TEXT = 1_000


@dataclass(frozen=True)
class Share:
    """Rows as one expectation divides them; ``other`` are those it did not look at."""

    expected: int
    unexpected: int
    missing: int

    @property
    def total(self) -> int:
        return self.expected + self.unexpected + self.missing

    @property
    def parts(self) -> list[tuple[str, str, int]]:
        """Kind, name and number of each part there is, the unexpected first."""
        parts = [
            ("bad", "unexpected", self.unexpected),
            ("good", "as expected", self.expected),
            ("none", "no value", self.missing),
        ]
        return [part for part in parts if part[2]]


@dataclass(frozen=True)
class Example:
    """An unexpected value and how many rows have it, if that is known."""

    value: Shown
    count: int | None = None


@dataclass(frozen=True)
class Rows:
    """Whole rows that failed, the columns first that the expectation looks at: ``looked_at`` so many."""

    columns: tuple[str, ...]
    looked_at: int
    cells: tuple[tuple[Shown, ...], ...]
    left_out: int


@dataclass(frozen=True)
class Table:
    """Something compared line by line.

    Args:
        title: what it is.
        headings: of the columns.
        lines: the cells.
        left_out: lines that are not shown.
        bars: of each line two shares of one, the expected and the found.
    """

    title: str
    headings: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    left_out: int = 0
    bars: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Finding:
    """One expectation and what became of it, in the words of a page."""

    mark: str
    severity: str
    subject: str
    expected: str
    found: str
    type: str
    as_written: str
    notes: str
    share: Share | None
    examples: tuple[Example, ...]
    counted: str
    more_examples: bool
    rows: Rows | None
    tables: tuple[Table, ...]


def finding(outcome: Outcome) -> Finding:
    """Take an outcome apart for a page."""
    expectation = outcome.expectation
    told = examples(outcome)
    return Finding(
        "error" if outcome.error else "met" if outcome.success else expectation.severity,
        expectation.severity,
        subject(expectation),
        words(expectation),
        found(outcome),
        visible(expectation.type[:_LONGEST_TEXT]),
        _as_written(expectation.kwargs),
        _notes(expectation.meta),
        share(outcome.result),
        told[:EXAMPLES],
        _counted_among(told, outcome.result),
        len(told) > EXAMPLES or sum(e.count or 0 for e in told) < (outcome.result.get("unexpected_count") or 0),
        _rows(outcome.samples, expectation.columns),
        tuple(_tables(outcome)),
    )


def found(outcome: Outcome) -> str:
    """Return what was found as a clause, without examples."""
    if outcome.error:
        return f"could not be checked: {visible(' '.join(outcome.error[:_LONGEST_TEXT].split()))}"
    parts = share(outcome.result)
    if parts and (parts.unexpected or not outcome.success):
        looked_at = parts.unexpected + parts.expected
        return f"{count(parts.unexpected)} of {count(looked_at)} unexpected ({percent(parts.unexpected, looked_at)})"
    if outcome.result.get("observed_value") is not None:
        return _observed(outcome.result)
    if parts and parts.missing:
        return f"all {count(parts.expected)} as expected, {count(parts.missing)} without a value"
    if parts and parts.total:
        return f"all {count(parts.expected)} as expected"
    return "as expected" if outcome.success else _missed(outcome)


def _missed(outcome: Outcome) -> str:
    """Return what kept an expectation without rows and without an observed value from being met."""
    if outcome.expectation.type == "expect_column_to_exist" and "column_index" not in outcome.expectation.kwargs:
        return "there is no such column"
    odd, absent = outcome.result.get("unexpected_count"), outcome.result.get("partial_missing_list")
    parts = [plural(odd, "unexpected value")] if isinstance(odd, int) and odd else []
    parts += [f"missing: {_list(absent)}"] if isinstance(absent, (list, tuple)) and absent else []
    return "; ".join(parts) or "not as expected"


def share(result: Mapping[str, Any]) -> Share | None:
    """Return how an expectation of rows divides them, None if it is about something else."""
    total, bad = result.get("element_count"), result.get("unexpected_count")
    if not isinstance(total, int) or not isinstance(bad, int) or total < 0:
        return None
    missing = min(max(int(result.get("missing_count") or 0), 0), total)
    bad = min(max(bad, 0), total - missing)
    return Share(total - missing - bad, bad, missing)


def examples(outcome: Outcome) -> tuple[Example, ...]:
    """Return unexpected values, with their counts and the most frequent first where GX counted them.

    Where nulls are what is unexpected there is nothing to tell.
    """
    known = _examples(outcome.result)
    return () if all(example.value.kind == "null" for example in known) else known


def _examples(result: Mapping[str, Any]) -> tuple[Example, ...]:
    counted = result.get("partial_unexpected_counts")
    if isinstance(counted, Sequence) and counted and all(isinstance(c, Mapping) and "value" in c for c in counted):
        known = [Example(_value(c["value"]), c.get("count")) for c in counted]
        return tuple(sorted(known, key=lambda e: -(e.count or 0)))
    listed = result.get("partial_unexpected_list")
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return (Example(shown(listed)),) if isinstance(listed, str) else ()
    return tuple({value: Example(value) for value in map(_value, listed)}.values())


def _counted_among(told: Sequence[Example], result: Mapping[str, Any]) -> str:
    """Return what the examples' counts are of: all rows, or as GX has it the first few unexpected ones."""
    total, listed = sum(e.count or 0 for e in told), result.get("partial_unexpected_list")
    few = len(listed) if isinstance(listed, (list, tuple)) else 0
    if total < (result.get("unexpected_count") or 0) and total <= few:
        return f"among the first {count(few)}"
    return "rows"


def _value(value: Any) -> Shown:
    """Show one unexpected value; of several columns, their values side by side."""
    if isinstance(value, Mapping):
        return Shown(", ".join(f"{shown(k, _CELL)}: {shown(v, _CELL)}" for k, v in list(value.items())[:ROW_COLUMNS]))
    if isinstance(value, (tuple, list)):
        return Shown(" / ".join(str(shown(v, _CELL)) for v in value[:ROW_COLUMNS]))
    return shown(value)


def _observed(result: Mapping[str, Any]) -> str:
    value, details = result["observed_value"], result.get("details")
    met = details.get("success_details") if isinstance(details, Mapping) else None
    if isinstance(value, Mapping) and isinstance(met, (list, tuple)):
        return f"{count(sum(not good for good in met))} of {plural(len(met), 'quantile')} out of range"
    return f"observed {_list(value) if isinstance(value, (list, tuple)) else figure(value)}"


def _list(values: Sequence[Any]) -> str:
    told = ", ".join(str(shown(v, 40)) for v in values[:8])
    return f"{told} and {count(len(values) - 8)} more" if len(values) > 8 else told or "nothing"


def _rows(samples: Sequence[Mapping[str, Any]], looked_at: Sequence[str]) -> Rows | None:
    if not samples:
        return None
    names = list(dict.fromkeys(name for row in samples[:ROWS] for name in row))
    first = [name for name in dict.fromkeys(looked_at) if name in names]
    ordered = [*first, *(name for name in names if name not in set(first))]
    kept = ordered[:ROW_COLUMNS]
    return Rows(
        tuple(str(shown(name, _CELL)) for name in kept),
        min(len(first), ROW_COLUMNS),
        tuple(tuple(shown(row.get(name), _CELL) for name in kept) for row in samples[:ROWS]),
        len(ordered) - len(kept),
    )


def _tables(outcome: Outcome) -> Iterator[Table]:
    """Yield what GX compared: distributions, quantiles, columns, counted values."""
    details = outcome.result.get("details")
    known = details if isinstance(details, Mapping) else {}
    for name, make in _DETAILS.items():
        if known.get(name):
            table = make(known, outcome)
            if table is not None:
                yield table


def _distribution(details: Mapping[str, Any], _outcome: Outcome) -> Table | None:
    observed, expected = details["observed_partition"], details.get("expected_partition")
    if not isinstance(observed, Mapping) or not isinstance(expected, Mapping):
        return None
    wanted, got = _weights(expected), _weights(observed)
    every = list(dict.fromkeys([*wanted, *got]))
    bars = [(wanted.get(name, 0.0), got.get(name, 0.0)) for name in every[:COMPARED]]
    lines = [(name, percent(w, 1.0), percent(g, 1.0)) for name, (w, g) in zip(every, bars, strict=False)]
    left_out = max(len(every) - COMPARED, 0)
    return Table("Distribution", ("value", "expected", "found"), tuple(lines), left_out, tuple(bars))


def _weights(partition: Mapping[str, Any]) -> dict[str, float]:
    """Return the weight of each value, or of each bin as ``0 to 10``."""
    weights = [float(w) for w in partition.get("weights") or ()]
    if partition.get("values") is not None:
        names = [str(shown(v, _CELL)) for v in partition["values"]]
    else:
        edges = [figure(edge) for edge in partition.get("bins") or ()]
        names = [f"{low} to {high}" for low, high in pairwise(edges)]
    return dict(zip(names, weights, strict=False))


def _quantiles(details: Mapping[str, Any], outcome: Outcome) -> Table | None:
    observed, asked = outcome.result.get("observed_value"), outcome.expectation.kwargs.get("quantile_ranges")
    if not isinstance(observed, Mapping) or not {"quantiles", "values"} <= observed.keys():
        return None
    ranges = asked.get("value_ranges") if isinstance(asked, Mapping) else None
    allowed = [_ends(r) for r in ranges] if isinstance(ranges, (list, tuple)) else []
    allowed += ["-"] * (len(observed["values"]) - len(allowed))
    lines = [
        (figure(q), wanted, figure(v), "met" if good else "not met")
        for q, wanted, v, good in zip(
            observed["quantiles"], allowed, observed["values"], details["success_details"], strict=False
        )
    ]
    headings = ("quantile", "expected", "found", "result")
    return Table("Quantiles", headings, tuple(lines[:COMPARED]), max(len(lines) - COMPARED, 0))


def _ends(ends: Any) -> str:
    low, high = ends if isinstance(ends, (list, tuple)) and len(ends) == 2 else (None, None)
    return f"{'any' if low is None else figure(low)} to {'any' if high is None else figure(high)}"


def _columns(details: Mapping[str, Any], _outcome: Outcome) -> Table | None:
    mismatched = details["mismatched"]
    if isinstance(mismatched, Mapping):
        lines = [(kind, str(shown(n, _CELL))) for kind in ("missing", "unexpected") for n in mismatched.get(kind) or ()]
        return Table("Columns", ("column is", "name"), tuple(lines[:COMPARED]), max(len(lines) - COMPARED, 0))
    if not isinstance(mismatched, (list, tuple)) or not all(isinstance(m, Mapping) for m in mismatched):
        return None
    headings = tuple(str(shown(name, _CELL)).lower() for name in mismatched[0])
    cells = tuple(tuple(str(shown(v, _CELL)) for v in m.values()) for m in mismatched[:COMPARED])
    return Table("Columns", headings, cells, max(len(mismatched) - COMPARED, 0))


def _counted(details: Mapping[str, Any], _outcome: Outcome) -> Table | None:
    counted = details["value_counts"]
    if not isinstance(counted, (list, tuple)) or not all(isinstance(c, Mapping) for c in counted):
        return None
    lines = [(str(shown(c.get("value"), _CELL)), count(c.get("count"))) for c in counted[:COMPARED]]
    return Table("Values", ("value", "rows"), tuple(lines), max(len(counted) - COMPARED, 0))


_DETAILS = {
    "observed_partition": _distribution,
    "success_details": _quantiles,
    "mismatched": _columns,
    "value_counts": _counted,
}


def _as_written(kwargs: Mapping[str, Any]) -> str:
    text = json.dumps(dict(kwargs), ensure_ascii=False, default=str)
    cut = text[:_LONGEST_TEXT]
    return visible(cut) + ("…" if len(text) > len(cut) else "")


def _notes(meta: Mapping[str, Any]) -> str:
    """Return the notes as text: GX has them as a text, a list of texts, or a mapping with ``content``."""
    notes = meta.get("notes")
    notes = notes.get("content") if isinstance(notes, Mapping) else notes
    lines = notes if isinstance(notes, (list, tuple)) else [notes] if notes else []
    return visible(" ".join(map(str, lines))[:_LONGEST_TEXT])
