from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hallmark.catalog import Catalog
from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.store.bulk import insert, rows_at
from lineage_events import empty

HOSTILE = ("{}", '{"a", NULL}', "NULL", '\\"', "", "'; DROP TABLE x", "ü\u2028", "a,b", "(1)", "\t\n")


@pytest.fixture(params=["one_file", "postgres"])
def database(request: pytest.FixtureRequest) -> Any:
    catalog: Catalog = request.getfixturevalue(request.param)
    empty(catalog)
    return catalog.database


def _version(number: int) -> dict[str, Any]:
    return {
        "dataset_id": 2**63 - 1 - number,
        "version": f"{HOSTILE[number % len(HOSTILE)]}{number}",
        "run_id": None if number % 3 else "run",
        "schema_id": None if number % 2 else -number,
        "created_at": datetime(2026, 1, 1, microsecond=number, tzinfo=UTC),
        "stamps": {"#run_id": HOSTILE[number % len(HOSTILE)], "deep": [[], {"n": 1e23}]},
    }


def _nothing(statement: Any, table: Any) -> Any:
    return statement.on_conflict_do_nothing().returning(*table.primary_key)


@pytest.mark.parametrize("many", [1, 8, 9, 1000])
def test_rows_come_back_as_they_were_given(database: Any, many: int) -> None:
    table = tables.dataset_versions
    given = [_version(number) for number in range(many)]
    key = (table.c.dataset_id, table.c.version)
    added = database.write(lambda connection: insert(connection, table, given, _nothing).all())
    assert {tuple(row) for row in added} == {(row["dataset_id"], row["version"]) for row in given}
    again = database.write(lambda connection: insert(connection, table, given, _nothing).all())
    assert again == []
    wanted = [(row["dataset_id"], row["version"]) for row in given]
    found = database.read(lambda connection: rows_at(connection, key, [*wanted, (1, "not there")]))
    assert sorted(found, key=lambda row: row["dataset_id"]) == given[::-1]
