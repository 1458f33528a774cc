"""What lineage costs, and how soon questions to it are answered: ``make bench-lineage``.

A catalog of a million events is made once and kept in ``.bench``; ``--scale 0.1`` makes a smaller one. Figures are
medians, rates those of the best batch: whatever else a machine does makes them worse.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from shown import show

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

BATCHED, ALONE = 6000, 300
LINES = 300

Row = tuple[str, ...]


def taken_in(urls: Iterable[tuple[str, str]]) -> Iterator[Row]:
    """Events a second, and beside it those of the bodies alone."""
    from lineage_costs import bodies_alone, ingesting, told

    from hallmark.catalog import open_catalog

    together, apart = told(BATCHED, ALONE)
    for name, url in urls:
        catalog = open_catalog(url=url)
        # The first day brings everything that is new; from the second on it is as it always is.
        first = BATCHED // 3
        rate = _rate(ingesting(catalog, together[:first], 500))
        yield name, "500 at a time, all new", f"{rate:,.0f}", "", "", ""
        rate, floor = _rate(ingesting(catalog, together[first:], 500)), _rate(bodies_alone(catalog, together, 500))
        yield name, "500 at a time", f"{rate:,.0f}", f"{floor:,.0f}", f"{floor / rate:.1f}", "2,000"
        rate, floor = _rate(ingesting(catalog, apart, 1)), _rate(bodies_alone(catalog, apart, 1))
        yield name, "one by one", f"{rate:,.0f}", f"{floor:,.0f}", f"{floor / rate:.1f}", "300"
        catalog.database.engine.dispose()


def tasks(folder: Path, urls: dict[str, str]) -> Iterator[Row]:
    """Milliseconds of a task for each event, and for its facets."""
    from lineage_costs import emitting, facets, told, transports

    texts = told(BATCHED, ALONE)[1]
    beside = 0.0
    for name, transport in transports(folder, urls):
        took = list(emitting(transport, texts))
        beside = beside or statistics.median(took)
        yield f"emit to {name}", _ms(took), f"{statistics.median(took) / beside:.0f}", ""
    yield "facets of 20 columns and 50 checks", _ms(facets(100)), "", "50"


def queries() -> Iterator[Row]:
    """Milliseconds to read the lineage of a long query."""
    from lineage_costs import sql_lineage

    ours = 0.0
    for name, took in sql_lineage(LINES, 7):
        ours = ours or statistics.median(took)
        yield name, _ms(took), f"{statistics.median(took) / ours:.2f}", "" if "Hallmark" not in name else "100"


def questions(folder: Path, scale: float, url: str) -> Iterator[Row]:
    """Milliseconds of questions to the large graph."""
    from lineage_graph import copied, prepared, scaled, timed

    catalog = prepared(folder, scaled(scale))
    for name, asked in (("SQLite", catalog), ("PostgreSQL", copied(catalog, url))):
        for one in timed(asked):
            goal = f"{one.goal:.0f}" if one.goal else ""
            yield name, one.question, one.holds, f"{one.median:.1f}", f"{one.longest:.1f}", goal


def letting_go(folder: Path, scale: float, scratch: Path) -> Iterator[Row]:
    """How long retention holds a writer up: events are taken in while half of all others go."""
    from lineage_graph import scaled
    from lineage_retention import held_up

    yield from held_up(folder, scaled(scale), scratch)


def _rate(seconds: Iterable[float]) -> float:
    return 1 / min(seconds)


def _ms(seconds: Iterable[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.2f}"


def main() -> None:
    logging.disable(logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 10,000 datasets, 20,000 jobs, 1,000,000 events")
    parser.add_argument("--data", type=Path, default=Path(".bench"), help="where the large catalog is kept")
    parser.add_argument("--only", choices=["ingest", "tasks", "sql", "graph", "retention"], action="append")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=_made(given.data)) as scratch:
        os.environ["AIRFLOW_HOME"] = scratch
        _measure(given, Path(scratch))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _measure(given: argparse.Namespace, scratch: Path) -> None:
    from hallmark.catalog import upgrade
    from postgres import new_database, running_server

    asked = set(given.only or ("ingest", "tasks", "sql", "graph", "retention"))
    with running_server(scratch / "runtime") as server:

        def fresh(name: str) -> dict[str, str]:
            postgres = new_database(server.get_uri())
            upgrade(postgres)
            return {"SQLite": f"sqlite:///{scratch}/{name}.db", "PostgreSQL": postgres}

        parts: dict[str, Callable[[], None]] = {
            "ingest": lambda: show(
                "events a second, of 4.6 and 6.8 KB",
                ("catalog", "taken in", "with Hallmark", "bodies alone", "ratio", "goal"),
                taken_in(fresh("ingest").items()),
            ),
            "tasks": lambda: show("what a task pays", ("what", "ms", "x file", "goal"), tasks(scratch, fresh("tasks"))),
            "sql": lambda: show(
                f"lineage of a query of {LINES} lines", ("reader", "ms", "x Hallmark", "goal"), queries()
            ),
            "graph": lambda: show(
                f"questions at scale {given.scale:g}",
                ("catalog", "question", "answer holds", "median ms", "longest ms", "goal"),
                questions(given.data, given.scale, new_database(server.get_uri())),
            ),
            "retention": lambda: show(
                "retention, half of all goes", ("what", "took"), letting_go(given.data, given.scale, scratch)
            ),
        }
        for name, run in parts.items():
            if name in asked:
                run()


if __name__ == "__main__":
    main()
