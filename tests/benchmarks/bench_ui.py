"""How soon the pages' questions are answered: ``make bench-ui``.

A catalog with a warehouse's lineage and the receipts of twenty days is made once a day and kept in ``.bench``;
``--scale 0.1`` makes a smaller one. Ten users ask a server in a process of its own, each about once a second.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from shown import show

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

if TYPE_CHECKING:
    from ui_catalog import Shop

    from hallmark.catalog import Catalog

Row = tuple[str, ...]
CATALOGS = ("SQLite", "PostgreSQL")


def pages(given: argparse.Namespace, scratch: Path) -> Iterator[Row]:
    """Milliseconds of each question, by catalog."""
    from ui_costs import answered, questions, serving

    for name, catalog, shop in _catalogs(given, scratch):
        asked = [one for one in questions(catalog, shop) if not given.question or given.question in one.name]
        with serving(_url(catalog), scratch / name, shop.dags) as api:
            for one in answered(api, asked, given.pause):
                figures = ("" if took is None else f"{took:.0f}" for took in (one.alone, one.median, one.p95))
                goal = _goal(one.p95, one.question.goal)
                yield name, one.question.name, f"{one.size / 1000:.1f}", *figures, goal


def browser(given: argparse.Namespace, scratch: Path) -> Iterator[Row]:
    """Milliseconds until pages are seen."""
    from ui_browser import seen, serving_pages

    for name, catalog, shop in _catalogs(given, scratch):
        with serving_pages(_url(catalog), scratch / f"browser {name}") as url:
            for page, what, median, longest, goal in seen(url, shop):
                yield name, page, what, f"{median:.0f}", f"{longest:.0f}", _goal(median, goal)


def _catalogs(given: argparse.Namespace, scratch: Path) -> Iterator[tuple[str, Catalog, Shop]]:
    from lineage_graph import scaled
    from ui_catalog import Shop, copied, filled

    from postgres import new_database, running_server

    shop = Shop(scaled(given.scale))
    catalog = filled(given.data, shop.warehouse)
    if "SQLite" in given.catalog:
        yield "SQLite", catalog, shop
    if "PostgreSQL" in given.catalog:
        with running_server(scratch / "runtime") as server:
            yield "PostgreSQL", copied(catalog, new_database(server.get_uri())), shop


def _url(catalog: Catalog) -> str:
    return catalog.database.url.render_as_string(hide_password=False)


def _goal(took: float, goal: float) -> str:
    return f"{goal:.0f}{', missed' if took > goal else ''}"


def main() -> None:
    logging.disable(logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 10,000 datasets, 500 models, 1,000,000 events")
    parser.add_argument("--data", type=Path, default=Path(".bench"), help="where the large catalog is kept")
    parser.add_argument("--catalog", choices=CATALOGS, action="append")
    parser.add_argument("--question", help="only those whose name has this in it")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two questions of a user, about")
    parser.add_argument("--only", choices=["api", "browser"], action="append")
    given = parser.parse_args()
    given.catalog = given.catalog or CATALOGS
    given.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.data.resolve()) as scratch:
        os.environ["AIRFLOW_HOME"] = scratch
        parts = {
            "api": ("pages", ("catalog", "question", "KB", "alone", "median", "p95", "goal"), pages),
            "browser": ("in Chromium", ("catalog", "page", "seen", "median", "longest", "goal"), browser),
        }
        for name, (title, names, rows) in parts.items():
            if name in (given.only or parts):
                show(f"{title} at scale {given.scale:g}, milliseconds", names, rows(given, Path(scratch)))


if __name__ == "__main__":
    main()
