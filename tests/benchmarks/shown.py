"""Figures as a table in the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

__all__ = ["show"]


def show(title: str, names: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows of figures below their names."""
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)
