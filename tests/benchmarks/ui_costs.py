"""What the pages ask, and how long the answers take: alone, and with ten users at once."""

from __future__ import annotations

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import select
from ui_catalog import DAYS, WIDE, Shop

from hallmark.catalog import Catalog
from hallmark.catalog.tables import datasets, receipts

__all__ = ["Answered", "Question", "answered", "questions", "serving"]

USERS, ALONE, TIMES = 10, 15, 40
# Seconds that somebody looks at a page before asking for the next, about.
PAUSE = 1.0
SERVER = Path(__file__).with_name("ui_server.py")
_KINDS = 12


@dataclass(frozen=True)
class Question:
    """A route of the pages; it is asked of other things each time."""

    name: str
    addresses: Sequence[str]
    goal: float = 100.0
    # Asked alone: it keeps the server busy for longer than others may wait, and few ask it.
    hard: bool = False


class Answered(NamedTuple):
    """Milliseconds of a question's answers, and how many bytes they have, packed.

    ``median`` and ``p95`` are of ten users at once; of a hard question, which is asked alone, there is the longest.
    """

    question: Question
    size: int
    alone: float
    median: float | None
    p95: float


@dataclass
class Server:
    """Where the pages are served, and as whom they are asked."""

    port: int
    token: str
    # What went wrong: an answer that is no answer has no time.
    wrong: list[str] = field(default_factory=list)

    def user(self) -> User:
        """Return somebody with a connection of their own."""
        return User(self)


class User:
    """Somebody who asks one thing after the other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, address: str) -> tuple[float, int]:
        """Return the milliseconds until the answer was there, and its bytes."""
        headers = {"Authorization": f"Bearer {self._server.token}", "Accept-Encoding": "gzip"}
        began = time.perf_counter()
        self._connection.request("GET", f"/hallmark/api/v1{address}", headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != http.HTTPStatus.OK:
            self._server.wrong.append(f"{answer.status} {address}: {body[:300]!r}")
        return took, len(body)


@contextmanager
def serving(url: str, folder: Path, dags: Sequence[str]) -> Iterator[Server]:
    """Serve the pages of a catalog in a process of its own."""
    folder.mkdir(parents=True)
    listed = folder / "dags.txt"
    listed.write_text("\n".join(dags), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(SERVER), url, str(folder), str(port), str(listed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "AIRFLOW_HOME": str(folder)},
    )
    try:
        token = (process.stdout.readline() if process.stdout else "").strip()
        _wait_for(port)
        yield Server(port, token)
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(30)


def questions(catalog: Catalog, shop: Shop) -> list[Question]:
    """Return what the pages ask."""
    numbers = [shop.warehouse.datasets * n // _KINDS + 7 for n in range(_KINDS)]
    names = [quote(shop.dataset(number), safe="") for number in numbers]
    placed = [shop.place(number) for number in numbers]
    nodes = [quote("dataset:{}:{}".format(*shop.warehouse.name(number)), safe="") for number in numbers]
    gates = _ids(catalog, [shop.dataset(number) for number in numbers])
    widest = _ids(catalog, [WIDE])
    model = [f"/models/model_{n}" for n in range(min(_KINDS, shop.models))]
    dags = [dag for dag, _ in placed]
    last = DAYS - 1

    def each(pattern: str, of: Sequence[str] = names) -> list[str]:
        return [pattern.format(one) for one in of]

    tasks = [f"dag_id={dag}&run_id=r{last}&task_id={task}" for dag, task in placed]
    return [
        Question("me", ["/me"]),
        Question("overview", ["/overview"], 200),
        Question("overview, 90 days", ["/overview?days=90"], 200, hard=True),
        Question("datasets", ["/catalog/datasets"]),
        Question("datasets, newest first", ["/catalog/datasets?sort=published&order=desc"]),
        Question("datasets, search", each("/catalog/datasets?search=number%20{}", [str(n) for n in range(10, 22)])),
        Question("datasets, tag and owner", each("/catalog/datasets?tag=silver&owner=team{}", "123456789")),
        Question("datasets, stale ones", ["/catalog/datasets?freshness=stale&sort=gate"]),
        Question("datasets, what to narrow by", ["/catalog/facets"]),
        Question("a dataset", each("/catalog/datasets/{}")),
        Question("a dataset of 2,000 columns", [f"/catalog/datasets/{quote(WIDE, safe='')}"], hard=True),
        Question("its versions", each("/catalog/datasets/{}/versions")),
        Question("a version with its profile", each(f"/catalog/datasets/{{}}/versions/{last}")),
        Question("drift", each("/catalog/datasets/{}/drift")),
        Question("expectations, 30 runs", each("/catalog/datasets/{}/checks")),
        Question("who reads it", each("/catalog/datasets/{}/usage")),
        Question("gates", ["/gates"]),
        Question("gates that failed", ["/gates?success=false"]),
        Question("gates of a DAG that failed", each("/gates?success=false&dag_id={}", dags)),
        Question("a gate run", each("/gates/{}", gates)),
        Question("a gate run of 1,000 expectations", each("/gates/{}", widest), hard=True),
        Question("models", ["/models"]),
        Question("models, search", ["/models?search=7"]),
        Question("a model", model),
        Question("a model card", [f"{one}/versions/2" for one in model]),
        Question("models side by side", [f"{one}/comparison?version=1&version=2&version=3" for one in model]),
        Question("reviews", ["/reviews"]),
        Question("reviews that are open", ["/reviews?standing=open"]),
        Question("receipts", ["/receipts"]),
        Question("receipts of a dataset", each("/receipts?dataset={}")),
        Question("receipts of a DAG and a kind", each("/receipts?dag_id={}&kind=transform", dags)),
        Question("receipts of a state and a kind", ["/receipts?state=skipped&kind=deploy"]),
        Question("receipts of somebody", ["/receipts?principal=person7"]),
        Question("a receipt", each("/receipts/{}", gates)),
        Question("its chain", each("/receipts/{}/chain", gates)),
        Question("tab of a task", each("/tabs/task?{}", tasks)),
        Question("tab of a DAG run", each(f"/tabs/run?dag_id={{}}&run_id=r{last}", dags)),
        Question("tab of a DAG", each("/tabs/dag?dag_id={}", dags)),
        Question("graph, two jobs up and down", each("/graph?node={}&up=2&down=2", nodes)),
        Question("graph, two jobs, with columns", each("/graph?node={}&up=2&down=2&columns=true", nodes)),
        Question("graph, five jobs up and down", each("/graph?node={}", nodes), 1000, hard=True),
        Question("search", ["/search?q=orders", "/search?q=flights_77"]),
    ]


def answered(server: Server, asked: Sequence[Question], pause: float = PAUSE) -> Iterator[Answered]:
    """Ask everything, alone first, then as ten users who each ask about once in so many seconds."""
    alone, size = _one_by_one(server, asked)
    together = _together(server, [one for one in asked if not one.hard], pause)
    if server.wrong:
        raise SystemExit("not all was answered:\n" + "\n".join(server.wrong[:10]))
    for one in asked:
        took = sorted(together[one.name])
        median = statistics.median(took) if took else None
        longest = took[int(len(took) * 0.95)] if took else max(alone[one.name])
        yield Answered(one, size[one.name], statistics.median(alone[one.name]), median, longest)


def _one_by_one(server: Server, asked: Sequence[Question]) -> tuple[Mapping[str, list[float]], Mapping[str, int]]:
    user, took, size = server.user(), {}, {}
    for one in asked:
        # The first time statements are made, and pages are read from the disk.
        user.ask(one.addresses[0])
        times = [user.ask(one.addresses[n % len(one.addresses)]) for n in range(ALONE)]
        took[one.name] = [time for time, _ in times]
        size[one.name] = max(size for _, size in times)
    return took, size


def _together(server: Server, asked: Sequence[Question], pause: float) -> Mapping[str, list[float]]:
    left = [(one, n) for one in asked for n in range(TIMES)]
    dice = random.Random(1)
    dice.shuffle(left)
    took: defaultdict[str, list[float]] = defaultdict(list)

    def look() -> None:
        user, idle = server.user(), random.Random(threading.get_ident())
        while True:
            time.sleep(idle.uniform(0.5, 1.5) * pause)
            try:
                one, n = left.pop()
            except IndexError:
                return
            took[one.name].append(user.ask(one.addresses[n % len(one.addresses)])[0])

    people = [threading.Thread(target=look) for _ in range(USERS)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return took


def _ids(catalog: Catalog, names: Sequence[str]) -> list[str]:
    query = select(datasets.c.last_gate_receipt_id).join(receipts, receipts.c.id == datasets.c.last_gate_receipt_id)
    return list(catalog.database.read(lambda connection: connection.scalars(query.where(datasets.c.name.in_(names)))))


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the server did not start")
