"""Where a stage's output goes: how it is written unseen, checked, made visible, and recognised after a crash."""

from __future__ import annotations

from typing import Any, Protocol

from hallmark.dataset import Dataset, DatasetVersion
from hallmark.receipt import Receipt
from hallmark.stages.job import Draft, Job, Work

__all__ = ["NOTHING_PUBLISHED", "Target"]


NOTHING_PUBLISHED = "nothing was published and the last good version stays"


class Target(Protocol):
    """Steps two to four of a stage, for one kind of output.

    ``base`` is what :meth:`open` returned: the state of the output before this run.
    """

    @property
    def name(self) -> str:
        """The dataset's or the model's name."""
        ...

    @property
    def subject(self) -> str:
        """What an error calls it: dataset, model, data."""
        ...

    @property
    def aftermath(self) -> str:
        """What a refusal by the gate leaves behind, for the error's message."""
        ...

    @property
    def dataset(self) -> Dataset | None:
        """The dataset, if that is what the output is."""
        ...

    def declared(self, job: Job | None) -> DatasetVersion:
        """Name the output without touching it."""
        ...

    def open(self, job: Job) -> Any:
        """Look at the output as it is now, and clean up after processes that died."""
        ...

    def adopt(self, job: Job, receipt: Receipt) -> DatasetVersion | None:
        """Return what an earlier try published before it died, or None if it did not get so far."""
        ...

    def write(self, job: Job, work: Work, base: Any) -> Draft:
        """Put the work where no reader sees it."""
        ...

    def audit(self, job: Job, draft: Draft) -> Draft:
        """Hold the draft against its suite."""
        ...

    def publish(self, job: Job, draft: Draft, base: Any) -> DatasetVersion:
        """Make the draft visible in one step."""
        ...

    def discard(self, job: Job, draft: Draft) -> None:
        """Remove a draft that is not to be published."""
        ...
