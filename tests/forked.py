"""Processes that tests fork: what they need is imported once, by the server they are forked from."""

from __future__ import annotations

PRELOADED = [
    "great_expectations",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "duckdb",
    "deltalake",
    "hallmark.catalog.face",
    "hallmark.storage.publishing",
    "hallmark.stages.dataset_target",
    "hallmark.stages.lifecycle",
]
