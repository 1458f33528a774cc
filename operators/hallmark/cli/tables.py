"""Tables for a terminal or a pipe: names and numbers stay whole, texts wrap, and spare columns leave a narrow one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hallmark.cli.formats import printable

__all__ = ["Cell", "Heading", "facts", "section", "table", "title"]

Cell = str | Text

# A text column may shrink to this many characters before a spare column leaves.
_LEAST_TEXT = 24
_GAPS = (2, 1)


@dataclass(frozen=True)
class Heading:
    """A column of a table.

    Args:
        name: what stands above it.
        right: numbers stand to the right.
        wraps: a text, which may run over several lines; anything else stays whole, whatever the width.
        spare: leaves when there is no room, the rightmost first.
    """

    name: str
    right: bool = False
    wraps: bool = False
    spare: bool = False


def table(headings: Sequence[Heading], rows: Sequence[Sequence[Cell]], width: int) -> Table:
    """Lay out rows below headings in so many characters; wider only where names and numbers need it."""
    cells = [[_text(cell) for cell in row] for row in rows]
    natural = [
        max((_width(heading.name), *(_width(row[at].plain) for row in cells))) for at, heading in enumerate(headings)
    ]
    least = [min(wide, _LEAST_TEXT) if heading.wraps else wide for heading, wide in zip(headings, natural, strict=True)]
    chosen, gap = _fitting(headings, least, width)
    needed = _total([least[at] for at in chosen], gap)
    laid = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="bold")
    if needed > width:
        laid.width = needed
    for at in chosen:
        _add_column(laid, headings[at], least[at])
    for row in cells:
        laid.add_row(*(row[at] for at in chosen))
    return laid


def facts(pairs: Sequence[tuple[str, Cell]]) -> Table:
    """Lay out labels and what is known, leaving out what is not."""
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in pairs:
        if value:
            grid.add_row(label, _text(value))
    return grid


def title(text: str, beside: str = "") -> Text:
    """Return the name of what follows, and a remark beside it."""
    return Text.assemble((printable(text), "bold"), f"  {printable(beside)}" if beside else "")


def section(text: str, beside: str, *body: RenderableType) -> Group:
    """Return a title and what stands below it, set apart from what came before."""
    return Group("", title(text, beside), *body)


def _add_column(laid: Table, heading: Heading, least: int) -> None:
    laid.add_column(
        heading.name.upper(),
        justify="right" if heading.right else "left",
        no_wrap=not heading.wraps,
        min_width=least,
        overflow="fold",
    )


def _fitting(headings: Sequence[Heading], least: Sequence[int], width: int) -> tuple[list[int], int]:
    """Return the columns to show and the gap between them: the most that fit, or the fewest."""
    for chosen in _choices(headings):
        for gap in _GAPS:
            if _total([least[at] for at in chosen], gap) <= width:
                return chosen, gap
    return chosen, _GAPS[-1]


def _total(widths: Sequence[int], gap: int) -> int:
    return sum(widths) + gap * (len(widths) - 1)


def _choices(headings: Sequence[Heading]) -> Iterator[list[int]]:
    """Yield all columns, then ever fewer, without the spare ones from the right."""
    spare = [at for at, heading in enumerate(headings) if heading.spare]
    for left in range(len(spare), -1, -1):
        gone = set(spare[left:])
        yield [at for at in range(len(headings)) if at not in gone]


def _text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(printable(cell))


def _width(text: str) -> int:
    return max(map(cell_len, text.split("\n")))
