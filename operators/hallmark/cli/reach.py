"""Asking the catalog: one that is not there yet is empty, and an unknown name is answered with those that are close."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from hallmark.config import settings
from hallmark.errors import CatalogError

if TYPE_CHECKING:
    from hallmark.catalog import Catalog

__all__ = ["UnknownName", "ask", "catalog_name", "closest", "empty"]

T = TypeVar("T")

# Seconds a person waits for a database that does not answer.
_PATIENCE = 2.0


class UnknownName(CatalogError):
    """The catalog has nothing of the name that was asked for."""


def ask(question: Callable[[Catalog], T], otherwise: T) -> T:
    """Ask the catalog of the ``[hallmark]`` options.

    Args:
        question: what to ask.
        otherwise: the answer of a catalog whose file is not there; a question does not create it.

    Raises:
        CatalogError: the catalog is out of reach or not migrated.
    """
    from hallmark.catalog import catalog_url, open_catalog
    from hallmark.catalog.address import file_of

    chosen = settings()
    file = file_of(catalog_url(chosen))
    if file is not None and not file.exists():
        return otherwise
    return question(open_catalog(chosen, patience=_PATIENCE))


def catalog_name() -> str:
    """Return the catalog's URL as it may be shown."""
    from hallmark.catalog import catalog_url
    from hallmark.catalog.address import shown

    return shown(catalog_url())


def empty(things: str) -> str:
    """Return what to tell somebody who finds nothing in the catalog."""
    return (
        f"No {things} yet: the catalog {catalog_name()} has none.\n"
        "Run `hallmark demo` to see the example pipeline, or a DAG with Hallmark's operators.\n"
        "If your catalog is elsewhere, set AIRFLOW_HOME or [hallmark] catalog_url."
    )


def closest(kind: str, name: str, known: Iterable[str]) -> UnknownName:
    """Return the error for an unknown name: it names those that are close, or all if they are few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    near += [n for n in names if name.lower() in n.lower() and n not in near][: 3 - len(near)]
    found = f"the catalog has no {kind} {name!r}"
    if near:
        return UnknownName(found, f"did you mean {' or '.join(near)}?")
    return UnknownName(found, f"see `hallmark {kind}s`" if names else "it is empty; run `hallmark demo` or a DAG first")
