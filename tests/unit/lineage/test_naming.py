from __future__ import annotations

import socket

import pytest

from hallmark.lineage.naming import database_identity, model_identity, query_identity, table_identity


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
        (POSTGRES, 'SELECT * FROM Orders JOIN "Items" USING (id)', "public", None),
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
    ],
)
def test_a_query_is_named_by_the_tables_it_reads(
    url: str, sql: str, schema: str | None, identity: tuple[str, str] | None
) -> None:
    # PostgreSQL folds a name that is not quoted to lower case.
    both = ("postgres://db.example:5433", "shop.public.Items,shop.public.orders")
    assert database_identity(url, sql, "ops", schema) == (identity or both)


def test_what_a_query_names_itself_is_no_table() -> None:
    sql = "WITH late AS (SELECT * FROM flights), x AS (SELECT * FROM late) SELECT * FROM x JOIN ops.late USING (id)"
    assert database_identity(POSTGRES, sql, "ops")[1] == "shop.ops.late,shop.public.flights"


def test_a_query_without_tables_or_sense_is_named_by_its_checksum() -> None:
    names = {database_identity(POSTGRES, sql, "ops")[1] for sql in ("SELECT 1", "SELECT 2", "SELEC FROM (", "((")}
    assert len(names) == 4 and all(name.startswith("shop.query-") for name in names)
    assert database_identity(POSTGRES, "SELECT 1", "ops") == database_identity(POSTGRES, "SELECT 1", "other")


def test_a_database_whose_naming_is_not_known_is_named_by_its_connection() -> None:
    assert database_identity("oracle://u:p@h/db", "SELECT * FROM orders", "ops") == (
        "airflow-connection://ops",
        "orders",
    )
    assert query_identity("ops", "SELECT * FROM b, a.c") == ("airflow-connection://ops", "a.c,b")
    assert query_identity("ops", "nonsense (")[1].startswith("query-")


def test_a_socket_is_on_this_host() -> None:
    namespace, _ = database_identity("postgresql://u:p@/db?host=/run/pg", "SELECT * FROM t", "ops")
    assert namespace == f"postgres://{socket.gethostname()}:5432"


@pytest.mark.parametrize("url", [POSTGRES, "mysql://ada:hunter2@h/db", "nowhere://ada:hunter2@h/db", "//hunter2"])
def test_no_name_has_credentials(url: str) -> None:
    assert "hunter2" not in "".join(database_identity(url, "SELECT * FROM t", "ops"))
