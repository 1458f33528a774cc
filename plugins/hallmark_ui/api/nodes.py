"""Nodes of the graph as a request names them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from fastapi import HTTPException
from sqlalchemy import Connection

from hallmark.errors import LineageError
from hallmark.lineage import graph
from hallmark.lineage.browse import datasets
from hallmark_ui.api.marquez.shapes import version_uuid

__all__ = ["found", "marquez_node", "or_absent", "told_version"]

# With how many colons at least.
_KINDS = {"dataset:": 2, "job:": 2, "datasetField:": 3}
_PER_VERSION = "#"
# A name is tried split at each of these; a text made of little else would be tried for hours.
_SEPARATORS, _MOST_WAYS = ":.@", 20_000


def found(connection: Connection, text: str) -> graph.Node:
    """Return the node that a text names: Hallmark's name, or OpenLineage's.

    Raises:
        HTTPException: 400, it has too many separators to be a name; 404, there is no such node.
    """
    _checked(text)
    with or_absent():
        return graph.find(connection, text)


def marquez_node(connection: Connection, text: str) -> graph.Node:
    """Return the node of a ``nodeId`` of Marquez's: with its kind before it, and maybe a version's UUID behind it.

    Raises:
        HTTPException: 400, it is none; 404, there is no such node.
    """
    kind = next((kind for kind in _KINDS if text.startswith(kind)), None)
    if kind is None or text.count(":") < _KINDS[kind]:
        raise HTTPException(
            400,
            "nodeId is dataset:<namespace>:<name>, job:<namespace>:<name> or datasetField:<namespace>:<name>:<field>.",
        )
    _checked(text)
    for name, version in _readings(text):
        with suppress(HTTPException):
            node = found(connection, name)
            if _fits(connection, node, kind, version):
                return node if version is None else replace(node, at=told_version(connection, node, version))
    raise HTTPException(404, f"There is no {text[:300]!r}.")


def told_version(connection: Connection, node: graph.Node, asked: str) -> str:
    """Return what its producer calls a version that may be named by its UUID; of a job, what was asked."""
    if node.kind != "dataset":
        return asked
    uuid = (node.namespace, node.name)
    version = datasets.version(connection, node.number, lambda told: asked in (told, version_uuid(*uuid, told)))
    return version.version if version else asked


def _checked(text: str) -> None:
    ways = 1
    for separator in _SEPARATORS:
        ways *= text.count(separator) + 1
    if not text or ways > _MOST_WAYS:
        raise HTTPException(
            400, "That is no name of a node: write dataset:<namespace>:<name> or job:<namespace>:<name>."
        )


def _readings(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield a text whole, for names may have the sign too, and then with what stands behind the last as a version."""
    yield text, None
    name, sign, version = text.rpartition(_PER_VERSION)
    if sign and version:
        yield name, version


def _fits(connection: Connection, node: graph.Node, kind: str, version: str | None) -> bool:
    """Tell whether a node is of the kind: what is left over of another name must not be taken for a column."""
    if kind != "datasetField:":
        return node.column is None
    if node.column is None:
        return False
    return version is not None or node.column in graph.columns_of(connection, node.number)


@contextmanager
def or_absent() -> Iterator[None]:
    """Answer 404 where the graph has nothing of that kind."""
    try:
        yield
    except LineageError as error:
        raise HTTPException(404, str(error)) from error
