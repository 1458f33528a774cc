"""What is in a dataset's quarantine, by the run that set it apart, and whether it can still be released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from hallmark.dataset import PARTITION, Dataset
from hallmark.errors import StageError
from hallmark.receipt import plain
from hallmark.storage.paths import table_of
from hallmark.storage.snapshot import DataFile, Snapshot, snapshot

if TYPE_CHECKING:
    import duckdb
    from sqlglot import exp

    from hallmark.catalog import Catalog, DatasetDetail
    from hallmark.config import Settings
    from hallmark.receipt import Receipt

__all__ = ["RELEASE", "Batch", "Standing", "batches", "declared", "files_of", "rows"]

Standing = Literal["open", "released", "refused", "superseded", "unknown"]

# The task that releases rows, of the DAG "hallmark", in a run named after the batch's receipt.
RELEASE = "quarantine release"
VIEW = "hallmark_quarantine"
RECEIPT = "quarantine_receipt"
_RUN = ("quarantine_dag_id", "quarantine_task_id", "quarantine_run_id")


@dataclass(frozen=True)
class Batch:
    """The rows that one run set apart.

    Args:
        dataset: whose rows they are.
        receipt: of the run that set them apart; names the batch.
        partition: in which they would have been, or None for a dataset without partitions.
        rows: how many.
        failed: title of each expectation that some failed, and how many did.
        dag_id, task_id, run_id: the run.
        set_apart_at: when the run ended, if the catalog knows it.
        standing: ``open``: can be released; ``released``: published, and only to be taken out; ``refused``: the run
            published nothing; ``superseded``: another run has published the partition since; ``unknown``: the catalog
            does not have the receipt.
    """

    dataset: str
    receipt: str
    partition: str | None
    rows: int
    failed: Mapping[str, int]
    dag_id: str
    task_id: str
    run_id: str
    set_apart_at: datetime | None
    standing: Standing

    def to_dict(self) -> dict[str, Any]:
        """Return the batch in JSON's types."""
        data: dict[str, Any] = plain(self)
        return data


def batches(dataset: Dataset, settings: Settings, catalog: Catalog) -> list[Batch]:
    """Return what is in a dataset's quarantine, the newest run first.

    Raises:
        LakeError, CatalogError: lake or catalog is out of reach.
    """
    with _view(dataset, settings) as (connection, found):
        if found is None or not found.files:
            return []
        runs, failed = _runs(connection, found.partition_by), _failed(connection)
    listed = [_batch(dataset, catalog, run, failed) for run in runs]
    return sorted(listed, key=lambda b: (b.set_apart_at is not None, b.set_apart_at, b.receipt), reverse=True)


def declared(found: DatasetDetail) -> Dataset:
    """Return a dataset as the catalog knows it, for a stage without its DAG file."""
    return Dataset(
        found.name,
        suite=found.suite,
        owner=found.owner,
        description=found.description,
        schema=found.schema,
        # What is released has the columns of the version that is there: it brings no new ones.
        allow_new_columns=True,
        partition_by=found.partition_by or PARTITION,
        tags=found.tags,
    )


def rows(dataset: Dataset, settings: Settings, receipt: str | None = None, limit: int = 20) -> list[dict[str, Any]]:
    """Return rows of the quarantine as they may be shown: the values of personal columns are masked.

    Args:
        dataset: whose quarantine.
        settings: say where the lake is.
        receipt: only of this batch.
        limit: how many rows at most.
    """
    from hallmark.engines.duckdb import rows_of, sql_of

    with _view(dataset, settings, receipt) as (connection, found):
        if found is None:
            return []
        # In an order of their own: the engine gives rows in any.
        query = rows_of(VIEW).order_by(_column(RECEIPT), *(_column(c.name) for c in found.columns))
        answer = connection.execute(sql_of(query.limit(limit)))
        names = [column[0] for column in answer.description]
        read = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return list(_masked(dataset, read))


def files_of(found: Snapshot, receipt: str) -> tuple[DataFile, ...]:
    """Return the files of a batch: a run writes its rows to one that ends with its receipt.

    Raises:
        StageError: there is none.
    """
    files = tuple(f for f in found.files if f.path.endswith(f"-{receipt}.parquet"))
    if not files:
        raise StageError(
            f"the rows of receipt {receipt} are in no file of their own",
            "another run, person or tool took them out or rewrote the table; see what is there now",
        )
    return files


@contextmanager
def _view(
    dataset: Dataset, settings: Settings, receipt: str | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Snapshot | None]]:
    from hallmark.engines.duckdb import connect
    from hallmark.storage.reading import snapshot_view

    found = snapshot(table_of(dataset.quarantine.name, settings))
    with connect() as connection:
        if found is not None:
            snapshot_view(connection, VIEW, found, files_of(found, receipt) if receipt else found.files)
        yield connection, found


def _runs(connection: duckdb.DuckDBPyConnection, partition_by: str | None) -> list[tuple[Any, ...]]:
    """Count the rows of each run: receipt, DAG, task, run, partition, rows."""
    from sqlglot import exp

    partition = _column(partition_by) if partition_by else exp.null()
    return _counted(connection, [*map(_column, (RECEIPT, *_RUN)), partition])


def _failed(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Count the rows that failed each expectation, by receipt."""
    from sqlglot import exp

    from hallmark.quality.gate import FAILED_EXPECTATIONS

    told: dict[str, dict[str, int]] = {}
    for receipt, title, count in _counted(
        connection, [_column(RECEIPT), exp.func("unnest", _column(FAILED_EXPECTATIONS))]
    ):
        told.setdefault(receipt, {})[title] = count
    return told


def _counted(connection: duckdb.DuckDBPyConnection, by: list[exp.Expression]) -> list[tuple[Any, ...]]:
    from sqlglot import exp

    from hallmark.engines.duckdb import relation, sql_of

    named = [exp.alias_(each, f"key_{at}", quoted=True) for at, each in enumerate(by)]
    keys = [_column(each.alias) for each in named]
    inner = exp.select(*named).from_(relation(VIEW)).subquery("rows")
    query = exp.select(*keys, exp.Count(this=exp.Star())).from_(inner).group_by(*keys).order_by(*keys)
    found: list[tuple[Any, ...]] = connection.execute(sql_of(query)).fetchall()
    return found


def _column(name: str) -> exp.Column:
    from sqlglot import exp

    return exp.column(name, quoted=True)


def _batch(dataset: Dataset, catalog: Catalog, run: tuple[Any, ...], failed: Mapping[str, Mapping[str, int]]) -> Batch:
    receipt, dag_id, task_id, run_id, partition, count = run
    ran = catalog.receipt(receipt)
    return Batch(
        dataset.name,
        receipt,
        partition,
        count,
        failed.get(receipt, {}),
        dag_id,
        task_id,
        run_id,
        (ran.finished_at or ran.started_at) if ran else None,
        _standing(dataset, catalog, ran, partition),
    )


def _standing(dataset: Dataset, catalog: Catalog, ran: Receipt | None, partition: str | None) -> Standing:
    """Say what a batch's run came to: the catalog tells who published the partition since."""
    if ran is None:
        return "unknown"
    if ran.state != "published":
        return "refused"
    since = catalog.dataset(dataset.name, _ALL)
    for version in since.versions if since else ():
        if version.partition != partition:
            continue
        if version.task_id == RELEASE:
            if version.run_id == ran.id:
                return "released"
            continue
        return "open" if version.receipt_id == ran.id else "superseded"
    return "unknown"


# More versions than a dataset will have.
_ALL = 1_000_000


def _masked(dataset: Dataset, read: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    from hallmark.quality.result import MASK

    personal = {name.lower() for name in dataset.personal}
    for row in read:
        yield {n: MASK if n.lower() in personal and value is not None else value for n, value in row.items()}
