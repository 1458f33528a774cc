"""Column lineage that an author declares, held against the columns that were read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hallmark.dataset import DatasetVersion
from hallmark.errors import StageError, closest
from hallmark.receipt import ColumnEdge, ColumnLineage

__all__ = ["ROWS", "declared_lineage"]

# The key of what decides over all rows.
ROWS = "*"
_SUBTYPES = {
    "DIRECT": ("IDENTITY", "TRANSFORMATION", "AGGREGATION"),
    "INDIRECT": ("JOIN", "GROUP_BY", "FILTER", "SORT", "WINDOW", "CONDITIONAL"),
}
_KEYS = ("input", "column", "type", "subtype", "description", "masking")


def declared_lineage(
    columns: Mapping[str, Sequence[Any]], inputs: Mapping[str, DatasetVersion], output: Sequence[str]
) -> ColumnLineage:
    """Return declared edges as the receipt keeps them.

    Args:
        columns: for each output column what reaches it: ``"input.column"``, which is a DIRECT TRANSFORMATION, or a
            mapping with ``input``, ``column`` and, where it is something else, ``type``, ``subtype``, ``description``
            and ``masking``. Under ``"*"`` stands what decides over all rows.
        inputs: what was read, by the names the declaration uses.
        output: the columns that were written.

    Raises:
        StageError: an input, a column or a word in it is not known.
    """
    for name in columns:
        if name != ROWS:
            _known(name, output, "columns= names the output column", "which the stage does not write")
    edges = {name: _edges(name, entries, inputs) for name, entries in columns.items()}
    rows = edges.pop(ROWS, ())
    return ColumnLineage({name: edges[name] for name in output if name in edges}, rows)


def _edges(name: str, entries: Any, inputs: Mapping[str, DatasetVersion]) -> tuple[ColumnEdge, ...]:
    listed = [entries] if isinstance(entries, (str, Mapping)) else list(entries)
    return tuple(_edge(name, entry, inputs) for entry in listed)


def _edge(name: str, entry: Any, inputs: Mapping[str, DatasetVersion]) -> ColumnEdge:
    stated = _stated(name, entry, inputs)
    for key in stated:
        _known(key, _KEYS, f"columns= of {name!r} has the key", "which says nothing")
    given, column = str(stated.get("input", "")), str(stated.get("column", ""))
    _known(given, list(inputs), f"columns= of {name!r} names the input", "which the stage does not read")
    version = inputs[given]
    if version.columns:
        have = [c.name for c in version.columns]
        _known(column, have, f"columns= of {name!r} names the column", f"which {version.name} does not have")
    kind, subtype = _kind(name, stated)
    return ColumnEdge(
        version.namespace,
        version.location,
        column,
        kind,  # type: ignore[arg-type]
        subtype,
        str(stated.get("description", "")),
        bool(stated.get("masking", False)),
    )


def _stated(name: str, entry: Any, inputs: Mapping[str, DatasetVersion]) -> Mapping[str, Any]:
    if isinstance(entry, Mapping):
        return entry
    text = str(entry)
    # An input's name may have dots itself: the longest that fits is meant.
    fitting = sorted((one for one in inputs if text.startswith(f"{one}.")), key=len)
    given, dot, column = text.partition(".")
    if fitting:
        given, column = fitting[-1], text[len(fitting[-1]) + 1 :]
    elif not dot:
        raise StageError(f"columns= of {name!r} names {text!r} without its input", 'write "input.column"')
    return {"input": given, "column": column}


def _kind(name: str, stated: Mapping[str, Any]) -> tuple[str, str]:
    """Return type and subtype; one of them tells the other, or its usual one."""
    default = "INDIRECT" if name == ROWS else "DIRECT"
    subtype = stated.get("subtype")
    of_subtype = next((kind for kind, words in _SUBTYPES.items() if subtype in words), None)
    kind = str(stated.get("type") or of_subtype or default)
    _known(kind, list(_SUBTYPES), f"columns= of {name!r} has the type", "which OpenLineage does not know")
    subtype = str(subtype or {"DIRECT": "TRANSFORMATION", "INDIRECT": "FILTER"}[kind])
    _known(subtype, _SUBTYPES[kind], f"columns= of {name!r} has the subtype", f"which is none of {kind}")
    if name == ROWS and kind == "DIRECT":
        raise StageError("columns= has a DIRECT edge under '*'", "name the output column, or make it INDIRECT")
    return kind, subtype


def _known(word: str, among: Sequence[str], found: str, wrong: str) -> None:
    if word in among:
        return
    likely = closest(word, among)
    raise StageError(
        f"{found} {word!r}, {wrong}", f"did you mean {likely!r}?" if likely else f"use one of {', '.join(among)}"
    )
