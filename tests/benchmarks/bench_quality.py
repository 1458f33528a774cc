"""What the gate costs beside other ways to check the same, measured in turns in one run: ``make bench-quality``.

Every contender runs in a process of its own, import included. Figures are the least of some rounds: on a machine that
does other things as well, the least is the nearest to what the work takes. What counts is the ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lineitem import prepared
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
CONTENDERS = {
    "floor": "queries by hand (the floor)",
    "hallmark": "Hallmark's gate",
    "soda": "Soda Core 4, DuckDB",
    "pandera": "pandera, polars",
    "gx_pandas": "GX, pandas",
}
# What a contender takes to take part, and what it is left out of: it holds a frame of all rows in memory.
NEEDS = {"soda": "soda-duckdb", "pandera": "pandera polars", "gx_pandas": "great-expectations pandas"}
OUTGROWN = {"pandera", "gx_pandas"}
# As objects, which is what pandas makes of decimals, GX takes minutes and gigabytes.
DOUBLES_ONLY = {"gx_pandas"}
MIB = 1024


@dataclass(frozen=True)
class Run:
    """What one process took.

    Args:
        seconds: from start to end.
        busy: of processors, all threads together.
        peak: most memory held, in MiB.
        said: what it printed.
    """

    seconds: float
    busy: float
    peak: float
    said: str


class Failed(Exception):
    """A process did not end well; the message is the last that it said."""


def run(arguments: Sequence[str]) -> Run:
    """Run a process to its end and measure it.

    Raises:
        Failed: it did not end well.
    """
    with tempfile.TemporaryFile("w+") as out:
        began = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT, text=True)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        raise Failed(said.strip().rsplit("\n", 1)[-1] or f"ended by signal {-process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB, said)


def least(runs: Sequence[Run]) -> Run:
    """Return the least of every figure."""
    return Run(min(r.seconds for r in runs), min(r.busy for r in runs), min(r.peak for r in runs), runs[-1].said)


def in_turns(commands: dict[str, list[str]], rounds: int) -> dict[str, Run | str]:
    """Run each command so many times, in turns; give the least of its figures, or what kept it from running."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    failed: dict[str, str] = {}
    for turn in range(rounds):
        for name, arguments in commands.items():
            if name in failed:
                continue
            try:
                found[name].append(took := run(arguments))
                told = f"{took.seconds:.2f} s, {took.busy:.2f} s of CPU, {took.peak:.0f} MiB"
            except Failed as error:
                told = failed[name] = str(error)
            print(f"  round {turn + 1} of {rounds}: {name}: {told}", flush=True)
    return {name: failed[name] if name in failed else least(found[name]) for name in commands}


def verdict(told: Run) -> str:
    """Return how many checks passed, as a contender printed them."""
    line = next(part for part in reversed(told.said.splitlines()) if part.startswith("verdicts "))
    verdicts = json.loads(line.removeprefix("verdicts "))
    return f"{sum(v is True for v in verdicts)}/{len(verdicts)}"


def table_of(title: str, *columns: str) -> Table:
    """Return an empty table whose first column is words."""
    table = Table(title=title, title_justify="left")
    for position, name in enumerate(columns):
        table.add_column(name, justify="right" if position else "left")
    return table


def takes_part(name: str, kind: str, scale: int) -> bool:
    """Tell whether a contender is run on data of a kind; the order of rows is a question to two of them alone."""
    return (
        not (name in DOUBLES_ONLY and kind == "decimals")
        and not (name in OUTGROWN and scale > 1)
        and (kind != "shuffled doubles" or name in {"floor", "hallmark"})
    )


def suite_table(files: dict[str, Path], scale: int, rounds: int, soda_python: str) -> Table:
    """Time the suite of 16 checks, by all contenders, on doubles and on decimals."""
    title = f"16 checks on lineitem, scale {scale}: least of {rounds} rounds in turns, whole process"
    table = table_of(title, "contender", "values", "seconds", "x floor", "CPU s", "x floor", "peak MiB", "passed")
    for kind, file in files.items():
        commands = {
            name: [
                soda_python if name == "soda" else sys.executable,
                str(HERE / "contenders.py"),
                name,
                str(file),
                str(scale),
            ]
            for name in CONTENDERS
            if takes_part(name, kind, scale)
        }
        print(f"16 checks on {kind}, scale {scale}", flush=True)
        found = in_turns(commands, rounds)
        floor = found["floor"]
        assert isinstance(floor, Run), floor
        for name, told in found.items():
            table.add_row(CONTENDERS[name], kind, *_row(name, told, floor))
        table.add_section()
    return table


def _row(name: str, told: Run | str, floor: Run) -> list[str]:
    if isinstance(told, str):
        absent = "ModuleNotFoundError" in told or "ImportError" in told
        return [f"not installed (pip install {NEEDS[name]})" if absent else told]
    return [
        f"{told.seconds:.2f}",
        f"{told.seconds / floor.seconds:.2f}",
        f"{told.busy:.2f}",
        f"{told.busy / floor.busy:.2f}",
        f"{told.peak:.0f}",
        verdict(told),
    ]


def costs_table(title: str, commands: dict[str, list[str]], rounds: int) -> Table:
    """Time parts of the gate; each program prints the seconds of its work, import and set-up left out."""
    table = table_of(title, "what", "seconds", "x first", "CPU s", "x first", "peak MiB")
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, arguments in commands.items():
            runs[name].append(run(arguments))
    first: tuple[float, ...] = ()
    for name, made in runs.items():
        printed = [[float(figure) for figure in r.said.splitlines()[-1].split()] for r in made]
        took = tuple(min(figures) for figures in zip(*printed, strict=True))
        first = first or took
        shown = [text for now, then in zip(took, first, strict=True) for text in (f"{now:.3f}", f"{now / then:.2f}")]
        table.add_row(name, *shown, f"{min(r.peak for r in made):.0f}")
    return table


def main() -> None:
    """Make the data where it is missing, measure, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--scale", type=int, action="append", help="TPC-H's scale factor; 1 if not given; may be repeated"
    )
    parser.add_argument("--data", type=Path, default=Path(".bench"), help="folder where generated data is kept")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run; the least counts")
    parser.add_argument("--soda-python", default=sys.executable, help="an interpreter that has soda-duckdb")
    chosen = parser.parse_args()
    console = Console(width=120)
    program = [sys.executable, str(HERE / "gate_costs.py")]
    tables = []
    for scale in chosen.scale or [1]:
        files = {kind: file.resolve() for kind, file in prepared(chosen.data, scale).items()}
        tables.append(suite_table(files, scale, chosen.rounds, chosen.soda_python))
        write = {
            f"{what}, scale {scale}": [*program, what, str(files["doubles"]), str(scale)]
            for what in ("copy", "write+gate")
        }
        tables.append(
            costs_table("Write a dataset and hold it against the suite, beside DuckDB's COPY", write, chosen.rounds)
        )
    wide = {f"{n} columns, {2 * n} checks": [*program, "wide", str(n), "0"] for n in (50, 100, 200, 400)}
    tables.append(costs_table("A table of 100,000 rows that grows wider", wide, chosen.rounds))
    for table in tables:
        console.print(table)


if __name__ == "__main__":
    main()
