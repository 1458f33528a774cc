from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from hallmark.lineage.outbox.backoff import backend_again, event_again
from hallmark.lineage.outbox.outcome import Refused, outcome_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def answered(status: int, text: str = "", **headers: str) -> requests.HTTPError:
    response = requests.Response()
    response.status_code, response._content = status, text.encode()
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return requests.HTTPError(f"{status} for url", response=response)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, "refused") for status in (400, 409, 411, 413, 415, 422)),
        *((status, "trouble") for status in (401, 403, 404, 405, 408, 429, 502, 503, 504)),
        (500, "unclear"),
    ],
)
def test_a_status_tells_whose_fault_it_is(status: int, kind: str) -> None:
    assert outcome_of(answered(status)).kind == kind


def caused(cause: Exception) -> Exception:
    error = RuntimeError("not written")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectionError("refused"), "trouble"),
        (requests.Timeout("slow"), "trouble"),
        (ModuleNotFoundError("No module named 'confluent_kafka'"), "trouble"),
        (caused(PermissionError(13, "denied")), "trouble"),
        (caused(answered(503)), "trouble"),
        # A token endpoint that refuses says nothing of the event.
        (caused(answered(400)), "trouble"),
        (Refused("too large"), "refused"),
        (ValueError("not a UUID"), "unclear"),
    ],
)
def test_an_error_tells_whose_fault_it_is(error: Exception, kind: str) -> None:
    assert outcome_of(error).kind == kind


def test_what_the_backend_says_is_told() -> None:
    told = outcome_of(answered(422, '{"message": "runId is\n no UUID"}')).reason
    assert "422" in told
    assert "runId is no UUID" in told


def test_no_secret_is_told() -> None:
    error = requests.ConnectionError("https://me:pass-word@host/?token=abc123 with hush-hush")
    told = outcome_of(error, frozenset({"hush-hush"})).reason
    assert not [secret for secret in ("pass-word", "abc123", "hush-hush") if secret in told]


def test_a_backend_may_ask_to_be_left_alone() -> None:
    assert outcome_of(answered(429, Retry_After="120")).wait == 120
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)
    assert 55 < (outcome_of(answered(503, Retry_After=in_a_minute)).wait or 0) <= 60
    assert outcome_of(answered(503, Retry_After="soon")).wait is None


def test_a_file_that_cannot_be_written_is_named_by_its_reason(tmp_path: Path) -> None:
    try:
        (tmp_path / "no" / "file").write_text("")
    except OSError as error:
        assert "No such file or directory" in outcome_of(caused(error)).reason


def test_a_backend_is_left_alone_for_longer_and_longer_up_to_five_minutes() -> None:
    waits = [(backend_again(NOW, n) - NOW).total_seconds() for n in range(1, 40)]
    assert 0.5 <= waits[0] <= 1
    assert all(later > earlier * 0.99 for earlier, later in pairwise(waits[:8]))
    assert all(150 <= wait <= 300 for wait in waits[9:])


def test_a_backend_is_left_alone_as_long_as_it_asks_within_reason() -> None:
    assert backend_again(NOW, 1, 120) == NOW + timedelta(seconds=120)
    assert backend_again(NOW, 1, 10**9) == NOW + timedelta(hours=1)


def test_an_event_waits_longer_after_each_refusal() -> None:
    assert [(event_again(NOW, n) - NOW).seconds for n in (1, 2, 3, 20)] == [5, 10, 20, 300]
