"""Taking a batch out of quarantine: one commit that removes its file from the table's newest version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from hallmark.dataset import Dataset, DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import CodeVersion, Receipt
from hallmark.stages.inputs import Input, described, with_contract
from hallmark.stages.job import Draft, Job, Work
from hallmark.stages.quarantine.batches import Batch, files_of
from hallmark.stages.quarantine.running import run_by_hand
from hallmark.stages.targets import NOTHING_PUBLISHED
from hallmark.storage.paths import table_of
from hallmark.storage.snapshot import Snapshot, snapshot

if TYPE_CHECKING:
    from hallmark.catalog import Catalog
    from hallmark.config import Settings

__all__ = ["discard", "take_out"]

DISCARD = "quarantine discard"
TAKE_OUT = "quarantine take out"


def discard(
    dataset: Dataset, batch: Batch, *, reason: str, settings: Settings, catalog: Catalog, principal: str
) -> Receipt:
    """Take a batch's rows out of quarantine for good. Older versions of the table still have them.

    Args:
        dataset: whose rows they are.
        batch: which rows.
        reason: why, for the receipt.
        settings, catalog: of this installation.
        principal: who discards them.

    Returns:
        The receipt, whose output is the quarantine's new version and whose message says who did it and why.

    Raises:
        StageError: no reason was given, or the rows are not there any more.
        ConflictError: somebody else took them out meanwhile.
    """
    if not reason.strip():
        raise StageError("no reason was given", "say why the rows are discarded; it goes to the receipt")
    told = f"{principal} discarded {batch.rows:,} rows: {reason.strip()}"
    return take_out(dataset, batch, DISCARD, told, settings=settings, catalog=catalog, principal=principal)


def take_out(
    dataset: Dataset,
    batch: Batch,
    task: str,
    message: str,
    *,
    settings: Settings,
    catalog: Catalog,
    principal: str,
) -> Receipt:
    """Remove a batch's file from the quarantine and record it with a message."""
    receipt = run_by_hand(
        _Removal(dataset, batch, message),
        task=task,
        batch=batch.receipt,
        kind="quarantine",
        settings=settings,
        catalog=catalog,
        principal=principal,
    )
    receipt = replace(receipt, message=message)
    catalog.record(receipt, dataset.quarantine)
    return receipt


@dataclass(frozen=True)
class _Removal:
    """The stage: it reads nothing and its work is to leave a file out."""

    of: Dataset
    batch: Batch
    message: str

    def inputs(self) -> Mapping[str, Input]:
        return {}

    def target(self) -> _Rest:
        return _Rest(self.of.quarantine, self.batch)

    def work(self, job: Job) -> Work:
        return Work()

    def parameters(self) -> Mapping[str, Any]:
        return {"batch": self.batch.receipt, "rows": self.batch.rows, "reason": self.message}

    def code(self) -> CodeVersion | None:
        return None


@dataclass(frozen=True)
class _Rest:
    """The target: the quarantine without the batch."""

    dataset: Dataset
    batch: Batch

    subject: ClassVar[str] = "dataset"
    aftermath: ClassVar[str] = NOTHING_PUBLISHED

    @property
    def name(self) -> str:
        return self.dataset.name

    def declared(self, job: Job | None) -> DatasetVersion:
        return described(self.dataset, job, self.batch.partition)

    def open(self, job: Job) -> Snapshot:
        found = snapshot(table_of(self.name, job.settings))
        if found is None:
            raise StageError("there is no quarantine", "nothing needs doing")
        files_of(found, self.batch.receipt)
        return found

    def adopt(self, job: Job, receipt: Receipt) -> DatasetVersion | None:
        from hallmark.storage.publishing import published_version

        version = published_version(table_of(self.name, job.settings), receipt.id)
        return None if version is None or receipt.output is None else replace(receipt.output, version=str(version))

    def write(self, job: Job, work: Work, base: Snapshot) -> Draft:
        leaving = files_of(base, self.batch.receipt)
        here = [f for f in base.files if self.batch.partition in (None, f.partition)]
        rest = [f for f in here if f not in leaving]
        output = replace(
            self.declared(job),
            columns=with_contract(base.columns, self.dataset),
            rows=sum(f.rows for f in rest),
            bytes=sum(f.bytes for f in rest),
            files=len(rest),
        )
        return Draft(output, leaving)

    def audit(self, job: Job, draft: Draft) -> Draft:
        return draft

    def publish(self, job: Job, draft: Draft, base: Snapshot) -> DatasetVersion:
        from hallmark.storage.publishing import remove

        paths = [f.path for f in draft.content]
        version = remove(base.table, paths, receipt=job.receipt.id, name=self.name)
        return replace(draft.output, version=str(version))

    def discard(self, job: Job, draft: Draft) -> None:
        """Nothing was written."""
