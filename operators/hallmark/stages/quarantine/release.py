"""Releasing a batch: its rows and those that are published, together through the gate, as the partition's next version.

Publication and removal from quarantine are two commits. The first carries the batch's key as a Delta application
transaction: whoever comes after a crash between the two sees it, publishes nothing and does the second.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hallmark.dataset import Column, Dataset, DatasetVersion, resolve_path
from hallmark.errors import StageError
from hallmark.receipt import CodeVersion, Receipt
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import DatasetInput, Input, described, with_contract
from hallmark.stages.job import Job, Work
from hallmark.stages.lifecycle import NothingToDo
from hallmark.stages.quarantine.batches import RELEASE, Batch, Standing, files_of
from hallmark.stages.quarantine.discard import TAKE_OUT, take_out
from hallmark.stages.quarantine.running import run_by_hand
from hallmark.storage.paths import table_of
from hallmark.storage.snapshot import Selection, open_table, snapshot

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.catalog import Catalog
    from hallmark.config import Settings
    from hallmark.contracts import Contract

__all__ = ["RELEASABLE", "WHY_NOT", "release"]

RELEASABLE: frozenset[Standing] = frozenset({"open", "released"})
WHY_NOT: dict[Standing, tuple[str, str]] = {
    "refused": (
        "their run published nothing, so the rows that were good are missing too",
        "mend the source or the suite and run the stage again, then discard them",
    ),
    "superseded": (
        "another run has published their partition since, and dealt with these rows in its own way",
        "discard them",
    ),
    "unknown": ("the catalog does not have the receipt of their run", "discard them, or restore the catalog"),
}
CURRENT, RELEASED = "current", "released"


def release(
    dataset: Dataset,
    batch: Batch,
    *,
    settings: Settings,
    catalog: Catalog,
    principal: str,
    suite: str | None = None,
    reason: str = "",
) -> Receipt:
    """Check a batch's rows again, publish them beside those that are there, and take them out of quarantine.

    Args:
        dataset: whose rows they are, as the catalog knows it.
        batch: which rows.
        settings, catalog: of this installation.
        principal: who releases them.
        suite: path of the suite to hold the partition against; by default the dataset's own. What the run was checked
            for beyond it, such as the contract's keys, is checked too.
        reason: why, for the receipt that tells of it.

    Returns:
        The receipt: ``published``, or ``skipped`` where they had been published already and were only to be taken out.

    Raises:
        GateError: some of the rows fail, or the partition does with them. Nothing is published, they stay.
        StageError: the batch cannot be released, whatever its rows are like; see :class:`Batch`.
        SuiteError: the suite cannot be read.
        ConflictError: another run published the partition meanwhile.
    """
    if batch.standing not in RELEASABLE:
        found, remedy = WHY_NOT[batch.standing]
        raise StageError(
            f"the rows of receipt {batch.receipt} cannot be released: {found}", remedy, dataset=dataset.name
        )
    ran = catalog.receipt(batch.receipt)
    path = _suite(dataset, ran, suite)
    stage = Release(dataset, batch, path, _held(dataset, ran, path), _parameters(ran))
    receipt = run_by_hand(
        stage,
        task=RELEASE,
        batch=batch.receipt,
        kind="release",
        settings=settings,
        catalog=catalog,
        principal=principal,
    )
    told = f"{principal} released {batch.rows:,} rows to {receipt.output.label if receipt.output else dataset}"
    because = f"{told}: {reason.strip()}" if reason.strip() else told
    take_out(dataset, batch, TAKE_OUT, because, settings=settings, catalog=catalog, principal=principal)
    return receipt


@dataclass(frozen=True)
class Release:
    """The stage: the partition as it is, and the batch's rows."""

    dataset: Dataset
    batch: Batch
    suite: str | None
    held: Contract
    suite_parameters: Mapping[str, Any] = field(default_factory=dict)

    def inputs(self) -> Mapping[str, Input]:
        here = Selection(equals=self.batch.partition)
        return {
            CURRENT: DatasetInput(self.dataset, here, may_be_empty=True),
            RELEASED: _BatchInput(self.dataset, self.batch),
        }

    def target(self) -> DatasetTarget:
        return DatasetTarget(
            self.dataset,
            self.batch.partition,
            self.suite,
            "fail",
            suite_parameters=self.suite_parameters,
            contract=self.held,
        )

    def work(self, job: Job) -> Work:
        from hallmark.engines.duckdb import rows_of

        # Asked only now, after the partition was pinned: what another release publishes later is a conflict.
        if _published_before(job, self.dataset):
            raise NothingToDo("the rows were published before and were only to be taken out of quarantine")
        columns = [c for c in job.input(CURRENT).columns if c.name != self._partition_by]
        have = {c.name.lower() for c in job.input(RELEASED).columns}
        query = rows_of(CURRENT, [c.name for c in columns]).union(_released(columns, have), distinct=False)
        return Work(query)

    def parameters(self) -> Mapping[str, Any]:
        return {
            "batch": self.batch.receipt,
            "rows": self.batch.rows,
            "suite": self.suite,
            "suite_parameters": dict(self.suite_parameters),
        }

    def code(self) -> CodeVersion | None:
        return None

    @property
    def _partition_by(self) -> str | None:
        return self.dataset.partition_by if self.batch.partition is not None else None


@dataclass(frozen=True)
class _BatchInput:
    """The rows of a batch, at the quarantine's version."""

    dataset: Dataset
    batch: Batch

    def declared(self, job: Job | None) -> DatasetVersion:
        return described(self.dataset.quarantine, job, self.batch.partition)

    def resolve(self, job: Job, name: str) -> DatasetVersion:
        from hallmark.storage.reading import snapshot_view

        aside = self.dataset.quarantine
        found = snapshot(table_of(aside.name, job.settings))
        if found is None:
            raise StageError(f"dataset {self.dataset} has no quarantine", "nothing needs doing")
        files = files_of(found, self.batch.receipt)
        columns = snapshot_view(job.connection, name, found, files)
        return replace(
            self.declared(job),
            version=str(found.version),
            columns=with_contract(columns, aside),
            rows=sum(f.rows for f in files),
            bytes=sum(f.bytes for f in files),
            files=len(files),
        )


def _released(columns: list[Column], have: set[str]) -> exp.Select:
    """Select the dataset's columns, in its types, of the rows that were set apart."""
    from sqlglot import exp

    from hallmark.engines.duckdb import data_type, relation

    chosen = [
        exp.alias_(
            exp.Cast(
                this=exp.column(c.name, quoted=True) if c.name.lower() in have else exp.null(), to=data_type(c.type)
            ),
            c.name,
            quoted=True,
        )
        for c in columns
    ]
    return exp.select(*chosen).from_(relation(RELEASED))


def _published_before(job: Job, dataset: Dataset) -> bool:
    """Whether a try of this release has been committed, be it that nobody could record it."""
    table = open_table(table_of(dataset.name, job.settings))
    return table is not None and table.transaction_version(job.run.key) is not None


def _suite(dataset: Dataset, ran: Receipt | None, given: str | None) -> str | None:
    """Return the path of the suite: the one given, or the dataset's, relative to the DAG file of the run."""
    if given is not None:
        return os.path.abspath(given)
    if dataset.suite is None:
        return None
    folder = Path(ran.code.file).parent if ran and ran.code else Path.cwd()
    return resolve_path(dataset.suite, str(folder))


def _held(dataset: Dataset, ran: Receipt | None, suite: str | None) -> Contract:
    """Return as a contract what the run was held against and the suite does not say of the same columns.

    The catalog has neither the contract's rules nor the keys, but the receipt has each expectation that was checked:
    what a stage has to pass, its rows have to pass too.
    """
    from hallmark.contracts import Contract, Rule
    from hallmark.quality.suite import load_suite

    said = {e.title for e in load_suite(suite).expectations} if suite else set()
    checked = [r["expectation_config"] for r in ran.gate["results"]] if ran and ran.gate else []
    rules = [Rule(c["type"], c["kwargs"], c["severity"], c.get("meta") or {}) for c in checked]
    return Contract(dataset.name, "", dataset.schema, rules=tuple(r for r in rules if r.title not in said))


def _parameters(ran: Receipt | None) -> Mapping[str, Any]:
    found = ran.parameters.get("suite_parameters") if ran else None
    return found if isinstance(found, Mapping) else {}
