"""``hallmark demo``: the example pipeline in a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["demo"]


def demo(
    once: Annotated[bool, typer.Option("--once", help="Run the pipeline once and leave, without the pages.")] = False,
    folder: Annotated[Path, typer.Option(help="Where it keeps everything.")] = Path(".demo"),
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Of the pages; a free one if not given.", show_default=False)
    ] = None,
) -> None:
    """Run the example pipeline on real flights, one month of them damaged on purpose, and show what came of it."""
    from hallmark.demo import runner

    raise typer.Exit(runner.run(folder, once=once, port=port))
