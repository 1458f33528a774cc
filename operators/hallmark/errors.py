"""Everything Hallmark raises, as one tree.

    HallmarkError
    ├── ConfigError            a [hallmark] option is missing or wrong
    ├── SuiteError             a suite cannot be read or names what does not exist
    ├── SourceError            what a stage should read is missing, empty or malformed
    ├── ContractError          the data does not have the columns the contract promises
    ├── GateError              critical expectations failed: nothing was published
    ├── PublishError           the output could not be made visible
    │   └── ConflictError      somebody else published the same partition meanwhile
    ├── LakeError              the lake cannot be read or written
    ├── CatalogError           the catalog database is out of reach or not migrated
    ├── LineageError           the lineage store has no such node, or was given what is no event
    ├── RegistryError          the model registry is out of reach or lacks what was asked
    └── StageError             a stage was given arguments it cannot work with

A message reads "stage clean of dataset flights/clean: <what was found>; <what to do>". The classes take
those facts and compose it, so that no caller can forget one.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class HallmarkError(Exception):
    """Root of the tree.

    Args:
        found: what was found, without a full stop.
        remedy: what the reader should do next.
        stage: the task that met it, filled in by the stage that is running.
        dataset: the dataset or model concerned, likewise.
    """

    subject = "dataset"

    def __init__(self, found: str, remedy: str = "", *, stage: str | None = None, dataset: str | None = None) -> None:
        self.found = found.rstrip(".; \n")
        self.remedy = remedy.rstrip(". \n")
        self.stage = stage
        self.dataset = dataset
        super().__init__(found)

    def located(self, stage: str, dataset: str | None) -> HallmarkError:
        """Fill in where it happened, keeping what an inner layer already knew."""
        self.stage = self.stage or stage
        self.dataset = self.dataset or dataset
        return self

    def __str__(self) -> str:
        where = " of ".join(
            part
            for part in (
                f"stage {self.stage}" if self.stage else "",
                f"{self.subject} {self.dataset}" if self.dataset else "",
            )
            if part
        )
        text = f"{where}: {self.found}" if where else self.found
        return f"{text}; {self.remedy}" if self.remedy else text


class ConfigError(HallmarkError):
    """A ``[hallmark]`` option is missing or wrong."""


class SuiteError(HallmarkError):
    """A suite cannot be read, or names an expectation or a column that does not exist."""


class SourceError(HallmarkError):
    """What a stage should read is missing, empty or malformed."""


class ContractError(HallmarkError):
    """The data does not have the columns the contract promises."""


class GateError(HallmarkError):
    """Critical expectations failed; nothing was published."""


class PublishError(HallmarkError):
    """The output could not be made visible to readers."""


class ConflictError(PublishError):
    """Another run published the same partition while this one worked."""


class LakeError(HallmarkError):
    """The lake cannot be read or written."""


class CatalogError(HallmarkError):
    """The catalog database is out of reach or has not been migrated."""


class LineageError(HallmarkError):
    """The lineage store has no such node, or was given what is no OpenLineage event."""

    subject = "node"


class RegistryError(HallmarkError):
    """The model registry is out of reach, or lacks the model or version asked for."""

    subject = "model"


class StageError(HallmarkError):
    """A stage was given arguments it cannot work with."""


def closest(name: str, among: Iterable[str], cutoff: float = 0.5) -> str | None:
    """Return the name that ``name`` was most likely meant to be, or None.

    Args:
        name: as it was written.
        among: the names there are.
        cutoff: how alike the two must be, from 0 to 1.
    """
    found = difflib.get_close_matches(name, list(among), n=1, cutoff=cutoff)
    return found[0] if found else None


def reason(error: Exception) -> str:
    """Return what a library said of its error in one line; the error's class if it said nothing."""
    said = str(error).strip()
    return said.splitlines()[0] if said else type(error).__name__
