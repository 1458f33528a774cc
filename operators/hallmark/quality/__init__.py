"""Suites, their verdicts in GX's shape, profiles, and the gate that holds a stage's output against them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_PUBLIC = {
    "Expectation": "hallmark.quality.suite",
    "Suite": "hallmark.quality.suite",
    "ValidationResult": "hallmark.quality.result",
    "load_suite": "hallmark.quality.suite",
    "validate": "hallmark.quality.validate",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from hallmark.quality.result import ValidationResult as ValidationResult
    from hallmark.quality.suite import Expectation as Expectation
    from hallmark.quality.suite import Suite as Suite
    from hallmark.quality.suite import load_suite as load_suite
    from hallmark.quality.validate import validate as validate


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'hallmark.quality' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value
