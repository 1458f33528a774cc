"""Lineage that an author declares: what is read and written, named as lineage names it, and column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from hallmark.dataset import Dataset
from hallmark.errors import StageError

if TYPE_CHECKING:
    from airflow.sdk import Asset

__all__ = ["Declaration", "Named", "declare", "identity_of", "is_asset", "texts"]

OWN = "hallmark://"
FORMS = "give a Dataset, an Asset, a (namespace, name) pair, or a URI such as postgres://host:5432/shop.public.orders"


class Named(Protocol):
    """Something that is read or written."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What may stand before a column's name to say that the column is this one's."""
        ...

    def identity(self) -> tuple[str, str]:
        """Return namespace and name in lineage."""
        ...

    def facets(self) -> dict[str, Any]:
        """Return what is known of it."""
        ...


@dataclass(frozen=True)
class _Dataset:
    """A dataset of Hallmark's."""

    dataset: Dataset

    @property
    def labels(self) -> tuple[str, ...]:
        return _labels(self.dataset.name)

    def identity(self) -> tuple[str, str]:
        from hallmark.stages.inputs import described

        version = described(self.dataset, None)
        return version.namespace, version.location

    def facets(self) -> dict[str, Any]:
        from hallmark.lineage.facets import inputs_of
        from hallmark.stages.inputs import described

        (told,) = inputs_of([described(self.dataset, None)])
        return dict(told.facets or {})


@dataclass(frozen=True)
class _Asset:
    """An Airflow asset, which its provider names if it can."""

    asset: Asset

    @property
    def labels(self) -> tuple[str, ...]:
        return _labels(self.asset.name, self.asset.uri)

    def identity(self) -> tuple[str, str]:
        from airflow.providers.openlineage.utils.utils import translate_airflow_asset

        from hallmark.lineage.naming import normal

        known = translate_airflow_asset(self.asset, None)
        return identity_of(self.asset.uri) if known is None else normal(known.namespace, known.name)

    def facets(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class _Pair:
    """A namespace and a name."""

    namespace: str
    name: str
    written: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        return _labels(self.name, *([self.written] if self.written else []))

    def identity(self) -> tuple[str, str]:
        from hallmark.lineage.naming import normal

        return normal(self.namespace, self.name)

    def facets(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Declaration:
    """What a task reads and writes, and from which columns of its inputs each column of an output comes."""

    inputs: tuple[Named, ...]
    outputs: tuple[Named, ...]
    columns: Mapping[int, Mapping[str, tuple[tuple[Named, str], ...]]] = field(default_factory=dict)


def declare(inputs: Any, outputs: Any, columns: Any = None) -> Declaration:
    """Read what an author declared.

    Args:
        inputs, outputs: each a :class:`~hallmark.Dataset`, an Airflow asset, a (namespace, name) pair or a URI.
        columns: ``{"output.column": ["input.column", …]}``; the part before the dot may be left out where there is one
            output, or one input.

    Raises:
        StageError: nothing is declared, one cannot be named, or a column's path names no output or no input.
    """
    read, written = (tuple(map(_named, _several(given))) for given in (inputs, outputs))
    if not read and not written:
        raise StageError("neither an input nor an output is declared", f"set inputs= or outputs=: {FORMS}")
    return Declaration(read, written, _columns({} if columns is None else columns, read, written))


def is_asset(given: Any) -> bool:
    """Tell an asset from what else may be declared."""
    return hasattr(given, "uri") and hasattr(given, "name")


def identity_of(uri: str) -> tuple[str, str]:
    """Return namespace and name of what a URI points at, as OpenLineage's naming conventions have them.

    Raises:
        StageError: it has no scheme and is no absolute path, or names nothing in its namespace.
    """
    from hallmark.lineage.naming import table_identity
    from hallmark.lineage.redaction import redacted

    shown = redacted(uri)
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise StageError(f"{shown!r} is no URI ({redacted(str(error))})", FORMS) from None
    namespace, name = table_identity(uri)
    if not (parts.scheme or uri.startswith("/")) or not name.strip("/"):
        raise StageError(f"{shown!r} names nothing in lineage", FORMS)
    return namespace, name


def _several(given: Any) -> Sequence[Any]:
    if given is None:
        return ()
    if isinstance(given, (list, tuple, set, frozenset)) and not _is_pair(given):
        return tuple(given)
    return (given,)


def _is_pair(given: Any) -> bool:
    """Tell a (namespace, name) pair from two URIs: the second of a pair is no URI."""
    return (
        isinstance(given, tuple)
        and len(given) == 2
        and all(isinstance(part, str) and part for part in given)
        and "://" not in given[1]
        and not (given[0].startswith("/") and given[1].startswith("/"))
    )


def _named(given: Any) -> Named:
    if isinstance(given, Dataset):
        return _Dataset(given)
    if is_asset(given):
        if not given.uri.startswith(OWN):
            identity_of(given.uri)
        return _Asset(given)
    if isinstance(given, (list, tuple)) and _is_pair(tuple(given)):
        return _Pair(*given)
    if isinstance(given, str):
        return _own(given) if given.startswith(OWN) else _Pair(*identity_of(given), written=given)
    raise StageError(f"{given!r} is nothing that lineage can name", FORMS)


def _own(uri: str) -> Named:
    """Return the dataset or model of Hallmark's that a URI names."""
    from airflow.sdk import Asset

    try:
        return _Asset(Asset(uri))
    except ValueError as error:
        raise StageError(f"{uri!r} names nothing in lineage", str(error)) from None


def _columns(columns: Any, inputs: Sequence[Named], outputs: Sequence[Named]) -> dict[int, dict[str, Any]]:
    if not isinstance(columns, Mapping):
        raise StageError(f"columns is a {type(columns).__name__}", 'write {"output.column": ["input.column"]}')
    found: dict[int, dict[str, Any]] = {}
    for path, sources in columns.items():
        output, column = _column(path, outputs, "output")
        listed = [sources] if isinstance(sources, str) else sources
        if not isinstance(listed, (list, tuple, set, frozenset)) or not listed:
            raise StageError(
                f"column {path!r} comes from {sources!r}", 'list the columns it comes from: ["input.column"]'
            )
        edges = tuple((inputs[number], name) for number, name in (_column(s, inputs, "input") for s in listed))
        found.setdefault(output, {})[column] = edges
    return found


def _column(path: Any, among: Sequence[Named], side: str) -> tuple[int, str]:
    """Return which of some inputs or outputs a column's path names, and the column."""
    if not isinstance(path, str) or not path.strip("."):
        raise StageError(f"{path!r} is no path of a column", f'write "{side}.column"')
    if len(among) == 1 and "." not in path:
        return 0, path
    matches = [
        (len(label), number)
        for number, one in enumerate(among)
        for label in one.labels
        if path.startswith(f"{label}.") and len(path) > len(label) + 1
    ]
    best = max((length for length, _ in matches), default=0)
    numbers = {number for length, number in matches if length == best}
    remedy = f'write "{side}.column"; {side}s: {", ".join(repr(one.labels[0]) for one in among) or "none is declared"}'
    if not numbers:
        raise StageError(f"the column {path!r} names none of the {side}s", remedy)
    if len(numbers) > 1:
        raise StageError(f"the column {path!r} names several of the {side}s", remedy)
    return numbers.pop(), path[best + 1 :]


def _labels(*names: str) -> tuple[str, ...]:
    """Return names, and their last parts: the table, the file."""
    lasts = [name.rstrip("/").rpartition("/")[2] for name in names]
    return tuple(dict.fromkeys((*names, *lasts, *(last.rpartition(".")[2] for last in lasts))))


def texts(value: Any) -> Iterable[str]:
    """Give the strings in an argument, however nested: those in which a template may stand."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from texts(item)
