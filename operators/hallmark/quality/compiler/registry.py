"""The expectations that are compiled: one entry each, under Great Expectations' name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hallmark.errors import closest
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.run import Steps

__all__ = ["REGISTRY", "Entry", "Found", "entry_of", "expectation"]

# Arguments that every expectation may carry and that change nothing in what is checked here.
_COMMON = {"result_format", "catch_exceptions", "include_config", "batch_id", "meta", "notes", "description"}
_CONDITION = {"row_condition", "condition_parser"}


@dataclass(frozen=True)
class Found:
    """What a check found.

    Args:
        success: its verdict.
        result: Great Expectations' ``result``.
        unexpected: a predicate over the rows that is true for the unexpected ones; None where rows are not judged.
        samples: some whole rows that are unexpected.
    """

    success: bool
    result: Mapping[str, Any]
    unexpected: Any = None
    samples: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Entry:
    """One expectation: its name, its check, and in a few words how it is run."""

    type: str
    check: Callable[..., Steps]
    how: str
    conditional: bool = True

    @cached_property
    def arguments(self) -> Mapping[str, inspect.Parameter]:
        parameters = inspect.signature(self.check).parameters
        return {name: p for name, p in parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}

    def chosen(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments for the check.

        Raises:
            Refusal: one is not known, or one is missing that is needed.
        """
        allowed = {*self.arguments, *_COMMON, *(_CONDITION if self.conditional else ())}
        for name in kwargs:
            if name not in allowed:
                likely = closest(name, sorted(allowed))
                raise Refusal(f"{name} is not one of its arguments" + (f"; did you mean {likely}?" if likely else ""))
        missing = [n for n, p in self.arguments.items() if p.default is inspect.Parameter.empty and n not in kwargs]
        if missing:
            raise Refusal(f"its argument {missing[0]} is missing")
        return {name: kwargs[name] for name in self.arguments if name in kwargs}


REGISTRY: dict[str, Entry] = {}


def expectation(type_: str, how: str, *, conditional: bool = True) -> Callable[[Callable[..., Steps]], Any]:
    """Register a check under an expectation's name; its keyword-only arguments are the expectation's.

    Args:
        type_: Great Expectations' name.
        how: in a few words, for the documentation.
        conditional: whether it takes a ``row_condition``.
    """

    def register(check: Callable[..., Steps]) -> Callable[..., Steps]:
        REGISTRY[type_] = Entry(type_, check, how, conditional)
        return check

    return register


def entry_of(type_: str) -> Entry | None:
    """Return the entry of an expectation, None if it is not compiled."""
    from hallmark.quality.compiler import expectations

    return expectations.REGISTRY.get(type_)
