"""A lineage graph for programs that draw, Mermaid and Graphviz. A name may hold anything: no part of it is trusted."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hallmark.cli.formats import plural, printable
from hallmark.cli.lineage_tree import short, version_of

if TYPE_CHECKING:
    from hallmark.lineage.graph import Graph, Node

__all__ = ["DRAWINGS", "dot", "mermaid"]

# What Mermaid and HTML give no meaning to, wherever it stands in a quoted text.
_PLAIN = re.compile(r"[^\w ./@,+-]", re.ASCII)
_FAILED = "stroke:#c0392b,stroke-width:2px"

Point = tuple[str, str]


def mermaid(graph: Graph) -> Iterator[str]:
    """Yield the lines of a Mermaid flowchart."""
    ids = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    columns = _columns(graph)
    yield "flowchart LR"
    for node in graph.nodes:
        label, id = f'"{_entities(_label(node))}"', ids[node.id]
        if node.id in columns:
            yield f"    subgraph {id}[{label}]"
            for point, name in columns[node.id].items():
                yield f'        {id}{name}["{_entities(point or "all rows")}"]'
            yield "    end"
        else:
            yield f"    {id}[({label})]" if node.kind == "dataset" else f"    {id}([{label}])"
    for edge in graph.edges:
        yield f"    {ids[edge.source]} --> {ids[edge.target]}"
    for source, target, decides in _arrows(graph, columns, ids):
        yield f"    {source} {'-.->' if decides else '-->'} {target}"
    failed = [ids[node.id] for node in graph.nodes if node.ails]
    if failed:
        yield f"    classDef failed {_FAILED}"
        yield f"    class {','.join(failed)} failed"


def dot(graph: Graph) -> Iterator[str]:
    """Yield the lines of a Graphviz digraph."""
    ids = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    columns = _columns(graph)
    yield "digraph lineage {"
    yield "    rankdir=LR;"
    yield '    node [shape=box, fontname="sans-serif"];'
    for node in graph.nodes:
        yield from _dot_node(node, ids[node.id], columns.get(node.id, {}))
    for edge in graph.edges:
        yield f"    {ids[edge.source]} -> {ids[edge.target]};"
    for source, target, decides in _arrows(graph, columns, ids):
        yield f"    {source} -> {target} [style={'dotted' if decides else 'dashed'}, arrowhead=vee];"
    yield "}"


def _dot_node(node: Node, id: str, columns: dict[str, str]) -> Iterator[str]:
    shape = "cylinder" if node.kind == "dataset" else "box"
    color = ', color="#c0392b", penwidth=2' if node.ails else ""
    rounded = "" if node.kind == "dataset" else ", style=rounded"
    own = f"{id} [label={_quoted(_label(node))}, shape={shape}{rounded}{color}];"
    if not columns:
        yield f"    {own}"
        return
    yield f"    subgraph cluster_{id} {{"
    yield f"        {own}"
    for column, name in columns.items():
        yield f"        {id}{name} [label={_quoted(printable(column) or 'all rows')}, shape=plaintext];"
    yield "    }"


def _columns(graph: Graph) -> dict[str, dict[str, str]]:
    """Return the columns that edges touch, by dataset, each with a name of its own within it."""
    found: dict[str, dict[str, str]] = {}
    for flow in graph.column_edges:
        for id, column in ((flow.source, flow.source_column), (flow.target, flow.target_column)):
            of_dataset = found.setdefault(id, {})
            of_dataset.setdefault(column, f"c{len(of_dataset)}")
    return found


def _arrows(graph: Graph, columns: dict[str, dict[str, str]], ids: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    arrows: dict[tuple[str, str], bool] = {}
    for flow in graph.column_edges:
        source = ids[flow.source] + columns[flow.source][flow.source_column]
        target = ids[flow.target] + columns[flow.target][flow.target_column]
        arrows[source, target] = arrows.get((source, target), True) and flow.type == "INDIRECT"
    for (source, target), decides in arrows.items():
        yield source, target, decides


def _label(node: Node) -> str:
    version = version_of(node)
    name = f"{node.label}@{version}" if version else node.label
    if node.kind == "job" and node.at:
        name = f"{node.label} {short(node.at)}"
    wrong = f", {plural(node.failed, 'assertion')} failed" if node.failed else ""
    return printable(name).replace("\n", " ") + wrong


def _entities(text: str) -> str:
    """Return a text for Mermaid: whatever it could read as its own or as HTML is a number."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", text)


def _quoted(text: str) -> str:
    """Return a text as a quoted string of Graphviz, whose escapes are none of the text's."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _printer(lines: Callable[[Graph], Iterator[str]]) -> Callable[[Graph], None]:
    def draw(graph: Graph) -> None:
        sys.stdout.writelines(f"{line}\n" for line in lines(graph))

    return draw


DRAWINGS = {"mermaid": _printer(mermaid), "dot": _printer(dot)}
