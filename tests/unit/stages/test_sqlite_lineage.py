from __future__ import annotations

import pytest
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

from hallmark.lineage.naming import database_of
from hallmark.stages.sqlite_lineage import SQLiteExtractor

LEDGER = "sqlite:////srv/ledger.db"


def told(sql: str, monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], dict[str, dict[str, list[str]]]]:
    """The tables read, and those written with the columns that their columns come from."""
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", "sqlite://%2Fsrv%2Fledger.db")
    operator = SQLExecuteQueryOperator(task_id="load", conn_id="ledger", sql=sql)
    found = SQLiteExtractor(operator).extract()
    assert found is not None
    written = {}
    for one in found.outputs:
        facet = one.facets.get("columnLineage")
        fields = facet.fields if facet else {}
        written[one.name] = {
            name: [f"{source.name}.{source.field}" for source in field.inputFields] for name, field in fields.items()
        }
    return {one.name for one in found.inputs}, written


def test_a_table_is_one_however_a_statement_writes_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    sql = 'INSERT INTO main.Revenue (total) SELECT amount FROM "Orders" WHERE paid'
    assert told(sql, monkeypatch) == ({"orders"}, {"revenue": {"total": ["orders.amount"]}})
    assert database_of(LEDGER, "ledger").identity("SELECT * FROM Main.ORDERS") == ("sqlite:///srv/ledger.db", "orders")


def test_a_table_of_an_attached_database_is_not_one_of_this(monkeypatch: pytest.MonkeyPatch) -> None:
    read, written = told("INSERT INTO orders (id) SELECT id FROM archive.orders", monkeypatch)
    assert (read, written) == ({"archive.orders"}, {"orders": {"id": ["archive.orders.id"]}})
