"""Suites from data: a dataset is profiled, and what it has in common is written down as expectations, each with why."""

from __future__ import annotations

from hallmark.quality.suggest.facts import Leeway
from hallmark.quality.suggest.suggesting import suggest, suggest_from
from hallmark.quality.suggest.values import SuggestedSuite, Suggestion

__all__ = ["Leeway", "SuggestedSuite", "Suggestion", "suggest", "suggest_from"]
