"""What became of sending one event, and whose fault it is: the answer decides who waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from hallmark.lineage.redaction import redacted

__all__ = ["SENT", "Outcome", "Refused", "outcome_of"]

Kind = Literal["sent", "trouble", "refused", "unclear"]

_LONGEST = 400
# So many bytes of an answer are looked at.
_READ = 20_000
# Statuses below 500 that say nothing of the event: who asks, where, and how often.
_OF_THE_BACKEND = frozenset({401, 403, 404, 405, 407, 408, 421, 425, 426, 429})
# A mistake of the backend's own, which may be one event's doing.
_OF_EITHER = 500


class Refused(Exception):
    """A backend refuses an event for good."""


@dataclass(frozen=True)
class Outcome:
    """What became of sending an event.

    Args:
        kind: ``sent``; ``trouble``: the backend cannot take any event now; ``refused``: it does not take this one;
            ``unclear``: one or the other.
        reason: in a line, without secrets.
        wait: seconds the backend asks to be left alone.
    """

    kind: Kind
    reason: str = ""
    wait: float | None = None


SENT = Outcome("sent")


def outcome_of(error: Exception, secrets: frozenset[str] = frozenset()) -> Outcome:
    """Tell what an error of a transport means.

    Args:
        error: what sending raised.
        secrets: texts of the backend's configuration that must not be quoted.
    """
    reason = _reason(error, secrets)
    status = _status(error)
    if status is not None:
        return Outcome(_kind(status), reason, _retry_after(error))
    if isinstance(error, Refused):
        return Outcome("refused", reason)
    if any(isinstance(cause, (OSError, ImportError)) or (_status(cause) or 0) >= 500 for cause in _chain(error)):
        return Outcome("trouble", reason)
    return Outcome("unclear", reason)


def _kind(status: int) -> Kind:
    if status == _OF_EITHER:
        return "unclear"
    return "refused" if 400 <= status < 500 and status not in _OF_THE_BACKEND else "trouble"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int | None:
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _retry_after(error: BaseException) -> float | None:
    headers: Mapping[str, Any] = getattr(getattr(error, "response", None), "headers", None) or {}
    given = headers.get("Retry-After")
    if given is None:
        return None
    try:
        return max(0.0, float(given))
    except ValueError:
        return _seconds_until(str(given))


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _beginning(response: Any) -> str:
    """Return what an answer begins with: guessing the encoding of a long page takes minutes."""
    body = getattr(response, "content", b"")
    return body[:_READ].decode("utf-8", "replace") if isinstance(body, bytes) else ""


def _reason(error: BaseException, secrets: frozenset[str]) -> str:
    if _status(error) is None:
        # The first of them says it best: "Connection refused", and not how often who tried to reach what.
        error = next((e for e in reversed(list(_chain(error))) if isinstance(e, OSError)), error)
    said = " ".join(str(error).split())
    answer = _beginning(getattr(error, "response", None))
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    if answer.strip():
        told = f"{told}; it says: {' '.join(answer.split())}"
    for secret in sorted(secrets, key=len, reverse=True):
        told = told.replace(secret, "***")
    # The cut comes last: half a secret would not be known as one.
    return redacted(told)[:_LONGEST]
