"""``@gate(suite)``: a function's frame is returned only if it passes."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from hallmark.errors import GateError

__all__ = ["gate"]

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("hallmark.gate")


def gate(
    suite: str | Path | Mapping[str, Any],
    *,
    parameters: Mapping[str, Any] | None = None,
    personal: tuple[str, ...] = (),
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Hold what a function returns against a suite: a frame, Arrow data or a path.

    Args:
        suite: path of a suite, relative to the function's file, or a suite in GX's format.
        parameters: values of the suite's ``$PARAMETER`` entries.
        personal: columns whose values are not shown in the log or the error.

    Returns:
        A decorator. The decorated function returns what the function returned, logs the result as a table, and raises
        GateError if a critical expectation is not met.

    Example:
        >>> @task
        ... @gate("suites/flights.yml")
        ... def flights() -> pandas.DataFrame:
        ...     return pandas.read_parquet("flights.parquet")
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def gated(*args: P.args, **kwargs: P.kwargs) -> T:
            data = function(*args, **kwargs)
            _hold(data, _found(suite, function), function.__name__, parameters, personal)
            return data

        return gated

    return decorate


def _found(suite: str | Path | Mapping[str, Any], function: Callable[..., Any]) -> Any:
    if isinstance(suite, Mapping) or Path(suite).is_absolute():
        return suite
    return Path(inspect.getfile(inspect.unwrap(function))).parent / suite


def _hold(data: Any, suite: Any, name: str, parameters: Mapping[str, Any] | None, personal: tuple[str, ...]) -> None:
    from hallmark.quality.report import log_table
    from hallmark.quality.validate import validate

    result = validate(data, suite, parameters=parameters).for_the_record(personal, samples=20)
    log.info("%s", log_table(result, name=name))
    failed = result.failed("critical")
    if failed:
        told = "; ".join(f"{o.expectation.title}: {o.summary}" for o in failed[:5])
        raise GateError(
            f"{len(failed)} of {len(result.outcomes)} expectations failed and are critical: {told}",
            "mend the data, or change the suite if the data is right",
            stage=name,
        )
