"""The stages: Airflow operators, and the five steps that all of them run. Only here and above is Airflow imported."""

from __future__ import annotations
