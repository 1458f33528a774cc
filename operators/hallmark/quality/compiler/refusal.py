"""Why an expectation cannot be checked: its outcome has an error then, and the others go on."""

from __future__ import annotations

__all__ = ["Refusal"]


class Refusal(Exception):
    """An expectation's arguments or columns are not such that it could be checked. Never leaves the gate."""
