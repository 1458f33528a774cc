"""Figures of every column of what was written: kept with each version, and told as OpenLineage's dataQualityMetrics.

One scan counts and measures all columns together. A second one, of tables that are not very wide, counts the most
frequent values and the values in each bin of a histogram.
"""

from __future__ import annotations

from hallmark.quality.profile.families import QUANTILES
from hallmark.quality.profile.scan import profile
from hallmark.quality.profile.values import ColumnProfile, Histogram, Profile, TopValue

__all__ = ["QUANTILES", "ColumnProfile", "Histogram", "Profile", "TopValue", "profile"]
