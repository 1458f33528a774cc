"""How soon pages are seen: Chromium before a real ``airflow api-server`` that has the large catalog."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, Page
from ui_catalog import WIDE, Shop

from e2e.pages import chromium
from hallmark.demo.airflow import environment, free_port

__all__ = ["Seen", "seen", "serving_pages"]

TIMES = 5
PAINT_GOAL, GRAPH_GOAL = 1500.0, 1000.0
_HOME = "/plugin/hallmark"
# Frame by frame, when ours is there, when nothing of it waits any more, and when a node of the graph is drawn.
_WATCH = """
window.seen = {};
const note = (what, is) => { if (is && !(what in window.seen)) window.seen[what] = performance.now(); };
const look = () => {
  const ours = document.querySelector('[data-hallmark]');
  note('ours', ours && ours.innerText.trim());
  note('whole', ours && ours.innerText.trim().length > 40 && !ours.querySelector('[aria-busy=true]'));
  const id = window.awaited;
  note(id, id && document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`));
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# The router follows the history; the page stays.
_GO = """async ([address, id]) => {
  window.awaited = id; delete window.seen[id];
  const began = performance.now();
  history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate', {state: {}}));
  while (!(id in window.seen)) await new Promise(requestAnimationFrame);
  return [window.seen[id] - began, document.querySelectorAll('.react-flow__node').length];
}"""

# What was looked at, what of it, the milliseconds: the median and the longest, and the goal.
Seen = tuple[str, str, float, float, float]


@contextmanager
def serving_pages(url: str, folder: Path) -> Iterator[str]:
    """Run Airflow's API server on a catalog; everybody is an administrator."""
    port, dags = free_port(None), folder / "dags"
    dags.mkdir(parents=True)
    own = {"AIRFLOW__HALLMARK__CATALOG_URL": url, "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True"}
    variables = {**environment(folder, dags, port), **own}
    airflow = [sys.executable, "-m", "airflow"]
    with (folder / "airflow.log").open("w") as log:
        told = {"env": variables, "stdout": log, "stderr": subprocess.STDOUT}
        subprocess.run([*airflow, "db", "migrate"], check=True, **told)  # type: ignore[call-overload]
        server = subprocess.Popen([*airflow, "api-server", "--port", str(port)], **told)
        try:
            _wait_for(f"http://localhost:{port}/api/v2/monitor/health")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(30)


def seen(url: str, shop: Shop) -> Iterator[Seen]:
    """Look at each page some times, each time as somebody whose browser has nothing of it yet."""
    with chromium() as opened:
        for name, path in _pages(shop):
            looks = [_look(opened, url, path) for _ in range(TIMES + 1)][1:]
            for at, what in enumerate(("first paint", "ours", "whole")):
                took = [look[at] for look in looks]
                yield name, what, statistics.median(took), max(took), PAINT_GOAL
        drawn = list(_graphs(opened, url, shop))
        held = f"{min(n for _, n in drawn)}–{max(n for _, n in drawn)} nodes drawn"
        took = [each for each, _ in drawn]
        yield "lineage, depth 5", held, statistics.median(took), max(took), GRAPH_GOAL


def _pages(shop: Shop) -> Sequence[tuple[str, str]]:
    some = quote(shop.dataset(shop.warehouse.datasets // 2 + 7), safe="")
    return (
        ("Overview", "overview"),
        ("Datasets", "datasets"),
        ("a dataset", f"datasets/{some}"),
        ("schema of 2,000 columns", f"datasets/{quote(WIDE, safe='')}/schema"),
        ("Quality", "quality"),
        ("Models", "models"),
        ("a model", "models/model_3"),
        ("Reviews", "reviews"),
        ("Receipts", "receipts"),
    )


def _look(opened: Browser, url: str, path: str) -> tuple[float, float, float]:
    with opened.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        _sign_in(page, url)
        page.add_init_script(_WATCH)
        page.goto(f"{url}{_HOME}/{path}")
        page.wait_for_function("'whole' in window.seen")
        found: dict[str, float] = page.evaluate("window.seen")
        return page.evaluate(_PAINT), found["ours"], found["whole"]


def _graphs(opened: Browser, url: str, shop: Shop) -> Iterator[tuple[float, int]]:
    """Go from one dataset's lineage to the next: the layout is there, as it is for who has seen one."""
    half = shop.warehouse.datasets // 2
    with opened.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        _sign_in(page, url)
        page.add_init_script(_WATCH)
        page.goto(f"{url}{_HOME}/lineage")
        page.wait_for_function("'whole' in window.seen")
        for number in range(half, half + TIMES + 1):
            id = "dataset:{}:{}".format(*shop.warehouse.name(number))
            address = f"{_HOME}/lineage?node={quote(id, safe='')}&depth=5"
            took, nodes = page.evaluate(_GO, [address, id])
            if number > half:
                yield took, nodes


def _sign_in(page: Page, url: str) -> None:
    token = httpx.get(f"{url}/auth/token").json()["access_token"]
    page.context.add_cookies([{"name": "_token", "value": token, "url": url}])


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx.get(address, timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise TimeoutError("Airflow's API server did not start")
