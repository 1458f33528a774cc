"""How a version came to be, as a tree: each version with what made it, below it what that was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.text import Text
from rich.tree import Tree

from hallmark.cli.formats import count, mark, plural, printable, when
from hallmark.cli.lineage_tree import DEEPEST, GUIDE, Whole, short

if TYPE_CHECKING:
    from hallmark.lineage.graph import Chain, Link, Suite

__all__ = ["page"]

# Of what has more inputs than this the first few are shown, and how many there are.
_MANY, _FEW = 8, 5
_COMMIT = 10
# What is told of a version is given so many characters, however deep it stands.
_LEAST = 40


def page(chain: Chain, width: int) -> Iterator[RenderableType]:
    """Yield a chain as text; names stay whole, what is told of them wraps after so many characters."""
    links = {link.id: link for link in chain.links}
    sources = len(chain.sources)
    beside = f"made in {plural(len(links) - sources, 'step')} from {plural(sources, 'source')}"
    tree = Tree(
        Text.assemble((printable(f"{chain.dataset}@{chain.version}"), "bold"), f"  {beside}"), guide_style="dim"
    )
    _grow(tree, links, chain.starts, set(), width, DEEPEST)
    yield Whole(tree)
    if chain.truncated:
        yield "\nThere is more behind these versions than is shown."


def _grow(tree: Tree, links: Mapping[str, Link], ids: tuple[str, ...], seen: set[str], width: int, levels: int) -> None:
    if ids and not levels:
        tree.add(Text("… what came before is not drawn; --json tells all", "dim"))
        return
    left = max(width - GUIDE, _LEAST)
    known = [links[id] for id in ids if id in links]
    shown = known if len(known) <= _MANY else known[:_FEW]
    for link in shown:
        if link.id in seen:
            again = "  see above" if not link.is_source else ""
            tree.add(_head(link).append(again, "dim italic"))
            continue
        seen.add(link.id)
        about = (Constrain(fact, left) for fact in _facts(link))
        _grow(tree.add(Group(_head(link), *about)), links, link.inputs, seen, left, levels - 1)
    if len(shown) < len(known):
        tree.add(Text(f"and {plural(len(known) - len(shown), 'more')[:-1]}", "dim"))


def _head(link: Link) -> Text:
    name = printable(link.dataset.removeprefix("dataset:"))
    newest = short(link.versions[-1]) if link.versions else ""
    version = f"@{newest}" if newest else ""
    text = Text.assemble((name + version, "cyan"), no_wrap=True, overflow="ignore")
    for fact in (
        link.kind if link.kind not in ("dataset", "query") else "",
        "source" if link.is_source else "",
        f"{count(link.rows)} rows" if link.rows is not None else "",
        _partitions(link),
        f"{plural(len(link.versions), 'version')}" if link.is_source and len(link.versions) > 1 else "",
    ):
        text.append(f"  {fact}" if fact else "")
    return text


def _partitions(link: Link) -> str:
    names = sorted(link.partitions)
    if len(names) < 2:
        return f"partition {printable(names[0])}" if names else ""
    return f"{plural(len(names), 'partition')} {printable(names[0])} … {printable(names[-1])}"


def _facts(link: Link) -> Iterator[Text]:
    for label, value in (
        ("by", _run(link)),
        ("code", _code(link)),
        ("suite", _suite(link.suite) if link.suite else None),
    ):
        if value:
            yield Text.assemble((f"{label:<6}", "dim"), value)


def _run(link: Link) -> Text | None:
    if link.job is None:
        return None
    job = printable(link.job.removeprefix("job:"))
    who = f" for {printable(link.principal)}" if link.principal else ""
    runs = f" in {plural(len(link.runs), 'run')}" if len(link.runs) > 1 else ""
    days = " … ".join(dict.fromkeys(when(moment) for moment in (link.first_at, link.last_at) if moment))
    return Text(f"{job}{who}{runs}{f', {days}' if days else ''}")


def _code(link: Link) -> Text | None:
    code = link.code or {}
    state = code.get("commit") or code.get("version") or code.get("sha256")
    where = code.get("path") or code.get("file") or code.get("url")
    if not (state or where):
        return None
    dirty = ", changed since" if code.get("dirty") else ""
    at = f" at {printable(str(state)[:_COMMIT])}{dirty}" if state else ""
    return Text(f"{printable(str(where or 'unknown'))}{at}")


def _suite(suite: Suite) -> Text:
    held = f", {suite.passed} of {plural(suite.passed + suite.failed, 'expectation')} met"
    name = f"{printable(suite.name)} " if suite.name else ""
    return Text.assemble(name, mark(suite.verdict), held)
