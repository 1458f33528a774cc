"""A validation for people: a page that stands by itself, and the table of a task's log."""

from __future__ import annotations

from hallmark.quality.report.files import require_place, write_report
from hallmark.quality.report.log import log_table
from hallmark.quality.report.overview import verdict
from hallmark.quality.report.page import html_report
from hallmark.quality.report.profiled import profile_of

__all__ = ["html_report", "log_table", "profile_of", "require_place", "verdict", "write_report"]
