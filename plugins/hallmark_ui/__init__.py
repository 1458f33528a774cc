"""The plugin inside the Airflow UI."""

from __future__ import annotations
