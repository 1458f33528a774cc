"""Step three: what a stage wrote, held against its suite, with the rows that failed set apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.engines.duckdb import first_row, rows_of
from hallmark.quality.compiler import Table
from hallmark.quality.compiler.formats import ResultFormat
from hallmark.quality.compiler.suite import Checked, check
from hallmark.quality.data.duck import in_order, table_in
from hallmark.quality.result import ValidationResult
from hallmark.quality.suite import Suite

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["FAILED_EXPECTATIONS", "Audit", "audit", "audit_table"]

# The column of a quarantine table that says what each row failed.
FAILED_EXPECTATIONS = "failed_expectations"


@dataclass(frozen=True)
class Audit:
    """A suite's verdict on some rows, and the critical row-level expectations that some of them failed.

    Args:
        result: the verdict.
        table: the rows.
        failures: title of each such expectation and the predicate of the rows that failed it.
    """

    result: ValidationResult
    table: Table
    failures: tuple[tuple[str, exp.Expression], ...] = ()

    @property
    def failed_rows(self) -> exp.Select:
        """The query for the rows that failed, with a column that lists what each of them failed."""
        titles = [
            exp.Case(ifs=[exp.If(this=self.table.over_source(p), true=exp.Literal.string(t))]) for t, p in self.failures
        ]
        there = exp.Not(this=exp.Is(this=exp.column("title"), expression=exp.null()))
        told = exp.Lambda(this=there, expressions=[exp.to_identifier("title")])
        listed = exp.func("list_filter", exp.Array(expressions=titles), told)
        query = self._rows.select(exp.alias_(listed, FAILED_EXPECTATIONS, quoted=True))
        return query.where(self._failed)

    @property
    def good_rows(self) -> exp.Select:
        """The query for the rows that failed nothing."""
        return self._rows.where(exp.Not(this=self._failed))

    def count_failed(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Count the rows that failed."""
        query = exp.select(exp.Count(this=exp.Star())).from_(self.table.source.copy()).where(self._failed)
        return int(first_row(connection, query)[0])

    @property
    def _rows(self) -> exp.Select:
        return exp.select("*").from_(self.table.source.copy())

    @property
    def _failed(self) -> exp.Expression:
        any_of = exp.or_(*(self.table.over_source(predicate) for _, predicate in self.failures))
        return exp.Coalesce(this=exp.Paren(this=any_of), expressions=[exp.false()])


def audit(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    suite: Suite,
    *,
    samples: int,
    parameters: Mapping[str, Any] | None = None,
) -> Audit:
    """Check the rows of a view against a suite.

    Args:
        connection: where the view is.
        view: what was written.
        suite: its columns must all be there.
        samples: whole failing rows to keep for each expectation.
        parameters: values of the suite's ``$PARAMETER`` entries.

    Raises:
        SuiteError: the suite looks at an absent column or has an unknown expectation.
    """
    with in_order(connection):
        return audit_table(
            table_in(connection, view),
            suite,
            samples=samples,
            parameters=parameters,
            frame=lambda: _frame(connection, view),
        )


def audit_table(
    table: Table,
    suite: Suite,
    *,
    samples: int,
    parameters: Mapping[str, Any] | None = None,
    frame: Callable[[], pd.DataFrame] | None = None,
) -> Audit:
    """Check a table against a suite; as :func:`audit`, for data wherever it is.

    Args:
        table: the data.
        suite: its columns must all be there.
        samples: whole failing rows to keep for each expectation.
        parameters: values of the suite's ``$PARAMETER`` entries.
        frame: brings the data for expectations that only Great Expectations itself can check.

    Raises:
        SuiteError: the suite looks at an absent column or has an unknown expectation.
    """
    suite.require_columns(table.names)
    shown = ResultFormat("SUMMARY", partial=max(samples, 1))
    checked = check(table, suite, format=shown, parameters=parameters, samples=samples, frame=frame)
    return Audit(ValidationResult(suite.name, checked.outcomes, {"engine": checked.engine}), table, _failures(checked))


def _failures(checked: Checked) -> tuple[tuple[str, exp.Expression], ...]:
    return tuple(
        (outcome.expectation.title, predicate)
        for outcome, predicate in zip(checked.outcomes, checked.unexpected, strict=True)
        if predicate is not None and not outcome.success and outcome.expectation.severity == "critical"
    )


def _frame(connection: duckdb.DuckDBPyConnection, view: str) -> pd.DataFrame:
    from hallmark.engines.duckdb import sql_of
    from hallmark.quality.gx import frame_of

    return frame_of(connection.sql(sql_of(rows_of(view))).to_arrow_table())
