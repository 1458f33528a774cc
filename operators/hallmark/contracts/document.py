"""A YAML file as a tree that knows where each field stands, so that a mistake in it is told with its line."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hallmark.errors import ContractError, closest

if TYPE_CHECKING:
    from yaml import Node as YamlNode

__all__ = ["Node", "parse"]

Step = str | int
_NAMES = {dict: "a mapping", list: "a list", str: "a text", bool: "a yes or no", type(None): "empty"}
_OWN = "put what is your own under customProperties"


@dataclass(frozen=True)
class Node:
    """A value in a contract's file and the way to it.

    Args:
        value: as YAML has it.
        path: keys and positions that lead to it.
        origin: the file, for messages.
        lines: by path, the line where a value begins, from 1.
    """

    value: Any
    path: tuple[Step, ...] = ()
    origin: str = "contract"
    lines: Mapping[tuple[Step, ...], int] = field(default_factory=dict, repr=False)

    @property
    def field(self) -> str:
        """The way as a reader writes it: ``schema[0].properties[2].name``."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")

    def fault(self, found: str, remedy: str) -> ContractError:
        """Return the error for this value, with file, line and field."""
        at = next((self.lines[p] for p in self._ways() if p in self.lines), None)
        line = f", line {at}" if at else ""
        return ContractError(f"{self.origin}{line}: {self.field or 'the file'} {found}", remedy)

    def has(self, key: str) -> bool:
        """Tell whether the mapping has a value under a key."""
        return self.value.get(key) is not None

    def at(self, step: Step) -> Node:
        """Return what is under a key or at a position; its value is None where there is nothing."""
        inner = self.value.get(step) if isinstance(self.value, Mapping) else self.value[step]
        return Node(inner, (*self.path, step), self.origin, self.lines)

    def mapping(self, known: Collection[str] | None = None) -> Node:
        """Return itself if it is a mapping with no other than the known keys."""
        if not isinstance(self.value, dict):
            raise self.fault(f"is {_kind(self.value)} where a mapping belongs", "write key: value pairs")
        for key in self.value:
            if known is not None and key not in known:
                likely = closest(str(key), known, cutoff=0.7)
                remedy = f"did you mean {likely}?" if likely else _OWN
                raise self.at(key).fault("is not a field of the Open Data Contract Standard here", remedy)
        return self

    def items(self, key: str) -> Iterator[Node]:
        """Yield the entries of a list, none if it is absent."""
        inner = self.at(key)
        if inner.value is None:
            return
        if not isinstance(inner.value, list):
            raise inner.fault(
                f"is {_kind(inner.value)} where a list belongs", "write one entry a line, each after '- '"
            )
        yield from (inner.at(position) for position in range(len(inner.value)))

    def text(self, key: str) -> str | None:
        """Return a text, or None where there is none."""
        inner = self.at(key)
        if inner.value is None or (isinstance(inner.value, str) and inner.value.strip()):
            return inner.value
        raise inner.fault(f"is {_shown(inner.value)} where a text belongs", "put the text in quotes")

    def needed(self, key: str, example: str) -> str:
        """Return a text that must be there."""
        found = self.text(key)
        if found is None:
            raise self.at(key).fault("is missing", f"write {key}: {example}")
        return found

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a yes or no."""
        inner = self.at(key)
        if inner.value is None or isinstance(inner.value, bool):
            return default if inner.value is None else inner.value
        raise inner.fault(f"is {_shown(inner.value)}", "write true or false")

    def number(self, key: str) -> float | int | None:
        """Return a number, or None where there is none."""
        inner = self.at(key)
        if inner.value is None:
            return None
        return inner.finite()

    def finite(self) -> float | int:
        """Return itself if it is a number."""
        if isinstance(self.value, (int, float)) and not isinstance(self.value, bool) and math.isfinite(self.value):
            return self.value
        raise self.fault(f"is {_shown(self.value)} where a number belongs", "write a number without quotes")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self.at(key)._entry(item) for item in self.items(key))

    def _entry(self, item: Node) -> str:
        if not isinstance(item.value, str):
            raise item.fault(f"is {_shown(item.value)} where a text belongs", "put the text in quotes")
        return item.value

    def _ways(self) -> Iterator[tuple[Step, ...]]:
        """Yield the path, then those of what it stands in."""
        for length in range(len(self.path), -1, -1):
            yield self.path[:length]


def parse(text: str, origin: str) -> Node:
    """Read YAML or JSON.

    Raises:
        ContractError: it is neither, or has a key twice; it names the line.
    """
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        try:
            root = loader.get_single_node()
            lines = dict(_lines(root, (), origin, set())) if root is not None else {}
            value = loader.construct_document(root) if root is not None else None  # type: ignore[no-untyped-call]
        finally:
            loader.dispose()  # type: ignore[no-untyped-call]
    except yaml.YAMLError as error:
        raise ContractError(f"{origin}{_line(error)} is not valid YAML{_problem(error)}", "mend the file") from error
    except ValueError as error:
        raise ContractError(
            f"{origin} has a value that YAML cannot read ({error})", "put the value in quotes"
        ) from error
    return Node(value, (), origin, lines)


def _lines(
    node: YamlNode, path: tuple[Step, ...], origin: str, seen: set[int]
) -> Iterator[tuple[tuple[Step, ...], int]]:
    """Yield the line of each field; a key that stands twice is refused, for YAML would drop the first."""
    import yaml

    yield path, node.start_mark.line + 1
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _lines(item, (*path, position), origin, seen)
    elif isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in keys:
                raise ContractError(f"{origin}, line {line}: {name} stands twice in one mapping", "keep one of them")
            keys.add(name)
            yield from _lines(value, (*path, name), origin, seen)
            yield (*path, name), line


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def _problem(error: Exception) -> str:
    problem = getattr(error, "problem", None)
    return f" ({problem})" if problem else ""


def _kind(value: Any) -> str:
    return _NAMES.get(type(value), f"the value {value!r}")


def _shown(value: Any) -> str:
    return _NAMES[type(value)] if isinstance(value, (dict, list)) or value is None else repr(value)
