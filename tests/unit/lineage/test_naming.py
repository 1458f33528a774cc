from __future__ import annotations

import socket

import pytest

from hallmark.lineage.naming import (
    database_identity,
    database_of,
    model_identity,
    normal,
    query_identity,
    table_identity,
)


@pytest.mark.parametrize(
    ("uri", "identity"),
    [
        ("/lake/flights/clean", ("file", "/lake/flights/clean")),
        ("/lake/flights/clean/", ("file", "/lake/flights/clean")),
        ("/lake/a b/größe", ("file", "/lake/a b/größe")),
        ("s3://bucket/lake/flights", ("s3://bucket", "lake/flights")),
        ("s3a://bucket/lake/flights/", ("s3://bucket", "lake/flights")),
        ("s3n://bucket/x", ("s3://bucket", "x")),
        ("gs://bucket/x", ("gs://bucket", "x")),
        ("s3://key:secret@bucket/x", ("s3://bucket", "x")),
    ],
)
def test_a_table_is_named_by_its_storage(uri: str, identity: tuple[str, str]) -> None:
    assert table_identity(uri) == identity


@pytest.mark.parametrize(
    ("uri", "namespace"),
    [
        ("https://mlflow.example:8443/path", "mlflow://mlflow.example:8443"),
        ("http://mlflow.example", "mlflow://mlflow.example"),
        ("https://ada:hunter2@mlflow.example", "mlflow://mlflow.example"),
        ("sqlite:////srv/mlflow.db", "mlflow://production"),
        ("postgresql://ada:hunter2@db/mlflow", "mlflow://production"),
    ],
)
def test_a_model_is_named_by_its_registry_or_the_installation(uri: str, namespace: str) -> None:
    assert model_identity(uri, "production", "flight_delay") == (namespace, "flight_delay")


POSTGRES = "postgresql+psycopg://ada:hunter2@db.example:5433/shop"


@pytest.mark.parametrize(
    ("url", "sql", "schema", "identity"),
    [
        (POSTGRES, "SELECT * FROM orders", "public", ("postgres://db.example:5433", "shop.public.orders")),
        (POSTGRES, "SELECT * FROM orders", "ops", ("postgres://db.example:5433", "shop.ops.orders")),
        (POSTGRES, "SELECT * FROM orders", None, ("postgres://db.example:5433", "shop.public.orders")),
        (POSTGRES, "SELECT * FROM ops.orders", "public", ("postgres://db.example:5433", "shop.ops.orders")),
        (POSTGRES, "SELECT * FROM shop.ops.orders", "public", ("postgres://db.example:5433", "shop.ops.orders")),
        ("postgres://db.example/shop", "SELECT 1 FROM o", None, ("postgres://db.example:5432", "shop.public.o")),
        (
            "mysql+pymysql://u:p@db.example/shop",
            "SELECT * FROM `Orders`",
            "shop",
            ("mysql://db.example:3306", "shop.Orders"),
        ),
        ("mysql://db.example/shop", "SELECT * FROM other.orders", "shop", ("mysql://db.example:3306", "other.orders")),
        ("sqlite:////srv/ops.db", "SELECT * FROM orders", "main", ("sqlite:///srv/ops.db", "orders")),
        (
            "postgresql://db.example/my%20shop",
            "SELECT * FROM o",
            None,
            ("postgres://db.example:5432", "my shop.public.o"),
        ),
        ("mssql+pyodbc://sa:pw@db/shop", "SELECT * FROM [Orders]", "dbo", ("mssql://db:1433", "shop.dbo.orders")),
        ("oracle://u:p@db/svc", "SELECT * FROM orders", "SALES", ("oracle://db:1521", "svc.SALES.ORDERS")),
        ("duckdb:////srv/ops.duckdb", "SELECT * FROM orders", "main", ("duckdb:///srv/ops.duckdb", "ops.main.orders")),
        ("snowflake://u:p@org-a/DB/S", "SELECT * FROM orders", None, ("snowflake://org-a", "DB.S.ORDERS")),
        ("bigquery://project", "SELECT * FROM `set.t`", None, ("bigquery", "project.set.t")),
        ("bigquery://project/set", "SELECT * FROM Orders", None, ("bigquery", "project.set.Orders")),
        (
            "redshift://u:p@c.x1.eu-west-1.redshift.amazonaws.com/dev",
            "SELECT * FROM T",
            None,
            ("redshift://c.eu-west-1:5439", "dev.public.t"),
        ),
        ("trino://ada@t/hive/web", "SELECT * FROM x", None, ("trino://t:8080", "hive.web.x")),
        (
            "awsathena+rest://k:s@athena.us-east-1.amazonaws.com/web",
            "SELECT * FROM x",
            None,
            ("awsathena://athena.us-east-1.amazonaws.com", "awsdatacatalog.web.x"),
        ),
        ("databricks://token:t@w.cloud/main", "SELECT * FROM x", "web", ("databricks://w.cloud", "main.web.x")),
        ("clickhouse://u:p@c/web", "SELECT * FROM x", None, ("clickhouse://c:8123", "web.x")),
    ],
)
def test_a_query_on_one_table_is_named_by_it(url: str, sql: str, schema: str | None, identity: tuple[str, str]) -> None:
    assert database_identity(url, sql, "ops", schema) == identity
    # Whatever anybody else makes of the same name, it is this one.
    assert normal(*identity) == identity


def names(url: str, sql: str) -> dict[str, str]:
    return {written: table.name for written, table in database_of(url, "ops").tables(sql).items()}


def test_each_table_of_a_query_has_its_own_name() -> None:
    # PostgreSQL folds a name that is not quoted to lower case.
    assert names(POSTGRES, 'SELECT * FROM Orders JOIN "Items" USING (id)') == {
        "orders": "shop.public.orders",
        "Items": "shop.public.Items",
    }
    assert database_identity(POSTGRES, "SELECT * FROM a, b", "ops")[1].startswith("shop.query-")


def test_what_a_query_names_itself_is_no_table() -> None:
    sql = "WITH late AS (SELECT * FROM flights), x AS (SELECT * FROM late) SELECT * FROM x JOIN ops.late USING (id)"
    assert names(POSTGRES, sql) == {"ops.late": "shop.ops.late", "flights": "shop.public.flights"}


def test_a_query_without_tables_or_sense_is_named_by_its_checksum() -> None:
    queries = ("SELECT 1", "SELECT 2", "SELEC FROM (", "((", "DELETE FROM orders")
    found = {database_identity(POSTGRES, sql, "ops")[1] for sql in queries}
    assert len(found) == 5 and all(name.startswith("shop.query-") for name in found)
    assert database_identity(POSTGRES, "SELECT 1", "ops") == database_identity(POSTGRES, "SELECT 1", "other")


def test_a_database_whose_naming_is_not_known_is_named_by_its_connection() -> None:
    assert database_identity("vertica://u:p@h/db", "SELECT * FROM orders", "ops") == (
        "airflow-connection://ops",
        "orders",
    )
    both = database_of("vertica://u:p@h/db", "ops").tables("SELECT * FROM b, a.c")
    assert {(t.namespace, t.name) for t in both.values()} == {
        ("airflow-connection://ops", "b"),
        ("airflow-connection://ops", "a.c"),
    }
    assert query_identity("ops", "nonsense (")[1].startswith("query-")


def test_a_socket_is_on_this_host() -> None:
    namespace, _ = database_identity("postgresql://u:p@/db?host=/run/pg", "SELECT * FROM t", "ops")
    assert namespace == f"postgres://{socket.gethostname()}:5432"


@pytest.mark.parametrize("url", [POSTGRES, "mysql://ada:hunter2@h/db", "nowhere://ada:hunter2@h/db", "//hunter2"])
def test_no_name_has_credentials(url: str) -> None:
    assert "hunter2" not in "".join(database_identity(url, "SELECT * FROM t", "ops"))
