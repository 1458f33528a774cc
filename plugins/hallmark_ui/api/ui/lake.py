"""The one place where the plugin reaches the lake: rows to look at, and decisions on rows in quarantine.

Catalog and lineage are all that pages need otherwise. What is here is loaded when somebody asks for rows: it brings
the engine and the table format, and an API server may have neither, nor a way to the lake. Releasing rows is the stage
that the command line runs too, with its gate and its receipt; there is no second way to publish.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hallmark.config import settings
from hallmark.dataset import Column, Dataset
from hallmark.errors import LakeError, StageError
from hallmark.receipt import Receipt, plain

if TYPE_CHECKING:
    from hallmark.catalog import Catalog
    from hallmark.stages.quarantine import Batch

__all__ = ["FAILED", "MASK", "Read", "batch_of", "discard", "figures", "head", "release", "rows_of", "why_not"]

MASK = "[masked]"
FAILED = "failed_expectations"
_AFTER = "quarantine_"
_VIEW = "hallmark_rows"
_MOST_FILES = 8
_MOST_FIGURES = 2000
# One decision at a time: each opens an engine of its own, beside all that the API server does.
_deciding = threading.Lock()
_PATIENCE = 60


@dataclass(frozen=True)
class Read:
    """Rows as they were read; ``rows`` are in JSON's types."""

    version: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


def head(dataset: str, partition: str | None, limit: int) -> Read | None:
    """Return the first rows of a dataset's newest version, None if it has no table.

    Raises:
        HallmarkError: the lake is out of reach, or a file of the table is.
    """
    from hallmark.storage.snapshot import Selection, snapshot

    found = snapshot(_table(dataset))
    if found is None:
        return None
    chosen = [f for f in found.files if Selection(equals=partition).takes(f.partition)]
    return _read(found, _enough(chosen, limit), limit)


def figures(dataset: str, version: str) -> list[dict[str, Any]]:
    """Return the rows of an evaluation that are of one version of the model; none, if it was never evaluated.

    Raises:
        HallmarkError: the lake is out of reach, or a file of the table is.
    """
    from sqlglot import exp

    from hallmark.storage.snapshot import snapshot

    found = snapshot(_table(dataset))
    if found is None or "model_version" not in {c.name for c in found.columns}:
        return []
    this = exp.column("model_version", quoted=True).eq(exp.Literal.string(version))
    read = _read(found, found.files, _MOST_FIGURES, this)
    return [dict(zip((c.name for c in read.columns), row, strict=True)) for row in read.rows]


def batch_of(catalog: Catalog, dataset: str, receipt_id: str) -> tuple[Dataset, Batch] | None:
    """Return a batch in quarantine with its dataset, None if it is not there."""
    from hallmark.stages.quarantine import batches

    declared = _declared(catalog, dataset)
    if declared is None:
        return None
    found = {batch.receipt: batch for batch in batches(declared, settings(), catalog)}
    return (declared, found[receipt_id]) if receipt_id in found else None


def rows_of(dataset: Dataset, batch: Batch, offset: int, limit: int) -> list[dict[str, Any]]:
    """Return rows of a batch as they are: who calls this masks what is personal."""
    from hallmark.stages.quarantine import rows

    unmasked = replace(dataset, schema=(), personal=())
    return [plain(row) for row in rows(unmasked, settings(), batch.receipt, offset + limit)[offset:]]


def release(catalog: Catalog, dataset: Dataset, batch: Batch, reason: str, principal: str) -> Receipt:
    """Hold a batch against its suite again and publish it.

    Raises:
        HallmarkError: the gate refused it, it could not be done, or another decision takes its time.
    """
    from hallmark.stages.quarantine import release as release_batch
    from hallmark.stages.quarantine import settle

    with _alone():
        settle(dataset, settings(), catalog)
        return release_batch(dataset, batch, settings=settings(), catalog=catalog, principal=principal, reason=reason)


def discard(catalog: Catalog, dataset: Dataset, batch: Batch, reason: str, principal: str) -> Receipt:
    """Take a batch out of quarantine for good.

    Raises:
        HallmarkError: it could not be done, or another decision takes its time.
    """
    from hallmark.stages.quarantine import discard as discard_batch
    from hallmark.stages.quarantine import settle

    with _alone():
        settle(dataset, settings(), catalog)
        return discard_batch(dataset, batch, reason=reason, settings=settings(), catalog=catalog, principal=principal)


def why_not(batch: Batch) -> str | None:
    """Say why a batch cannot be released, None if it can."""
    from hallmark.stages.quarantine.release import RELEASABLE, WHY_NOT

    return None if batch.standing in RELEASABLE else "; ".join(WHY_NOT[batch.standing])


def _declared(catalog: Catalog, name: str) -> Dataset | None:
    from hallmark.stages.quarantine import declared

    found = catalog.dataset(name, 1)
    return None if found is None else declared(found)


def _table(dataset: str) -> Any:
    from hallmark.storage.paths import table_of

    return table_of(Dataset(dataset).name, settings())


def _enough(files: Sequence[Any], limit: int) -> list[Any]:
    """Return the newest files that have so many rows."""
    chosen: list[Any] = []
    for file in sorted(files, key=lambda f: f.partition or "", reverse=True):
        if len(chosen) == _MOST_FILES or sum(f.rows for f in chosen) >= limit:
            break
        chosen.append(file)
    return chosen


def _read(found: Any, files: Sequence[Any], limit: int, where: Any = None) -> Read:
    import duckdb

    from hallmark.engines.duckdb import connect, first_line, sql_of
    from hallmark.engines.duckdb import rows_of as every_row
    from hallmark.storage.reading import snapshot_view

    with connect() as connection:
        try:
            columns = snapshot_view(connection, _VIEW, found, files)
            query = every_row(_VIEW, [c.name for c in columns])
            chosen = query if where is None else query.where(where)
            rows = connection.execute(sql_of(chosen.limit(limit))).fetchall()
        except duckdb.Error as error:
            raise LakeError(
                f"the rows cannot be read ({first_line(error)})", "see whether its files are there"
            ) from error
    return Read(str(found.version), columns, [plain(row) for row in rows])


@contextmanager
def _alone() -> Iterator[None]:
    if not _deciding.acquire(timeout=_PATIENCE):
        raise StageError("another decision is being carried out", "try again in a minute")
    try:
        yield
    finally:
        _deciding.release()
