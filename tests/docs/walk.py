"""Walks through the documentation as a reader would, in one process with a real Airflow, and notes what happens.

    python walk.py plan.json result.json

The plan lists the blocks in order. Files are written, DAG files imported, Python is run, suites are loaded, and of
the commands those of ``hallmark`` and ``airflow dags test`` are run. It is a process of its own because Airflow reads
its settings when it is imported.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

Step = dict[str, Any]
Noted = dict[str, Any]


class Walk:
    """The state of a walk: a folder and a namespace for each page, and the DAGs found so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.namespaces: dict[str, dict[str, Any]] = {}
        self.dags: dict[str, Any] = {}

    def take(self, step: Step) -> Noted:
        """Do what a block says and note its outcome."""
        folder = self.folder / Path(step["page"]).stem
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)
        if step["title"]:
            file = folder / step["title"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step["body"], encoding="utf-8")
        try:
            return DOES[step["kind"]](self, step, folder)
        except BaseException:
            return {"error": traceback.format_exc(limit=-4)}

    def dag(self, step: Step, folder: Path) -> Noted:
        """Import a DAG file and note its DAGs with the number of their tasks."""
        from airflow.sdk import DAG

        path = folder / (step["title"] or f"dags/line_{step['line']}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step["body"], encoding="utf-8")
        name = f"dag_of_line_{step['line']}_of_{Path(step['page']).stem}".replace("-", "_")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found = {dag.dag_id: dag for dag in vars(module).values() if isinstance(dag, DAG)}
        self.dags |= found
        return {"dags": {name: len(dag.tasks) for name, dag in found.items()}}

    def python(self, step: Step, folder: Path) -> Noted:
        """Run Python in the page's namespace and note what it prints."""
        names = self.namespaces.setdefault(step["page"], {"__name__": step["page"]})
        with captured() as said:
            exec(compile(step["body"], step["page"], "exec"), names)
        return {"output": said()}

    def suite(self, step: Step, folder: Path) -> Noted:
        """Load a suite and note how many expectations it has."""
        from hallmark.quality import load_suite

        path = folder / (step["title"] or f"line_{step['line']}.{step['language']}")
        path.write_text(step["body"], encoding="utf-8")
        return {"expectations": len(load_suite(path).expectations)}

    def console(self, step: Step, folder: Path) -> Noted:
        """Run the commands that can be run here and note what each says."""
        return {"commands": [self.command(command) for command in step["commands"]]}

    def command(self, command: str) -> Noted | None:
        """Run one command; None for one that is only shown."""
        words = command.split()
        if words[0] == "hallmark":
            with captured() as said:
                status = hallmark(words[1:])
            return {"output": said(), "status": status}
        if words[:3] == ["airflow", "dags", "test"]:
            from pendulum import parse

            with logged() as log:
                self.dags[words[3]].test(logical_date=parse(words[4]))
            return {"output": log(), "status": 0}
        return None

    def file(self, step: Step, folder: Path) -> Noted:
        """Do nothing more: the file is written."""
        return {}


DOES: dict[str, Callable[[Walk, Step, Path], Noted]] = {
    "dag": Walk.dag,
    "python": Walk.python,
    "suite": Walk.suite,
    "console": Walk.console,
    "file": Walk.file,
}


def hallmark(arguments: list[str]) -> int:
    """Run the command line in this process and return its exit status."""
    from hallmark.cli.app import app

    try:
        app(arguments, prog_name="hallmark")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@contextmanager
def captured() -> Iterator[Callable[[], str]]:
    """Catch what this process prints."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)

    def said() -> str:
        stream.seek(0)
        return stream.read()

    with redirect_stdout(stream), redirect_stderr(stream):
        yield said


@contextmanager
def logged() -> Iterator[Callable[[], str]]:
    """Catch what goes to this process's file descriptors: Airflow's logs hold on to them."""
    with tempfile.TemporaryFile() as file:
        kept = [os.dup(descriptor) for descriptor in (1, 2)]
        sys.stdout.flush()
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
        text = ""
        try:
            yield lambda: text
        finally:
            sys.stdout.flush()
            for descriptor, original in zip((1, 2), kept, strict=True):
                os.dup2(original, descriptor)
                os.close(original)
            file.seek(0)
            text = file.read().decode(errors="replace")


def main(plan: Path, result: Path) -> None:
    """Take all steps of a plan."""
    from airflow.utils.db import initdb

    with logged():
        initdb()
    walk = Walk(plan.parent)
    result.write_text(json.dumps([walk.take(step) for step in json.loads(plan.read_text())]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
