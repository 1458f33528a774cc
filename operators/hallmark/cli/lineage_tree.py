"""A lineage graph as a tree in a terminal: what lies upstream, and what downstream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text
from rich.tree import Tree

from hallmark.cli.formats import mark, plural, printable
from hallmark.cli.tables import Heading, section, table

if TYPE_CHECKING:
    from hallmark.lineage.graph import ColumnFlow, Graph, Node

__all__ = ["DEEPEST", "GUIDE", "Whole", "name_of", "page", "short", "told", "version_of"]

_COLUMNS = (Heading("from"), Heading("to"), Heading("how"), Heading("by"))
_STATES = {"FAIL": ("failed", "failed"), "ABORT": ("aborted", "failed"), "RUNNING": ("running", "running")}
_STATES["START"] = _STATES["RUNNING"]
_LONG = re.compile(r"[0-9a-f-]{32,}")
_SHORT = 8
_GUIDES = "dim"

# Characters that a level of a tree takes, and how many levels are drawn: a path may be as long as there are nodes.
GUIDE, DEEPEST = 4, 100
_DEEPER = Text("… further steps are not drawn; --format json tells all", "dim")
_ENDLESS = 10_000

# A dataset's id and a column.
Point = tuple[str, str]


@dataclass(frozen=True)
class Whole:
    """A tree whose lines are as long as they have to be: names stay whole, whatever the width."""

    tree: Tree

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the tree."""
        yield from console.render(self.tree, options.update(width=_ENDLESS))


def page(node: Node, graph: Graph, width: int) -> Iterator[RenderableType]:
    """Yield a graph as text.

    Args:
        node: what was asked for; with a column the tree is one of columns.
        graph: what lies around it.
        width: characters in a line.
    """
    nodes = {each.id: each for each in graph.nodes}
    start = nodes[graph.start]
    if node.column is not None and start.at is None:
        yield Text.assemble((printable(f"{start.label}.{node.column}"), "bold"), _remarks(start))
        yield from _column_trees(nodes, graph, (start.id, node.column))
    else:
        yield Group(told(start, style="bold"))
        yield from _trees(nodes, graph)
        if graph.column_edges:
            rows = [_flow(nodes, flow) for flow in graph.column_edges]
            yield section("Columns", plural(len(rows), "edge"), table(_COLUMNS, rows, width))
    if graph.truncated:
        yield "\nThere is more: --limit lets more nodes through, --up and --down go less far."


def told(node: Node, style: str = "") -> Text:
    """Return a node in one line: name, version, owner, and what is wrong with it."""
    looks = style or ("cyan" if node.kind == "dataset" else "")
    return Text.assemble((name_of(node), looks), _remarks(node), no_wrap=True, overflow="ignore")


def name_of(node: Node) -> str:
    """Return what a reader calls a node; a job stands in brackets."""
    return f"[{printable(node.label)}]" if node.kind == "job" else printable(node.label)


def version_of(node: Node) -> str:
    """Return a dataset's version: the one asked for, else the newest; nothing where it is a run's id."""
    version = (node.at or node.version or "") if node.kind == "dataset" else ""
    return "" if _LONG.fullmatch(version) and not node.at else short(version)


def short(version: str) -> str:
    """Return a checksum or a run's id by its beginning, anything else whole."""
    return version[:_SHORT] if _LONG.fullmatch(version) else printable(version)


def _remarks(node: Node) -> Text:
    version = version_of(node)
    run = f"  run {short(node.at)}" if node.kind == "job" and node.at else ""
    text = Text.assemble(f"@{version}" if version else run)
    if node.type == "MODEL":
        text.append("  model")
    if node.owner:
        text.append(f"  {printable(node.owner)}", "dim")
    if node.state in _STATES:
        text.append("  ").append_text(mark(*_STATES[node.state]))
    if node.failed:
        text.append("  ").append_text(mark(f"{plural(node.failed, 'assertion')} failed", "failed"))
    return text


def _trees(nodes: Mapping[str, Node], graph: Graph) -> Iterator[RenderableType]:
    downstream: dict[str, list[str]] = {}
    upstream: dict[str, list[str]] = {}
    for edge in graph.edges:
        downstream.setdefault(edge.source, []).append(edge.target)
        upstream.setdefault(edge.target, []).append(edge.source)
    for name, edges in (("Upstream", upstream), ("Downstream", downstream)):
        tree = Tree(Text(name, "bold"), guide_style=_GUIDES)
        _grow(tree, nodes, edges, graph.start, {graph.start}, DEEPEST)
        if tree.children:
            yield ""
            yield Whole(tree)
    if not graph.edges:
        yield "\nNothing is known of what it is made of, or what is made of it."


def _grow(
    tree: Tree,
    nodes: Mapping[str, Node],
    edges: Mapping[str, Sequence[str]],
    id: str,
    seen: set[str],
    levels: int,
) -> None:
    if not levels and edges.get(id):
        tree.add(_DEEPER)
        return
    for next_id in sorted(edges.get(id, ()), key=lambda each: nodes[each].label):
        text = told(nodes[next_id])
        if next_id in seen:
            tree.add(text.append("  see above" if edges.get(next_id) else "", "dim italic"))
            continue
        seen.add(next_id)
        _grow(tree.add(text), nodes, edges, next_id, seen, levels - 1)


def _column_trees(nodes: Mapping[str, Node], graph: Graph, start: Point) -> Iterator[RenderableType]:
    up: dict[Point, list[tuple[Point, ColumnFlow]]] = {}
    down: dict[Point, list[tuple[Point, ColumnFlow]]] = {}
    for flow in graph.column_edges:
        source, target = (flow.source, flow.source_column), (flow.target, flow.target_column)
        down.setdefault(source, []).append((target, flow))
        up.setdefault(target, []).append((source, flow))
    for name, edges in (("Upstream", up), ("Downstream", down)):
        tree = Tree(Text(name, "bold"), guide_style=_GUIDES)
        _grow_columns(tree, nodes, edges, start, {start}, DEEPEST)
        if tree.children:
            yield ""
            yield Whole(tree)
    if not graph.column_edges:
        yield "\nNo event told of what it is made of, or what is made of it."


def _grow_columns(
    tree: Tree,
    nodes: Mapping[str, Node],
    edges: Mapping[Point, Sequence[tuple[Point, ColumnFlow]]],
    point: Point,
    seen: set[Point],
    levels: int,
) -> None:
    # Upstream, what decides over all rows of a dataset decides over each of its columns.
    leading = [*edges.get(point, ()), *(edges.get((point[0], ""), ()) if point[1] else ())]
    if leading and not levels:
        tree.add(_DEEPER)
        return
    for next_point, flow in sorted(leading, key=lambda each: (nodes[each[0][0]].label, each[0][1], each[1].subtype)):
        text = _step(nodes, next_point, flow)
        if next_point in seen:
            tree.add(text)
            continue
        seen.add(next_point)
        _grow_columns(tree.add(text), nodes, edges, next_point, seen, levels - 1)


def _step(nodes: Mapping[str, Node], point: Point, flow: ColumnFlow) -> Text:
    by = f"  [{printable(nodes[flow.job].label)}]"
    looks = "cyan" if flow.type != "INDIRECT" else ""
    return Text.assemble(
        (_point(nodes, *point), looks), f"  {_how(flow)}", (by, "dim"), no_wrap=True, overflow="ignore"
    )


def _point(nodes: Mapping[str, Node], id: str, column: str) -> str:
    label = printable(nodes[id].label)
    return f"{label}.{printable(column)}" if column else f"all rows of {label}"


def _how(flow: ColumnFlow) -> str:
    words = flow.subtype.lower().replace("_", " ") or flow.type.lower() or "direct"
    return f"{words}, masked" if flow.masking else words


def _flow(nodes: Mapping[str, Node], flow: ColumnFlow) -> tuple[str, ...]:
    return (
        _point(nodes, flow.source, flow.source_column),
        _point(nodes, flow.target, flow.target_column),
        _how(flow),
        nodes[flow.job].label,
    )
