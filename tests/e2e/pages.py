"""Airflow's pages in a real browser: signing in, going to a page, taking its picture.

with browsing(airflow) as browser:
    browser.photograph_all(VIEWS, Path("docs/images"), run="2013-02")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import ConsoleMessage, Page, Response, ViewportSize, sync_playwright

from hallmark.demo.airflow import Airflow

__all__ = ["VIEWS", "Browser", "View", "browsing"]

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SIZE: ViewportSize = {"width": 1440, "height": 900}
MILLISECONDS = 20_000
# Where Airflow remembers the widths of a DAG page's panes, in per cent: here the grid has room for a dozen runs.
PANES = """localStorage.setItem(
    'react-resizable-panels:grid-ltr',
    '{"details-panel,main-panel": {"expandToSizes": {}, "layout": [28, 72]}}'
)"""
FOLDED = ".codicon-folding-collapsed"


@dataclass(frozen=True)
class View:
    """A page worth a picture.

    Args:
        name: of the picture's file.
        path: below Airflow's address; ``{run}`` is a run's id, ``{asset}`` the id of the asset named ``asset``.
        shows: texts that are there when the page is.
        asset: name of the asset that the path speaks of.
        unfolds: whether the page has JSON that is folded when it opens.
    """

    name: str
    path: str
    shows: tuple[str, ...]
    asset: str | None = None
    unfolds: bool = False


VIEWS = (
    View("grid", "/dags/flight_delays", ("extract_flights", "score", "Created Asset Event")),
    View("run", "/dags/flight_delays/runs/{run}", ("extract_flights", "TrainOperator")),
    View("log", "/dags/flight_delays/runs/{run}/tasks/features", ("resolve", "expectations met", "published")),
    View("version", "/dags/flight_delays/runs/{run}/tasks/features/asset_events", ("flights/features",), unfolds=True),
    View("assets", "/assets", ("flights/features", "flight_delay/evaluation")),
    View("asset", "/assets/{asset}", ("flights/features", "ml-engineering"), asset="flights/features"),
)


@dataclass
class Browser:
    """A signed-in browser, and what its pages complained of."""

    airflow: Airflow
    page: Page
    complaints: list[str] = field(default_factory=list)

    def photograph_all(self, views: Iterable[View], folder: Path, *, run: str) -> list[Path]:
        """Take a picture of each page into a folder, named ``<view>.png``."""
        return [self.photograph(view, folder, run=run) for view in views]

    def photograph(self, view: View, folder: Path, *, run: str) -> Path:
        """Go to a page, wait until it shows what it is for, and save its picture."""
        self.visit(view, run=run)
        picture = folder / f"{view.name}.png"
        self.page.screenshot(path=picture)
        return picture

    def visit(self, view: View, *, run: str) -> None:
        """Go to a page and wait until it shows what it is for."""
        self.page.goto(self.airflow.url + view.path.format(run=run, asset=self._asset_id(view.asset)))
        for text in view.shows:
            self.page.get_by_text(text).first.wait_for()
        if view.unfolds:
            self.page.locator(FOLDED).first.click()

    def _asset_id(self, name: str | None) -> int | None:
        if name is None:
            return None
        found = self.airflow.get("/assets", name_pattern=name)["assets"]
        return next(int(asset["id"]) for asset in found if asset["name"] == name)


@contextmanager
def browsing(airflow: Airflow, *, scheme: Literal["light", "dark"] = "light") -> Iterator[Browser]:
    """Open Chromium and sign in.

    Args:
        airflow: the running Airflow, with the user to sign in as.
        scheme: the colours that the pages are asked for.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = chromium.new_context(viewport=SIZE, color_scheme=scheme).new_page()
            page.set_default_timeout(MILLISECONDS)
            page.add_init_script(PANES)
            browser = Browser(airflow, page)
            _listen(page, browser.complaints)
            _sign_in(page, airflow)
            yield browser
        finally:
            chromium.close()


def _sign_in(page: Page, airflow: Airflow) -> None:
    page.goto(f"{airflow.url}/auth/login")
    page.fill("input[name=username]", airflow.user)
    page.fill("input[name=password]", airflow.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)


def _listen(page: Page, complaints: list[str]) -> None:
    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.location.get('url', '')} {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 500:
            complaints.append(f"{response.url} answered {response.status}")

    page.on("console", said)
    page.on("response", answered)
    page.on("pageerror", lambda error: complaints.append(str(error)))
