"""The catalog as the rest of Hallmark sees it: questions and answers, no SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hallmark.catalog import events, queries, registry, store
from hallmark.catalog.address import catalog_url
from hallmark.catalog.engine import PATIENCE, Database, connect
from hallmark.catalog.migrate import ensure_current
from hallmark.catalog.rest import Rest
from hallmark.catalog.values import (
    DatasetDetail,
    DatasetSummary,
    Event,
    Gate,
    ModelDetail,
    ModelSummary,
    RunSummary,
)
from hallmark.config import Settings
from hallmark.dataset import Dataset, DatasetVersion
from hallmark.receipt import Receipt, State

__all__ = ["Catalog", "open_catalog"]


def open_catalog(
    settings: Settings | None = None, url: str | None = None, *, patience: float = PATIENCE, rest: Rest | None = None
) -> Catalog:
    """Open the catalog, creating or migrating it first if it is a SQLite file.

    Args:
        settings: the ``[hallmark]`` options; read now if neither they nor a URL are given.
        url: SQLAlchemy URL; wins over the options.
        patience: seconds to go on trying while the database is out of reach, now and in every later call.
        rest: how long it is left alone after that, for servers; at once asked again if not given.

    Raises:
        CatalogError: the database stays out of reach, or is a PostgreSQL that has not been migrated.
    """
    database = connect(catalog_url(settings, url), patience, rest)
    ensure_current(database)
    return Catalog(database)


@dataclass(frozen=True)
class Catalog:
    """An open catalog. Each method is one transaction, may be called from any thread, and raises CatalogError."""

    database: Database

    def record(self, receipt: Receipt, dataset: Dataset | None = None) -> None:
        """Write a receipt, and the run, dataset, version, model and gate results that follow from it.

        Recording the same receipt again, whole or with a later state, replaces what it wrote before.

        Args:
            receipt: of any state.
            dataset: the output's declaration; without it only what the receipt itself says of the dataset is written.
        """
        self.database.write(lambda connection: store.record(connection, receipt, dataset))

    def set_alias(self, model: str, alias: str, version: str, receipt_id: str | None = None) -> None:
        """Remember which version of a model an alias points at, and the receipt of the stage that moved it."""
        now = datetime.now(UTC)
        self.database.write(lambda connection: store.set_alias(connection, model, alias, version, receipt_id, now))

    def receipt(self, receipt_id: str) -> Receipt | None:
        """Return one receipt, None if there is none of that id."""
        return self.database.read(lambda connection: queries.receipt_by_id(connection, receipt_id))

    def pending(self, run_key: str, state: State = "audited") -> list[Receipt]:
        """Return the receipts of a run's tries whose end is not known, oldest first.

        Args:
            run_key: of :class:`~hallmark.receipt.StageRun`.
            state: ``audited``: written and checked, not known to be published; ``running``: not even that.
        """
        return self.database.read(lambda connection: queries.pending(connection, run_key, state))

    def receipts(
        self,
        dataset: str | None = None,
        dag_id: str | None = None,
        run_id: str | None = None,
        state: str | None = None,
        limit: int = 100,
    ) -> list[Receipt]:
        """Return receipts, newest first; ``dataset`` is the output's name, a model's included."""
        wanted = {"output_name": dataset, "dag_id": dag_id, "run_id": run_id, "state": state}
        return self.database.read(lambda connection: queries.receipts_newest(connection, wanted, limit))

    def runs(self, limit: int = 100, dag_id: str | None = None, state: str | None = None) -> list[RunSummary]:
        """Return runs of stages, newest first, each in the state of its latest try."""
        wanted = {"dag_id": dag_id, "state": state}
        return self.database.read(lambda connection: queries.runs_newest(connection, wanted, limit))

    def datasets(self) -> list[DatasetSummary]:
        """Return all datasets by name."""
        return self.database.read(queries.dataset_summaries)

    def dataset(self, name: str, limit: int = 200) -> DatasetDetail | None:
        """Return one dataset with its newest ``limit`` versions and its last gate, None if it is unknown."""
        return self.database.read(lambda connection: queries.dataset_detail(connection, name, limit))

    def last_published(self, dataset: str, partition: str | None = None) -> DatasetVersion | None:
        """Return the version published last, of one partition if it is named."""
        return self.database.read(lambda connection: queries.last_published(connection, dataset, partition))

    def profiles(self, dataset: str, limit: int, *, excluding: str | None = None) -> list[dict[str, Any]]:
        """Return the profiles of the last published versions, newest first, for bounds that follow them.

        Of a partition that was published again the newest version counts; versions without a profile are left out.

        Args:
            dataset: its name.
            limit: how many at most.
            excluding: a partition that does not count: the one about to be published, maybe again.
        """
        return self.database.read(lambda connection: queries.profiles_newest(connection, dataset, limit, excluding))

    def gate(self, receipt_id: str) -> Gate | None:
        """Return the gate's result of one receipt, None if it had no suite."""
        return self.database.read(lambda connection: queries.gate_of(connection, receipt_id))

    def models(self) -> list[ModelSummary]:
        """Return all models by name."""
        return self.database.read(registry.model_summaries)

    def model(self, name: str) -> ModelDetail | None:
        """Return one model with its versions, newest first, None if it is unknown."""
        return self.database.read(lambda connection: registry.model_detail(connection, name))

    def events(
        self,
        run_id: str | None = None,
        job_namespace: str | None = None,
        job_name: str | None = None,
        since: datetime | None = None,
        limit: int = 1000,
    ) -> list[Event]:
        """Return OpenLineage events that match all that is given, newest first."""
        return self.database.read(
            lambda connection: events.newest(connection, run_id, job_namespace, job_name, since, limit)
        )
