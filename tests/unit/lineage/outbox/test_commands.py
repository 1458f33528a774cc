"""``hallmark lineage deliver``, ``backlog`` and ``prune``, as somebody types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from hallmark.catalog.engine import Database
from hallmark.cli.app import Commands
from hallmark.cli.lineage_delivery import register
from hallmark.lineage.outbox import Spool
from hallmark.lineage.store import ingest
from lineage_backend import Receiver, event

app = typer.Typer(cls=Commands)
register(app)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=input)


def refusing(_event: Any) -> tuple[int, dict[str, str], str]:
    return 400, {}, "no"


def test_delivering_tells_what_came_of_it(receiver: Receiver, database: Database, spool: Spool) -> None:
    ingest(database, [event("a")])
    spool.put(json.dumps(event("b")), "b")
    done = run("deliver")
    assert done.exit_code == 0
    assert "spool: 1 into the catalog, 0 refused, 0 left" in done.stdout
    assert done.stdout.splitlines()[2].split() == ["marquez", "2", "0", "0"]


def test_what_could_not_be_delivered_is_an_exit_status(
    database: Database, configure: Callable[..., None], spool: Spool
) -> None:
    configure(marquez={"type": "http", "url": "http://127.0.0.1:9"})
    ingest(database, [event("a")])
    done = run("deliver", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["backends"][0]["left"] == 1
    shown = run("backlog")
    assert shown.exit_code == 0
    assert "Connection refused" in run("backlog", "--json").stdout
    assert f"0 events in {spool.folder}" in "".join(shown.stdout.split()).replace("0eventsin", "0 events in ")


def test_parked_events_are_shown_tried_again_and_given_up(receiver: Receiver, database: Database) -> None:
    receiver.answer = refusing
    ingest(database, [event("a")])
    for _ in range(5):
        run("deliver")
    (parked,) = json.loads(run("backlog", "--json").stdout)["parked"]
    assert (parked["run_id"], parked["attempts"]) == ("a", 5)
    assert "it says: no" in parked["error"]
    assert "1 parked event will be tried again" in run("deliver", "--parked").stderr
    for _ in range(4):
        run("deliver")
    assert run("backlog", "--drop", "marquez", input="n\n").exit_code == 1
    assert len(json.loads(run("backlog", "--json").stdout)["parked"]) == 1
    assert "1 event given up" in run("backlog", "--drop", "marquez", "--yes").stdout
    assert json.loads(run("backlog", "--json").stdout)["parked"] == []


def test_watching_delivers_what_comes_in_and_ends_in_time(receiver: Receiver, database: Database) -> None:
    ingest(database, [event("a")])
    done = run("deliver", "--watch", "--seconds", "0.5", "--json")
    assert done.exit_code == 0
    assert len(receiver.events) == 1


def test_pruning_tells_what_goes(database: Database) -> None:
    ingest(database, [event("a", "COMPLETE"), event("b", "COMPLETE", 1)])
    assert run("prune", "--older-than", "1h", "--dry-run").stdout.startswith("would go: 2 events, 1 run,")
    assert run("prune", "--older-than", "1h").stdout.startswith("deleted: 2 events, 1 run,")
    assert json.loads(run("prune", "--older-than", "1h", "--json").stdout) == {"events": 0, "runs": 0, "columns": 0}


@pytest.mark.parametrize("arguments", [("deliver", "--backend", "x"), ("prune", "--older-than", "x"), ("prune",)])
def test_a_mistake_is_one_line_and_an_exit_status(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
