"""A dataset as a stage's output: a Delta table's partition, written beside the table's files and committed at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.errors import SourceError, StageError
from hallmark.receipt import ColumnLineage, Receipt
from hallmark.stages.inputs import described, with_contract
from hallmark.stages.job import Draft, Job, Work, log
from hallmark.stages.targets import NOTHING_PUBLISHED
from hallmark.stages.verdict import judged
from hallmark.storage.paths import checked_partition, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from hallmark.contracts import Contract
    from hallmark.quality.gate import Audit
    from hallmark.quality.suite import Expectation, Suite
    from hallmark.storage.snapshot import Snapshot
    from hallmark.storage.writing import Staged

__all__ = ["DatasetTarget", "FailedRows"]

FailedRows = Literal["fail", "quarantine"]
OUTPUT = "hallmark_output"
WRITTEN = "hallmark_written"


@dataclass(frozen=True)
class DatasetTarget:
    """A dataset, or one partition of it.

    Args:
        dataset: what is written.
        partition: which partition, or None for a dataset without partitions.
        suite: path of its suite, already absolute; None for no gate.
        on_failed_rows: what becomes of rows that fail a critical row-level expectation: the stage fails, or the
            rows go to the dataset's quarantine and the others are published.
        max_quarantined: share of rows (0 to 1) that may go to quarantine before the stage fails.
        suite_parameters: values of the suite's ``$PARAMETER`` entries.
        may_be_empty: whether an output without rows may be published.
        contract: the dataset's contract, if a file says it; its quality rules are checked with the suite.
    """

    dataset: Dataset
    partition: str | None = None
    suite: str | None = None
    on_failed_rows: FailedRows = "fail"
    max_quarantined: float = 0.05
    suite_parameters: Mapping[str, Any] = field(default_factory=dict)
    may_be_empty: bool = False
    contract: Contract | None = None

    subject: ClassVar[str] = "dataset"
    aftermath: ClassVar[str] = NOTHING_PUBLISHED

    @property
    def name(self) -> str:
        return self.dataset.name

    def declared(self, job: Job | None) -> DatasetVersion:
        return described(self.dataset, job, self.partition)

    def open(self, job: Job) -> Snapshot | None:
        from hallmark.storage.publishing import recover
        from hallmark.storage.snapshot import snapshot

        checked_partition(self.partition)
        for dataset in (self.dataset, self.dataset.quarantine):
            for receipt in recover(table_of(dataset.name, job.settings), job.settings.staging_ttl_hours * 3600):
                log.info("removed what receipt %s left unpublished in %s", receipt, dataset)
        base = snapshot(table_of(self.name, job.settings))
        if base is not None and base.partition_by != self._partition_by:
            kind = f"partitioned by {base.partition_by!r}" if base.partition_by else "not partitioned"
            raise StageError(
                f"dataset {self.dataset} is {kind} and the stage was given partition {self.partition!r}"
                + (f" of {self._partition_by!r}" if self._partition_by else ""),
                "set partition= and partition_by as in the stage that first published it",
            )
        return base

    def adopt(self, job: Job, receipt: Receipt) -> DatasetVersion | None:
        from hallmark.storage.publishing import published_version

        version = published_version(table_of(self.name, job.settings), receipt.id)
        return None if version is None or receipt.output is None else replace(receipt.output, version=str(version))

    def write(self, job: Job, work: Work, base: Snapshot | None) -> Draft:
        from hallmark.storage.contract import check_columns, storable
        from hallmark.storage.writing import conform, stage

        if work.query is None:
            raise StageError("the stage's work gave no rows", "return a query from work()")
        described = _described(job, work.query)
        produced = [storable(c) for c in described if not self._is_partition(c)]
        contract = tuple(c for c in self.dataset.schema if not self._is_partition(c))
        promised = contract or (base.columns if base else ())
        columns = check_columns(self.dataset, promised, produced)
        lineage = work.columns if work.columns is not None else _lineage_of(job, work.query, described)
        try:
            staged = stage(
                job.connection,
                table_of(self.name, job.settings),
                conform(work.query, columns),
                columns,
                receipt=job.receipt.id,
                partition_by=self._partition_by,
                partition=self.partition,
            )
        except SourceError as error:
            raise _discreet(error, self.dataset, job) from error
        return Draft(self._output(job, staged), staged, columns=_only(lineage, columns), metrics=work.metrics)

    def audit(self, job: Job, draft: Draft) -> Draft:
        staged: Staged = draft.content
        if staged.file.rows == 0 and not self.may_be_empty:
            raise SourceError("the stage produced no rows", "check its input; set may_be_empty=True if that is right")
        suite = self._suite(job, draft)
        if suite is not None:
            draft = self._gated(job, draft, suite)
        if not draft.publishable:
            return draft
        return replace(draft, profile=self._profile(job, draft))

    def publish(self, job: Job, draft: Draft, base: Snapshot | None) -> DatasetVersion:
        from hallmark.storage.publishing import replace as replace_partition

        run = job.run
        version = replace_partition(draft.content, base, key=run.key, attempt=run.try_number, name=self.dataset.name)
        return replace(draft.output, version=str(version))

    def discard(self, job: Job, draft: Draft) -> None:
        from hallmark.storage.publishing import published_version
        from hallmark.storage.staging import withdraw

        staged: Staged = draft.content
        # An interruption can come after the commit: what is visible is not ours to remove any more.
        visible = published_version(staged.table, staged.receipt) is not None
        withdraw(staged.table, staged.receipt, file=None if visible else staged.file.path)

    @property
    def _partition_by(self) -> str | None:
        return self.dataset.partition_by if self.partition is not None else None

    def _is_partition(self, column: Column) -> bool:
        return self._partition_by is not None and column.name.lower() == self._partition_by.lower()

    def _output(self, job: Job, staged: Staged) -> DatasetVersion:
        return replace(
            self.declared(job),
            columns=with_contract(staged.columns, self.dataset),
            rows=staged.file.rows,
            bytes=staged.file.bytes,
            files=1,
        )

    def _suite(self, job: Job, draft: Draft) -> Suite | None:
        """Return the suite with what the contract promises and the history gives, or None without anything to check."""
        from hallmark.quality.adaptive import adapted, versions_needed
        from hallmark.quality.suite import Suite, load_suite

        suite = load_suite(self.suite) if self.suite else Suite(f"{self.dataset.name} contract")
        suite = suite.with_contract(draft.output.columns).with_expectations(self._promises(draft))
        back = versions_needed(suite)
        if back:
            suite = adapted(suite, job.catalog.profiles(self.name, back, excluding=self.partition))
        return suite if suite.expectations else None

    def _promises(self, draft: Draft) -> Iterable[Expectation]:
        """Return what the contract, or the declared dataset, promises of keys and values."""
        from hallmark.contracts import expectations_of
        from hallmark.quality.suite import suite_of

        stored = [c.name for c in draft.output.columns]
        promises = expectations_of(self.contract or self.dataset, stored)
        return suite_of({"name": "contract", "expectations": promises}).expectations

    def _gated(self, job: Job, draft: Draft, suite: Suite) -> Draft:
        found = self._checked(job, draft.content, suite)
        if found.failures and self.on_failed_rows == "quarantine":
            return self._quarantined(job, draft, suite, found)
        return judged(draft, found, job.settings.sample_rows)

    def _checked(self, job: Job, staged: Staged, suite: Suite) -> Audit:
        from hallmark.quality.gate import audit

        staged.view(job.connection, WRITTEN)
        return audit(job.connection, WRITTEN, suite, samples=job.settings.sample_rows, parameters=self.suite_parameters)

    def _quarantined(self, job: Job, draft: Draft, suite: Suite, found: Audit) -> Draft:
        """Set the failed rows apart; publish the others if they are enough and pass."""
        from hallmark.engines.duckdb import create_view
        from hallmark.storage.writing import rewrite

        rows, count = draft.content.file.rows, found.count_failed(job.connection)
        self._put_aside(job, found)
        draft = replace(draft, quarantined=count)
        share = count / rows
        if share > self.max_quarantined or count == rows:
            refused = judged(draft, found, job.settings.sample_rows)
            refusal = (
                f"{count:,} of {rows:,} rows ({share:.1%}) failed and are in {self.dataset.quarantine}, "
                f"more than the {self.max_quarantined:.0%} allowed; {refused.refusal}"
            )
            return replace(refused, publishable=False, refusal=refusal)
        create_view(job.connection, OUTPUT, found.good_rows)
        staged = rewrite(job.connection, draft.content, OUTPUT)
        log.info("%d of %d rows went to %s", count, rows, self.dataset.quarantine)
        again = self._checked(job, staged, suite)
        draft = replace(draft, content=staged, output=self._output(job, staged))
        return judged(draft, again, job.settings.sample_rows)

    def _put_aside(self, job: Job, found: Audit) -> None:
        from hallmark.engines.duckdb import columns_of
        from hallmark.storage.publishing import append
        from hallmark.storage.writing import stage

        aside = self.dataset.quarantine
        run = job.run
        query = _with_constants(
            found.failed_rows, receipt=job.receipt.id, dag_id=run.dag_id, task_id=run.task_id, run_id=run.run_id
        )
        # All tries of one task share the prefix: the rows of the last one replace those of the others.
        prefix = f"{hashlib.sha256(run.key.encode()).hexdigest()[:16]}-"
        staged = stage(
            job.connection,
            table_of(aside.name, job.settings),
            query,
            columns_of(job.connection, query),
            receipt=job.receipt.id,
            partition_by=self._partition_by,
            partition=self.partition,
            prefix=prefix,
        )
        append(staged, name=aside.name, supersedes=prefix)

    def _profile(self, job: Job, draft: Draft) -> dict[str, Any]:
        from hallmark.quality.profile import profile

        draft.content.view(job.connection, WRITTEN)
        return profile(job.connection, WRITTEN, draft.output.columns).to_dict()


def _described(job: Job, query: exp.Query) -> tuple[Column, ...]:
    """Return the query's columns; the engine looks up every name in it, and nothing runs yet."""
    import duckdb

    from hallmark.engines.duckdb import columns_of, first_line

    try:
        return columns_of(job.connection, query)
    except duckdb.Error as error:
        raise StageError(f"the engine refuses the SQL ({first_line(error)})", "mend the SQL") from error


def _discreet(error: SourceError, dataset: Dataset, job: Job) -> SourceError:
    """Leave out the value that the engine stumbled over, where it may be a person's."""
    read = [column for version in job.inputs.values() for column in version.columns]
    if not dataset.personal and not any(column.personal for column in read):
        return error
    named = re.search(r"source column (\S+)$", error.found)
    where = f"of column {named[1]!r}" if named else "of the output"
    return SourceError(f"a value {where} (personal data is read, so it is not shown) is not of its type", error.remedy)


def _lineage_of(job: Job, query: exp.Query, columns: Sequence[Column]) -> ColumnLineage:
    from hallmark.lineage.sql import column_lineage

    try:
        return column_lineage(query, job.inputs, names=[c.name for c in columns])
    except StageError as error:
        # The engine has accepted the query, so it is right; its lineage is what cannot be told.
        log.warning("no column lineage: %s", error)
        return ColumnLineage()


def _only(lineage: ColumnLineage, columns: Sequence[Column]) -> ColumnLineage:
    """Leave out columns that are not stored, such as the partition's."""
    names = {c.name for c in columns}
    return replace(lineage, fields={n: edges for n, edges in lineage.fields.items() if n in names})


def _with_constants(query: exp.Select, **values: str) -> exp.Select:
    from sqlglot import exp

    constants = [exp.alias_(exp.Literal.string(v), f"quarantine_{n}", quoted=True) for n, v in values.items()]
    return query.select(*constants)
