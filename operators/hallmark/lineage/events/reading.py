"""One event as it arrives, from bytes to a value that can be stored: OpenLineage 2-0-2, and what older producers send.

What an event must have is checked; what it may have is taken where it makes sense and left in the body where it does
not. Names longer than the databases can index are refused, as are bodies that are too large or too deep to be honest.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from hallmark.errors import LineageError
from hallmark.lineage.events.shape import checked_depth, clean_halves, clean_name, mapping
from hallmark.lineage.redaction import MASK, is_secret, redacted
from hallmark.receipt import plain

__all__ = ["MAX_BYTES", "Event", "Kind", "read_event"]

Kind = Literal["run", "job", "dataset"]

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 1000
MAX_RUN_ID = 200
# How JSON writes what may be half of a surrogate pair.
_SURROGATE = "\\ud"
# How far ahead of this machine's clock a producer's may be before it is not believed.
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True)
class Event:
    """An event that may be stored.

    Args:
        id: SHA-256 of the canonical JSON: the same event sent twice has the same.
        kind: what it tells of.
        moment: when it happened, in UTC; the time of arrival where its own lies in the future.
        time: when it says it happened.
        type: START, RUNNING, COMPLETE, ABORT, FAIL or OTHER; None for a job or a dataset.
        run_id: of the run; None for a job or a dataset.
        job: namespace and name as they were said; None for a dataset.
        body: the event, credentials removed.
    """

    id: str
    kind: Kind
    moment: datetime
    time: datetime
    type: str | None
    run_id: str | None
    job: tuple[str, str] | None
    body: Mapping[str, Any] = field(repr=False)


def read_event(given: Mapping[str, Any] | str | bytes, now: datetime) -> Event:
    """Read one event.

    Args:
        given: the event, or its JSON.
        now: this machine's time, with its zone.

    Raises:
        LineageError: it is no OpenLineage event, with the reason.
    """
    body, text = _cleaned(*_canonical(given))
    kind = _kind(body)
    time = _time(body.get("eventTime"))
    return Event(
        id=hashlib.sha256(text.encode()).hexdigest(),
        kind=kind,
        moment=time if time <= now + _AHEAD else now,
        time=time,
        type=_type(body) if kind == "run" else None,
        run_id=_run_id(mapping(body["run"], "run")) if kind == "run" else None,
        job=named(body["job"], "job") if kind != "dataset" else None,
        body=body,
    )


def named(given: Any, what: str) -> tuple[str, str]:
    """Return namespace and name of a job or a dataset.

    Raises:
        LineageError: one is missing, empty or longer than can be indexed.
    """
    parts = mapping(given, what)
    namespace, name = (clean_name(parts.get(key), f"{what}.{key}", MAX_NAME) for key in ("namespace", "name"))
    return namespace, name


def _kind(body: Mapping[str, Any]) -> Kind:
    """Tell an event's kind by its parts, as the specification has it; what more it has does not matter."""
    run, job, dataset = (body.get(part) is not None for part in ("run", "job", "dataset"))
    if job:
        return "run" if run else "job"
    if run or not dataset:
        raise _refused("it is of no run, job or dataset", "send a run with its job, a job, or a dataset")
    return "dataset"


def _canonical(given: Mapping[str, Any] | str | bytes) -> tuple[dict[str, Any], str]:
    """Return an event in JSON's types, and as the text that is the same however its keys are ordered."""
    try:
        body = _loaded(given) if isinstance(given, (str, bytes)) else _plain(given)
        if type(body) is not dict:
            raise _refused(f"it is not an object but {type(body).__name__}", "send one JSON object")
        checked_depth(body)
        text = _written(body)
    except RecursionError:
        raise _refused("it is nested too deep", "send what a producer of OpenLineage sends") from None
    if len(text) > MAX_BYTES:
        raise _too_large()
    return body, text


def _loaded(text: str | bytes) -> Any:
    if len(text) > MAX_BYTES:
        raise _too_large()
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError):
        return _loaded_leniently(text)


def _loaded_leniently(text: str | bytes) -> Any:
    """Read what Python's own module takes for JSON: numbers that are not finite, of which JSON has none, and UTF-16."""
    try:
        return json.loads(text, parse_constant=str, parse_float=_finite)
    except ValueError as error:
        raise _refused(f"it is not JSON ({error})", "send one JSON object") from None


def _finite(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _plain(given: Any) -> Any:
    """Take an object as it is if it is of JSON's types throughout, as those of producers are."""
    try:
        return json.loads(json.dumps(given, allow_nan=False))
    except (TypeError, ValueError):
        return plain(given)


def _written(body: Mapping[str, Any]) -> str:
    try:
        return msgspec.json.encode(body, order="sorted").decode()
    except UnicodeEncodeError:
        # Halves of surrogate pairs are no UTF-8.
        return json.dumps(body, sort_keys=True, separators=(",", ":"))


def _cleaned(body: dict[str, Any], text: str) -> tuple[dict[str, Any], str]:
    """Look through the whole text at once; only where something is found, through each text of the event."""
    if redacted(text) == text and _SURROGATE not in text:
        return body, text
    body = _each_text_cleaned(body)
    return body, _written(body)


def _each_text_cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(clean_halves(value))
    if isinstance(value, Mapping):
        return {
            redacted(clean_halves(key)): MASK if is_secret(key) and isinstance(item, str) else _each_text_cleaned(item)
            for key, item in value.items()
        }
    return [_each_text_cleaned(item) for item in value] if isinstance(value, list) else value


def _time(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refused(
            f"its eventTime is {str(text)[:60]!r}", "write it as ISO 8601, for example 2026-01-31T06:00:00Z"
        ) from None


def _type(body: Mapping[str, Any]) -> str:
    type_ = body.get("eventType") or "OTHER"
    if not isinstance(type_, str) or len(type_) > MAX_RUN_ID:
        raise _refused("its eventType is no text", "use START, RUNNING, COMPLETE, ABORT, FAIL or OTHER")
    return clean_name(type_.upper(), "eventType", MAX_RUN_ID)


def _run_id(run: Mapping[str, Any]) -> str:
    return clean_name(run.get("runId"), "run.runId", MAX_RUN_ID)


def _too_large() -> LineageError:
    return _refused(f"it is larger than {MAX_BYTES // 1024**2} MiB", "leave out facets, or send less at a time")


def _refused(found: str, remedy: str) -> LineageError:
    return LineageError(f"the event is refused: {found}", remedy)
