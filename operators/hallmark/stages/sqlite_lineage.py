"""What a SQL operator did in SQLite, of which Airflow's own hook tells nothing: an extractor of the provider.

[openlineage]
extractors = hallmark.stages.sqlite_lineage.SQLiteExtractor
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from airflow.providers.openlineage.extractors.base import DefaultExtractor

from hallmark.dataset import DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import ColumnLineage

if TYPE_CHECKING:
    from hallmark.lineage.naming import Database

__all__ = ["SQLiteExtractor"]

DIALECT = "sqlite"
NONE = ColumnLineage()

Name: TypeAlias = tuple[str, ...]


class SQLiteExtractor(DefaultExtractor):  # type: ignore[misc]
    """Tell the tables that SQLExecuteQueryOperator reads and writes in SQLite, and their columns where they are named.

    Of every other database the operator itself tells, as without this extractor.
    """

    @classmethod
    def get_operator_classnames(cls) -> list[str]:
        """Name the operators this is for."""
        return ["SQLExecuteQueryOperator"]

    def _get_openlineage_facets(self, get_facets_method: Callable[..., Any], *args: Any) -> Any:
        told = super()._get_openlineage_facets(get_facets_method, *args)
        hook = self.operator.get_db_hook()
        if getattr(hook, "conn_type", None) != "sqlite":
            return told
        return _lineage(self.operator.sql, hook.get_conn_id())


def _lineage(sql: Any, conn_id: str) -> Any:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import sql_job

    from hallmark.lineage.facets import column_facets
    from hallmark.lineage.naming import database_of
    from hallmark.lineage.sql import table_lineage
    from hallmark.stages.base import database_url

    text = sql if isinstance(sql, str) else ";\n".join(sql)
    database = database_of(database_url(conn_id), conn_id)
    tables = table_lineage(text, DIALECT)
    columns = _columns(text, database, tables.read)
    return OperatorLineage(
        inputs=[InputDataset(*one) for one in _identities(database, tables.read)],
        outputs=[
            OutputDataset(*one, facets=column_facets(columns.get(one, NONE)))
            for one in _identities(database, tables.written)
        ],
        job_facets={"sql": sql_job.SQLJobFacet(query=text, dialect=DIALECT)},
    )


def _columns(sql: str, database: Database, read: Iterable[Name]) -> dict[tuple[str, str], ColumnLineage]:
    from hallmark.lineage.sql import statement_lineage

    relations = {".".join(name): DatasetVersion(".".join(name), *_identity(database, name)) for name in read}
    try:
        found = statement_lineage(sql, relations, dialect=DIALECT)
    except StageError:
        # A star, for one: its columns only the database knows.
        return {}
    return {_identity(database, written.table): written.columns for written in found}


def _identities(database: Database, tables: Iterable[Name]) -> list[tuple[str, str]]:
    return sorted({_identity(database, name) for name in tables})


def _identity(database: Database, name: Name) -> tuple[str, str]:
    table = database.table(name)
    return table.namespace, table.name
