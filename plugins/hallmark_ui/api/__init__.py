"""The plugin's API. Airflow puts no login before a plugin's app: every router here asks for Airflow's user itself."""

from __future__ import annotations
