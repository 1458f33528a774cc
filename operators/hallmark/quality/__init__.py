"""Suites, their verdicts in GX's shape, profiles, and the gate that holds a stage's output against them."""

from __future__ import annotations

from hallmark.quality.result import ValidationResult
from hallmark.quality.suite import Expectation, Suite, load_suite

# Not loaded when it is asked for: the module of the same name would hide the function from whoever asks next.
from hallmark.quality.validate import validate

__all__ = ["Expectation", "Suite", "ValidationResult", "load_suite", "validate"]
