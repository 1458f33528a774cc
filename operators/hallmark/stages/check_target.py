"""Data that somebody else made, as what a gate checks: nothing is written and nothing published."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from hallmark.dataset import PERSONAL, Column, Dataset, DatasetVersion
from hallmark.errors import SourceError
from hallmark.receipt import Receipt
from hallmark.stages.inputs import Input, KnownUrl, known
from hallmark.stages.job import Draft, Job, Work
from hallmark.stages.verdict import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hallmark.quality.gate import Audit
    from hallmark.quality.suite import Suite

__all__ = ["DATA", "CheckTarget", "TableInput"]

# The name of the data in the engine.
DATA = "data"


@dataclass(frozen=True)
class TableInput:
    """A table of a database, checked where it lies."""

    conn_id: str
    table: str

    def declared(self, job: Job | None) -> DatasetVersion:
        return self.announced(known(job.database_url if job is not None else None))[0]

    def announced(self, urls: KnownUrl) -> tuple[DatasetVersion, ...]:
        from hallmark.lineage.naming import database_of

        namespace, location = database_of(urls(self.conn_id), self.conn_id).identity(self._query)
        return (DatasetVersion(self.table, namespace, location, kind="query"),)

    def resolve(self, job: Job, name: str) -> DatasetVersion:
        from hallmark.lineage.naming import database_identity

        with self.opened(job) as (found, schema):
            columns = tuple(Column(f.name, f.type) for f in found.fields)
        namespace, location = database_identity(job.database_url(self.conn_id), self._query, self.conn_id, schema)
        return DatasetVersion(self.table, namespace, location, kind="query", columns=columns)

    @contextmanager
    def opened(self, job: Job) -> Iterator[tuple[Any, str | None]]:
        """Give the table to check, and the schema in which the database looks for it.

        Raises:
            SourceError: the database is out of reach; its address and its password are not told.
        """
        import sqlalchemy as sa

        from hallmark.quality.data import opened

        try:
            engine = sa.create_engine(job.database_url(self.conn_id))
            try:
                with engine.connect() as connection, opened(connection, self.table) as source:
                    yield source.table, connection.dialect.default_schema_name
            finally:
                engine.dispose()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            told = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
            raise SourceError(
                f"table {self.table} on connection {self.conn_id!r} cannot be read ({told})",
                "check the connection and the table",
            ) from None

    @property
    def _query(self) -> str:
        from sqlglot import exp

        parts = [exp.to_identifier(part) for part in self.table.split(".")]
        table = exp.Table(this=parts[-1], db=parts[-2] if len(parts) > 1 else None)
        return str(exp.select("*").from_(table).sql())


@dataclass(frozen=True)
class CheckTarget:
    """Data to check.

    Args:
        data: where it is.
        suite: path of the suite, already absolute.
        parameters: values of the suite's ``$PARAMETER`` entries.
        personal: columns whose values are masked.
        checked: the dataset, if it is one of Hallmark's.
    """

    data: Input
    suite: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    checked: Dataset | None = None

    subject: ClassVar[str] = "data"
    aftermath: ClassVar[str] = "what comes after does not run"

    @property
    def name(self) -> str:
        return self.declared(None).name

    @property
    def dataset(self) -> Dataset | None:
        return self.checked

    def declared(self, job: Job | None) -> DatasetVersion:
        return self.data.declared(job)

    def open(self, job: Job) -> None:
        """Nothing is written, so there is nothing to look at."""

    def adopt(self, job: Job, receipt: Receipt) -> DatasetVersion | None:
        # The data may have changed since: a retry checks it again.
        return None

    def write(self, job: Job, work: Work, base: Any) -> Draft:
        version = job.input(DATA)
        personal = frozenset(self.personal)
        marked = (replace(c, classification=PERSONAL) if c.name in personal else c for c in version.columns)
        return Draft(replace(version, columns=tuple(marked)), None)

    def audit(self, job: Job, draft: Draft) -> Draft:
        from hallmark.quality.suite import load_suite

        suite = load_suite(self.suite)
        found = self._in_database(job, suite) if isinstance(self.data, TableInput) else self._in_engine(job, suite)
        return judged(draft, found, job.settings.sample_rows)

    def publish(self, job: Job, draft: Draft, base: Any) -> DatasetVersion:
        return draft.output

    def discard(self, job: Job, draft: Draft) -> None:
        """Nothing was written."""

    def _in_engine(self, job: Job, suite: Suite) -> Audit:
        from hallmark.quality.gate import audit

        return audit(job.connection, DATA, suite, samples=job.settings.sample_rows, parameters=self.parameters)

    def _in_database(self, job: Job, suite: Suite) -> Audit:
        from hallmark.quality.gate import audit_table

        assert isinstance(self.data, TableInput)  # noqa: S101  the caller looked
        with self.data.opened(job) as (table, _):
            return audit_table(table, suite, samples=job.settings.sample_rows, parameters=self.parameters)
