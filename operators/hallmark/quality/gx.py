"""Great Expectations runs the checks: a frame and a suite in, GX's verdicts out.

GX is imported when a gate runs and not before: it takes seconds and hundreds of megabytes.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hallmark.errors import SuiteError, closest, reason
from hallmark.quality.result import Outcome
from hallmark.quality.suite import Expectation, Suite

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["check", "frame_of", "refuse_unknown"]

# Integers up to here are exact as doubles.
EXACT = 2**53

# Where an expectation stood in the suite: GX answers in an order of its own.
_POSITION = "hallmark_position"


def check(
    frame: pd.DataFrame, suite: Suite, *, result_format: str, parameters: Mapping[str, Any] | None = None
) -> tuple[Outcome, ...]:
    """Run a suite on a pandas frame with GX.

    Args:
        frame: the data, with the default row index.
        suite: what to check.
        result_format: BOOLEAN_ONLY, BASIC, SUMMARY or COMPLETE.
        parameters: values of the suite's ``$PARAMETER`` entries.

    Returns:
        One outcome an expectation, in the suite's order.

    Raises:
        SuiteError: GX does not know an expectation, or a parameter has no value. An expectation whose arguments it
            refuses is an outcome with an error.
    """
    with _quiet():
        import great_expectations as gx
        from great_expectations.exceptions import SuiteParameterError

        refuse_unknown(suite)
        context = gx.get_context(mode="ephemeral")
        _hide_progress(context)
        source = context.data_sources.add_pandas("hallmark")
        batch = (
            source.add_dataframe_asset("data")
            .add_batch_definition_whole_dataframe("all")
            .get_batch({"dataframe": frame})
        )
        built, refused = _gx_suite(gx, suite)
        try:
            checked = batch.validate(
                built,
                result_format={"result_format": result_format},
                expectation_parameters=dict(parameters or {}),
            )
        except SuiteParameterError as error:
            raise SuiteError(
                f"suite {suite.name} cannot be filled in ({_reason(error)})", "give the value in suite_parameters="
            ) from error
        answered = dict(map(_answer, checked.results))
    return tuple(
        refused[position] if position in refused else _outcome(expectation, answered[position])
        for position, expectation in enumerate(suite.expectations)
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep GX's telemetry off and its chatter out of a task's log."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    # Its modules set levels of their own; what they say is in the results anyway.
    chatter = logging.getLogger("great_expectations")
    chatter.propagate = False
    if not chatter.handlers:
        chatter.addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _hide_progress(context: Any) -> None:
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)


def refuse_unknown(suite: Suite) -> None:
    """Refuse a suite with an expectation that Great Expectations does not know either."""
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    known = list_registered_expectation_implementations()
    for expectation in suite.expectations:
        if expectation.type not in known:
            likely = closest(expectation.type, known, cutoff=0.6)
            raise SuiteError(
                f"suite {suite.name} has {expectation.type!r}, which Great Expectations does not know",
                f"did you mean {likely}?" if likely else "see the gallery of expectations for its name",
            )


def _gx_suite(gx: Any, suite: Suite) -> tuple[Any, dict[int, Outcome]]:
    """Build GX's suite, and by position the outcomes of expectations whose arguments it refuses."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    built, refused = gx.ExpectationSuite(name=suite.name), {}
    for position, expectation in enumerate(suite.expectations):
        configured = ExpectationConfiguration(
            type=expectation.type,
            kwargs=dict(expectation.kwargs),
            meta={_POSITION: position},
            severity=expectation.severity,
        )
        try:
            built.expectations.append(configured.to_domain_obj())
        except Exception as error:  # pydantic and GX raise many kinds here; all mean the arguments are wrong
            refused[position] = Outcome(expectation, False, error=f"its arguments are refused ({_reason(error)})")
    return built, refused


def _reason(error: Exception) -> str:
    errors: Callable[[], list[dict[str, Any]]] | None = getattr(error, "errors", None)
    if callable(errors):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in errors())
    return reason(error)


def _answer(result: Any) -> tuple[int, dict[str, Any]]:
    answer: dict[str, Any] = result.to_json_dict()
    return int(answer["expectation_config"]["meta"][_POSITION]), answer


def _outcome(expectation: Expectation, answer: Mapping[str, Any]) -> Outcome:
    result = dict(answer.get("result") or {})
    error, traceback = _exception(answer.get("exception_info") or {})
    return Outcome(expectation, bool(answer["success"]), result, error, traceback)


def _exception(info: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return message and traceback, whether GX reports one exception or one for each metric."""
    for entry in (info, *(v for v in info.values() if isinstance(v, Mapping))):
        if entry.get("raised_exception"):
            return str(entry.get("exception_message")), entry.get("exception_traceback")
    return None, None


def frame_of(data: pa.Table) -> pd.DataFrame:
    """Return data as the pandas frame that GX checks.

    Decimals become doubles: GX's pandas engine is too slow on ``Decimal`` objects to be of use. So do integers with
    nulls among them, where doubles are exact.
    """
    return _frame(_without_decimals(data))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    for name in filter(lambda n: _outgrows_doubles(table[n]), table.column_names):
        frame[name] = table[name].to_pandas(integer_object_nulls=True)
    return frame


def _outgrows_doubles(column: pa.ChunkedArray) -> bool:
    """Tell whether pandas would round integers for the nulls among them, so that different keys become equal."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_integer(column.type) or column.null_count in {0, len(column)}:
        return False
    ends = compute.min_max(column).as_py()
    return bool(max(abs(ends["min"]), abs(ends["max"])) > EXACT)


def _without_decimals(table: Any) -> Any:
    import pyarrow as pa

    fields = [
        pa.field(f.name, pa.float64() if pa.types.is_decimal(f.type) else f.type, f.nullable) for f in table.schema
    ]
    return table.cast(pa.schema(fields))
