"""What a SQL operator did in SQLite, of which Airflow's own hook tells nothing: an extractor of the provider.

[openlineage]
extractors = hallmark.stages.sqlite_lineage.SQLiteExtractor
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from airflow.providers.openlineage.extractors.base import DefaultExtractor

from hallmark.dataset import DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import ColumnLineage

__all__ = ["SQLiteExtractor"]

DIALECT = "sqlite"
NONE = ColumnLineage()


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
    # SQLite has neither databases nor schemas before a table's name.
    namespace = database_of(database_url(conn_id), conn_id).namespace
    tables = table_lineage(text, DIALECT)
    columns = _columns(text, namespace, tables.read)
    return OperatorLineage(
        inputs=[InputDataset(namespace, name) for name in _names(tables.read)],
        outputs=[
            OutputDataset(namespace, n, facets=column_facets(columns.get(n, NONE))) for n in _names(tables.written)
        ],
        job_facets={"sql": sql_job.SQLJobFacet(query=text, dialect=DIALECT)},
    )


def _columns(sql: str, namespace: str, read: Iterable[tuple[str, ...]]) -> dict[str, ColumnLineage]:
    from hallmark.lineage.sql import statement_lineage

    relations = {name: DatasetVersion(name, namespace, name) for name in _names(read)}
    try:
        return {written.table[-1]: written.columns for written in statement_lineage(sql, relations, dialect=DIALECT)}
    except StageError:
        # A star, for one: its columns only the database knows.
        return {}


def _names(tables: Iterable[tuple[str, ...]]) -> list[str]:
    return sorted({table[-1] for table in tables})
