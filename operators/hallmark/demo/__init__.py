"""The demonstration: the example pipeline on real input, with one month that is damaged on purpose."""

from __future__ import annotations
