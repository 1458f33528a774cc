"""Backends that take, refuse, ask for patience and fail; what waits for whom."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from hallmark.catalog import outbox, tables
from hallmark.catalog.engine import Database
from hallmark.catalog.lineage_tables import backends
from hallmark.lineage.outbox import Delivered, Spool, backlog, deliver
from hallmark.lineage.outbox.delivery import Delivery
from hallmark.lineage.outbox.waiting import drop, retry
from hallmark.lineage.store import ingest
from lineage_backend import Answer, Receiver, event, receiving, types_by_run

Configure = Callable[..., None]


def put(database: Database, *runs: str, types: tuple[str, ...] = ("START", "COMPLETE")) -> None:
    ingest(database, [event(run, type_) for type_ in types for run in runs])


def only(done: Delivered) -> Delivery:
    (one,) = done.backends
    return one


def answering(status: int, text: str = "", **headers: str) -> Callable[[Any], Answer]:
    return lambda _event: (status, {name.replace("_", "-"): value for name, value in headers.items()}, text)


def failing(run: str, status: int) -> Callable[[dict[str, Any]], Answer]:
    return lambda one: (status if one["run"]["runId"] == run else 201, {}, "no such job")


def test_every_event_arrives_as_it_was_emitted_and_in_order(receiver: Receiver, database: Database) -> None:
    put(database, "a", "b", "c")
    done = deliver(database)
    assert (done.sent, done.left, done.parked) == (6, 0, 0)
    assert receiver.events == [event(run, type_) for type_ in ("START", "COMPLETE") for run in "abc"]
    assert deliver(database).sent == 0


def test_an_event_that_is_known_is_not_delivered_again(receiver: Receiver, database: Database) -> None:
    put(database, "a")
    put(database, "a")
    assert deliver(database).sent == 2


@pytest.mark.parametrize("status", [502, 503, 408, 429, 401, 404])
def test_a_backend_in_trouble_is_left_alone_and_nothing_is_skipped(
    receiver: Receiver, database: Database, status: int
) -> None:
    put(database, "a", "b")
    receiver.answer = answering(status, "overloaded")
    done = only(deliver(database))
    assert (done.sent, done.parked, done.left) == (0, 0, 4)
    assert str(status) in done.trouble
    assert len(receiver.headers) == 1, "it is asked once"
    assert only(deliver(database)).next_try_at == done.next_try_at
    assert len(receiver.headers) == 1, "it is left alone"

    receiver.answer = answering(201)
    assert deliver(database, force=True).sent == 4
    assert backlog(database).backends[0].failures == 0


def test_a_backend_may_say_for_how_long(receiver: Receiver, database: Database) -> None:
    put(database, "a")
    receiver.answer = answering(429, Retry_After="600")
    again = only(deliver(database)).next_try_at
    assert again is not None
    assert timedelta(seconds=590) < again - datetime.now(UTC) <= timedelta(seconds=600)


def test_trouble_grows_and_ends_with_a_success(receiver: Receiver, database: Database) -> None:
    put(database, "a")
    receiver.answer = answering(500)
    for failures in (1, 2, 3):
        deliver(database, force=True)
        assert backlog(database).backends[0].failures == failures


def test_a_backend_that_hangs_is_given_up_for_now(database: Database, configure: Configure) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        configure(marquez={"type": "http", "url": url, "timeout": 0.2})
        put(database, "a")
        done = only(deliver(database))
    assert (done.sent, done.left) == (0, 2)
    assert "timed out" in done.trouble


def test_an_event_that_is_refused_holds_up_its_run_alone_until_it_is_parked(
    receiver: Receiver, database: Database
) -> None:
    put(database, "bad", "good")
    receiver.answer = failing("bad", 422)
    first = only(deliver(database))
    assert (first.sent, first.left, first.trouble) == (2, 2, "")
    assert only(deliver(database)).left == 2, "it is not tried again at once"
    assert len(receiver.headers) == 3

    for _ in range(3):
        assert deliver(database, force=True).parked == 0
    # The run's next event has its turn as soon as the first is parked.
    assert deliver(database, force=True).parked == 1
    for _ in range(5):
        deliver(database, force=True)
    found = backlog(database)
    assert [(one.backend, one.run_id, one.attempts) for one in found.parked] == [("marquez", "bad", 5)] * 2
    assert "no such job" in found.parked[0].error
    assert found.backends[0].pending == 0

    receiver.answer = answering(201)
    assert deliver(database, force=True).sent == 0
    assert retry(database, "marquez") == 2
    assert deliver(database).sent == 2
    assert types_by_run(receiver.events) == {run: ["START", "COMPLETE"] for run in ("bad", "good")}


def test_parked_events_can_be_given_up_and_stay_in_the_catalog(receiver: Receiver, database: Database) -> None:
    put(database, "a", types=("START",))
    receiver.answer = answering(400)
    for _ in range(5):
        deliver(database, force=True)
    assert drop(database, "marquez") == 1
    assert backlog(database).parked == ()
    assert database.read(lambda c: c.scalar(tables.events.select().with_only_columns(tables.events.c.run_id))) == "a"


def test_backends_do_not_wait_for_each_other(receiver: Receiver, database: Database, configure: Configure) -> None:
    configure(
        dead={"type": "http", "url": "http://127.0.0.1:9"},
        all={"type": "composite", "transports": {"also_dead": {"type": "http", "url": "http://127.0.0.1:9"},
                                                "alive": {"type": "http", "url": receiver.url}}},
    )  # fmt: skip
    put(database, "a")
    done = {one.backend: one.left for one in deliver(database).backends}
    assert done == {"dead": 2, "all.also_dead": 2, "all.alive": 0}
    assert len(receiver.events) == 2


def test_one_at_a_time_delivers_to_a_backend(receiver: Receiver, database: Database) -> None:
    put(database, "a")
    now = datetime.now(UTC)
    database.write(lambda c: outbox.take(c, "marquez", "another", now, now + timedelta(minutes=1)))
    assert only(deliver(database)).trouble == "another process delivers to it"
    assert receiver.events == []


def test_the_lease_of_one_that_died_runs_out(receiver: Receiver, database: Database) -> None:
    put(database, "a")
    past = datetime.now(UTC) - timedelta(minutes=2)
    database.write(lambda c: outbox.take(c, "marquez", "dead", past, past + timedelta(minutes=1)))
    assert deliver(database).sent == 2


def test_a_lease_outlasts_an_answer_that_takes_long(
    receiver: Receiver, database: Database, configure: Configure
) -> None:
    ends: list[datetime] = []

    def answer(_event: dict[str, Any]) -> Answer:
        ends.append(database.read(lambda c: c.scalar(select(backends.c.leased_until))))
        return 201, {}, ""

    receiver.answer = answer
    put(database, "a", types=("START",))
    configure(marquez={"type": "http", "url": receiver.url, "timeout": 60})
    assert deliver(database).sent == 1
    assert ends[0] - datetime.now(UTC) > timedelta(seconds=120)


def test_who_lost_the_lease_stops_at_once(receiver: Receiver, database: Database) -> None:
    put(database, *map(str, range(60)))
    later = datetime.now(UTC) + timedelta(hours=1)

    def taken(_event: Any) -> Answer:
        database.write(lambda c: outbox.take(c, "marquez", "another", later, later + timedelta(hours=1)))
        return 201, {}, ""

    receiver.answer = taken
    done = only(deliver(database))
    assert done.trouble == "another process delivers to it"
    assert done.sent == 50, "one page"
    assert done.left == 70, "what was sent is not sent again"


def test_a_limit_and_a_budget_end_it(receiver: Receiver, database: Database) -> None:
    put(database, *"abcd")
    assert (deliver(database, limit=3).sent, deliver(database, budget_seconds=0).sent) == (3, 0)
    assert deliver(database).sent == 5


def test_a_failure_that_nobody_explains_is_the_events_if_others_go_through(
    database: Database, configure: Configure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "odd_transport.py").write_text(
        "from openlineage.client.transport import Transport\n"
        "class Odd(Transport):\n"
        "    def __init__(self, config): self.sent = []\n"
        "    def emit(self, event):\n"
        "        if event.run.runId in ODD: raise KeyError('surprise')\n"
        "ODD = set()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import odd_transport  # type: ignore[import-not-found]

    configure(odd={"type": "odd_transport.Odd"})
    runs = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(6)]
    put(database, *runs, types=("START",))
    odd_transport.ODD |= set(runs)
    for _ in range(7):
        done = only(deliver(database, force=True))
        assert (done.sent, done.parked, done.left) == (0, 0, 6), "all fail: it is the backend"
        assert "surprise" in done.trouble
    odd_transport.ODD -= set(runs[1:])
    done = only(deliver(database, force=True))
    assert (done.sent, done.parked, done.left, done.trouble) == (5, 0, 1, "")
    put(database, *runs[1:], types=("COMPLETE",))
    assert only(deliver(database, force=True)).sent == 5
    assert backlog(database).backends[0].pending == 1


def test_an_event_that_a_backend_trips_over_holds_up_its_run_alone_until_it_is_parked(
    receiver: Receiver, database: Database
) -> None:
    receiver.answer = failing("bad", 500)
    put(database, "bad", "good", types=("START",))
    assert only(deliver(database)).sent == 1
    for number in range(11):
        ingest(database, [event("good", "RUNNING", number)])
        done = only(deliver(database, force=True))
        assert (done.sent, done.parked, done.trouble) == (1, number == 10, "")


def test_events_that_a_backend_trips_over_let_others_go_first(receiver: Receiver, database: Database) -> None:
    receiver.answer = lambda one: (500 if one["run"]["runId"] in "abc" else 201, {}, "")
    put(database, *"abcdef", types=("START",))
    first = only(deliver(database))
    assert (first.sent, len(receiver.headers)) == (0, 3), "it may be the backend"
    assert first.next_try_at is not None
    database.write(lambda c: outbox.postpone(c, "marquez", 1, datetime.now(UTC), ""))
    assert (only(deliver(database)).sent, only(deliver(database)).left) == (3, 3)


def test_a_backend_that_breaks_down_is_not_asked_for_every_event(receiver: Receiver, database: Database) -> None:
    put(database, *map(str, range(20)), types=("START",))
    receiver.answer = lambda _event: (201 if len(receiver.events) < 2 else 500, {}, "")
    done = only(deliver(database))
    assert (done.sent, done.parked, len(receiver.headers)) == (2, 0, 5)
    assert "500" in done.trouble


def test_an_event_that_cannot_be_said_in_the_clients_classes_is_refused(
    receiver: Receiver, database: Database, configure: Configure
) -> None:
    parts = [{"type": "http", "url": receiver.url}]
    configure(marquez={"type": "composite", "continue_on_success": False, "transports": parts})
    good = "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"
    put(database, "no uuid", "nor this", "nor that", good, types=("START",))
    done = only(deliver(database))
    assert (done.sent, done.left, done.trouble) == (1, 3, "")
    for _ in range(4):
        done = only(deliver(database, force=True))
    assert done.parked == 3


def test_the_answer_of_a_login_page_is_no_delivery(receiver: Receiver, database: Database) -> None:
    put(database, "a")
    receiver.answer = answering(302, Location=f"{receiver.url}/login")
    done = only(deliver(database))
    assert (done.sent, done.left) == (0, 2)
    assert "redirects" in done.trouble


def test_no_secret_of_the_configuration_is_told_or_kept(
    receiver: Receiver, database: Database, configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    auth = {"type": "api_key", "apiKey": "hush-hush"}
    configure(marquez={"type": "http", "url": receiver.url, "auth": auth})
    put(database, "a")
    receiver.answer = answering(403, "token hush-hush is not known; secret=hush-too")
    done = only(deliver(database))
    assert receiver.headers[0]["Authorization"] == "Bearer hush-hush"
    told = f"{done} {backlog(database).to_dict()} {caplog.text}"
    assert "is not known" in told
    assert "hush" not in told


def test_a_transport_that_cannot_be_made_is_the_backends_trouble(database: Database, configure: Configure) -> None:
    configure(wrong={"type": "http"}, other={"type": "noop"})
    put(database, "a")
    wrong, other = deliver(database).backends
    assert "url" in wrong.trouble
    assert (wrong.left, other.left) == (2, 0)


def test_nothing_is_delivered_into_the_void(
    receiver: Receiver, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, "a")
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "true")
    done = only(deliver(database))
    assert (done.sent, done.left) == (0, 2)
    assert "OPENLINEAGE_DISABLED" in done.trouble


def test_the_asynchronous_transport_is_waited_for(database: Database, configure: Configure) -> None:
    with receiving() as one:
        configure(marquez={"type": "async_http", "url": one.url, "max_queue_size": 10})
        put(database, "a")
        one.answer = answering(500)
        assert deliver(database).sent == 0
        one.answer = answering(201)
        assert deliver(database, force=True).sent == 2
    assert len(one.events) == 2


def test_to_a_file_and_to_the_log(
    database: Database, configure: Configure, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    file = tmp_path / "events.ndjson"
    configure(file={"type": "file", "log_file_path": str(file), "append": True}, log={"type": "console"})
    put(database, "a")
    assert deliver(database).sent == 4
    assert [json.loads(line) for line in file.read_text().splitlines()] == [event("a", "START"), event("a", "COMPLETE")]
    assert '"runId": "a"' in caplog.text


def test_a_file_that_cannot_be_written_is_trouble(database: Database, configure: Configure) -> None:
    configure(file={"type": "file", "log_file_path": "/proc/no/events", "append": True})
    put(database, "a")
    assert "No such file" in only(deliver(database)).trouble


def test_of_two_the_first_that_answers_is_enough(receiver: Receiver, database: Database, configure: Configure) -> None:
    parts = [{"type": "http", "url": "http://127.0.0.1:9"}, {"type": "http", "url": receiver.url}]
    run = "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"
    configure(either={"type": "composite", "continue_on_success": False, "transports": parts})
    put(database, run)
    assert only(deliver(database)).sent == 2
    assert types_by_run(receiver.events) == {run: ["START", "COMPLETE"]}


def test_the_spool_is_emptied_first(receiver: Receiver, database: Database, spool: Spool) -> None:
    for type_ in ("START", "COMPLETE"):
        spool.put(json.dumps(event("a", type_)), "a")
    done = deliver(database)
    assert (done.spooled.moved, done.spooled.left, done.sent) == (2, 0, 2)
    assert [one["eventType"] for one in receiver.events] == ["START", "COMPLETE"]


def test_what_waits_for_a_backend_that_is_gone_is_told_and_can_be_dropped(
    receiver: Receiver, database: Database, configure: Configure
) -> None:
    put(database, "a")
    configure(other={"type": "noop"})
    found = backlog(database)
    assert [(one.name, one.pending) for one in found.backends] == [("other", 0), ("marquez", 2)]
    assert found.to_dict()["backends"][1]["configured"] is False
    assert drop(database, "marquez") == 2
    assert backlog(database).unconfigured == frozenset()


def test_an_event_that_is_no_longer_kept_is_parked(receiver: Receiver, database: Database) -> None:
    put(database, "a", types=("START",))
    database.write(lambda c: c.execute(delete(tables.events)))
    done = only(deliver(database))
    assert (done.sent, done.parked, done.left) == (0, 1, 0)


def test_without_a_backend_nothing_waits(database: Database) -> None:
    put(database, "a")
    assert deliver(database) == Delivered()
    assert backlog(database).backends == ()
