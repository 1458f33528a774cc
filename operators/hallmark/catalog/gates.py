"""A gate's result in GX's suite-result shape, as rows of the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hallmark.receipt import plain

__all__ = ["counts", "rows", "success"]

Suite = Mapping[str, Any] | None


def success(gate: Suite) -> bool | None:
    """Whether the suite held; None without one."""
    return None if gate is None else bool(gate["success"])


def counts(gate: Suite) -> tuple[int | None, int | None]:
    """Return how many expectations held and how many did not; None without a suite."""
    if gate is None:
        return None, None
    held = [bool(result["success"]) for result in gate.get("results", ())]
    return sum(held), len(held) - sum(held)


def rows(gate: Suite) -> Iterator[dict[str, Any]]:
    """Yield one row an expectation, in the suite's order."""
    for position, result in enumerate((gate or {}).get("results", ())):
        yield {"position": position, **_row(plain(result))}


def _row(result: Mapping[str, Any]) -> dict[str, Any]:
    expectation, figures = result["expectation_config"], result.get("result") or {}
    kwargs = expectation.get("kwargs") or {}
    return {
        "expectation": expectation["type"],
        "column_name": _columns(kwargs),
        "severity": expectation.get("severity") or "critical",
        "success": bool(result["success"]),
        "element_count": figures.get("element_count"),
        "unexpected_count": figures.get("unexpected_count"),
        "unexpected_percent": _percent(figures.get("unexpected_percent")),
        "observed_value": figures.get("observed_value"),
        "kwargs": kwargs,
        "meta": expectation.get("meta"),
        "exception": _exception(result.get("exception_info")),
    }


def _percent(value: Any) -> float | None:
    # Of no rows at all GX says NaN, which arrives here as text.
    return float(value) if isinstance(value, int | float) else None


def _columns(kwargs: Mapping[str, Any]) -> str | None:
    named = [kwargs[name] for name in ("column", "column_A", "column_B") if kwargs.get(name)]
    return ", ".join(str(name) for name in (*named, *kwargs.get("column_list", ()))) or None


def _exception(info: Any) -> str | None:
    """Find the message: GX puts it at the top, or below the id of each metric that failed."""
    if not isinstance(info, Mapping):
        return None
    if info.get("raised_exception"):
        return str(info.get("exception_message") or "unknown")
    return next((found for found in map(_exception, info.values()) if found), None)
