"""``hallmark demo``: start Airflow, tell the story, show the table, keep the UI up."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from hallmark.catalog import Catalog, open_catalog, upgrade
from hallmark.config import Settings, settings
from hallmark.demo.airflow import Airflow, DemoError, environment, standalone
from hallmark.demo.pages import pages
from hallmark.demo.promises import broken, standing
from hallmark.demo.report import print_refusals, print_table
from hallmark.demo.story import CHAPTERS, Chapter
from hallmark.errors import ConfigError

__all__ = ["run"]

DAG_ID = "flight_delays"
RUN_SECONDS = 600
_SIGNS = {
    "success": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "skipped": "[dim]–[/]",
    "upstream_failed": "[dim]·[/]",
}
_WORDS = {"skipped": "skipped: nothing to do", "upstream_failed": "not run: an earlier task failed", "failed": "failed"}

# Beside the Python that runs this.
COMMAND = Path(sys.executable).with_name("hallmark")


def run(folder: Path, *, once: bool, port: int | None = None) -> int:
    """Run the demonstration.

    Args:
        folder: where all of its state goes; what an earlier run did there is not done again.
        once: end after the table instead of keeping the UI up.
        port: of the UI; 8080 or the next free one by default.

    Returns:
        0, or 1 if a promise was not kept.

    Raises:
        DemoError: Airflow did not come up, or a run did not end.
    """
    console, began = Console(highlight=False, soft_wrap=False), time.monotonic()
    folder, dags = folder.absolute(), dags_folder()
    (folder / "lineage").mkdir(parents=True, exist_ok=True)
    # A polite kill is an interrupt too: Airflow must not outlive the demonstration.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    # This process looks at the same lake, catalog and registry as Airflow's.
    os.environ.update(environment(folder, dags, 0))
    upgrade()
    console.print(f"[bold]Hallmark[/]: the demonstration, all of it in {folder}")
    console.print("Starting Airflow (airflow standalone, SQLite) …")
    with standalone(folder, dags, port) as airflow:
        _wait_for_dag(airflow)
        console.print(f"Airflow is up after {time.monotonic() - began:.0f} s at {airflow.url}\n")
        teller = Teller(console, airflow, folder / "feed", settings(), open_catalog())
        faults = [fault for chapter in CHAPTERS for fault in teller.tell(chapter)]
        print_table(console, teller.catalog)
        print_refusals(console, teller.catalog)
        _farewell(console, airflow, folder, faults, time.monotonic() - began)
        _signpost(console, dict(pages(teller.catalog, airflow.url)))
        if not once:
            _stay(console)
        console.print("Stopping Airflow …")
    return 1 if faults else 0


def dags_folder() -> Path:
    """Return where the example DAG is: in the package, or beside it in a checkout.

    Raises:
        ConfigError: in neither.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "example_dags", package.parents[1] / "dags"):
        if (folder / f"{DAG_ID}.py").is_file():
            return folder
    raise ConfigError("the example DAG is not installed", "run the demonstration from a checkout, or install the wheel")


@dataclass(frozen=True)
class Teller:
    """Goes through the chapters and prints how each task ends."""

    console: Console
    airflow: Airflow
    feed: Path
    settings: Settings
    catalog: Catalog

    def tell(self, chapter: Chapter) -> list[str]:
        """Run one chapter, unless an earlier demonstration did; return the promises it broke."""
        runs = self.airflow.runs(DAG_ID)
        chapter, state = newest(chapter, runs)
        if state == chapter.state:
            self.console.print(f"[bold]{chapter.told}[/]: done before")
            return []
        before = standing(self.settings, self.catalog)
        if state not in {"queued", "running"}:
            chapter = again(chapter, runs)
            chapter.prepare(self.feed, chapter.month)
            self.airflow.trigger(DAG_ID, chapter.run_id, {"month": chapter.month}, chapter.told)
        self.console.print(f"[bold]{chapter.told}[/]")
        began = time.monotonic()
        state = self._follow(chapter)
        self.console.print(f"  run {chapter.run_id}: {state} after {time.monotonic() - began:.0f} s\n")
        tasks = self.airflow.tasks(DAG_ID, chapter.run_id)
        after = standing(self.settings, self.catalog)
        return list(broken(chapter, state, tasks, before, after, self.settings))

    def _follow(self, chapter: Chapter) -> str:
        """Print each task as it ends; return the state of the run."""
        shown: set[str] = set()
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            state = self.airflow.runs(DAG_ID)[chapter.run_id]
            for line in _ended(self.airflow.tasks(DAG_ID, chapter.run_id), shown):
                self.console.print(line)
            if state in {"success", "failed"}:
                return state
            time.sleep(1)
        raise DemoError(f"run {chapter.run_id} did not end within {RUN_SECONDS} s", "look at it in the UI")


def newest(chapter: Chapter, runs: Mapping[str, str]) -> tuple[Chapter, str | None]:
    """Return the chapter with the id of its newest run, and that run's state; None if it never ran."""
    ids = [run_id for run_id in runs if run_id == chapter.run_id or run_id.startswith(f"{chapter.run_id}-again-")]
    last = max(ids, key=lambda run_id: (len(run_id), run_id), default=None)
    return (chapter, None) if last is None else (replace(chapter, run_id=last), runs[last])


def again(chapter: Chapter, runs: Mapping[str, str]) -> Chapter:
    """Return the chapter with an id that no run has: a run that broke off stays in the UI as it ended."""
    if chapter.run_id not in runs:
        return chapter
    first = chapter.run_id.partition("-again-")[0]
    count = sum(run_id.startswith(f"{first}-again-") for run_id in runs)
    return replace(chapter, run_id=f"{first}-again-{count + 1}")


def _ended(tasks: Sequence[Mapping[str, Any]], shown: set[str]) -> Iterator[str]:
    for task in sorted(tasks, key=lambda t: t["end_date"] or ""):
        if task["task_id"] not in shown and task["state"] in _SIGNS:
            shown.add(task["task_id"])
            ended = _WORDS.get(task["state"]) or f"{task['duration'] or 0:.0f} s"
            yield f"  {_SIGNS[task['state']]} {task['task_id']}  [dim]{ended}[/]"


def _wait_for_dag(airflow: Airflow) -> None:
    deadline = time.monotonic() + 120
    while not airflow.has_dag(DAG_ID):
        if time.monotonic() > deadline:
            raise DemoError(f"Airflow did not find the DAG {DAG_ID}", "read airflow.log in the demonstration's folder")
        time.sleep(0.5)
    airflow.unpause(DAG_ID)


def _farewell(console: Console, airflow: Airflow, folder: Path, faults: list[str], seconds: float) -> None:
    for fault in faults:
        console.print(f"[red bold]broken promise:[/] {fault}")
    if not faults:
        console.print("[green]Everything went as promised.[/]")
    lines = (
        f"Airflow   {airflow.url}/dags/{DAG_ID}",
        f"Sign in   user [bold]{airflow.user}[/], password [bold]{airflow.password}[/]",
        f"Lineage   {folder / 'lineage' / 'events.ndjson'}",
        f"Ask       AIRFLOW_HOME={_near(folder / 'airflow')} {_near(COMMAND)} lineage why flights/predictions",
        f"Took      {seconds:.0f} s",
    )
    # Not wrapped: an address or a password is there to be copied.
    console.print("\n".join(("", *lines)), soft_wrap=True)


def _signpost(console: Console, addresses: Mapping[str, str]) -> None:
    width = max(map(len, addresses))
    console.print("\nLook at", style="bold")
    for shown, address in addresses.items():
        console.print(f"  {shown:<{width}}  {address}", soft_wrap=True, markup=False)


def _near(path: Path) -> str:
    """Return a path as it is shortest from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _stay(console: Console) -> None:
    console.print("\nThe UI stays up. Press Ctrl-C to end it.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print()
