"""The smallest stage: its work is a query, and it reads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from hallmark.receipt import CodeVersion
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import Input
from hallmark.stages.job import Job, Work

__all__ = ["Loads"]


@dataclass(frozen=True)
class Loads:
    """A stage whose work is a query.

    Args:
        goes_to: what it publishes.
        sql: in DuckDB's dialect.
        file: whose code it says it is.
    """

    goes_to: DatasetTarget
    sql: str
    file: str = "dag.py"

    def inputs(self) -> Mapping[str, Input]:
        return {}

    def target(self) -> DatasetTarget:
        return self.goes_to

    def work(self, _job: Job) -> Work:
        query = sqlglot.parse_one(self.sql, dialect="duckdb")
        assert isinstance(query, exp.Query)
        return Work(query)

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def code(self) -> CodeVersion:
        return CodeVersion(self.file, "0" * 64)
