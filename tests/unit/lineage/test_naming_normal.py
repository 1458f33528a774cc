"""One form for what any producer calls a dataset."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hallmark.lineage.naming import hallmark_identity, model_identity, normal, table_identity

# What producers say, and what it is called. The namespace and the name of each stand as they were sent.
SAME = {
    "a local file": (
        ("file", "/lake/flights"),
        [
            ("file", "/lake/flights/"),
            ("file", "/lake//flights"),
            ("FILE", "/lake/flights"),
            ("file:", "/lake/flights"),
            ("file://", "/lake/flights"),
            ("file:///", "lake/flights"),
            ("file:///lake", "flights"),
            ("file://localhost", "/lake/flights"),
            ("file", "file:/lake/flights"),
            ("file", "file:///lake/flights"),
        ],
    ),
    "a file of another host": (("file://nas", "/lake/x"), [("file://NAS/", "/lake/x"), ("file://nas/lake", "x")]),
    "S3": (
        ("s3://bucket", "lake/flights"),
        [
            ("s3a://bucket", "/lake/flights"),
            ("s3n://Bucket/", "lake/flights/"),
            ("S3://bucket", "lake//flights"),
            ("s3://bucket/lake", "flights"),
            ("s3://key:secret@bucket", "lake/flights"),
            ("s3", "s3a://bucket/lake/flights"),
            ("s3://bucket", "s3://bucket/lake/flights"),
            ("delta+s3://bucket", "lake/flights"),
        ],
    ),
    "the whole bucket": (("s3://bucket", "/"), [("s3://bucket", ""), ("s3a://bucket/", "/"), ("s3://bucket", "//")]),
    "Google Cloud Storage": (("gs://bucket", "x/y"), [("gcs://bucket", "/x/y"), ("gs://bucket/x/", "y")]),
    "Azure Data Lake": (
        ("abfss://lake@acct.dfs.core.windows.net", "x"),
        [("abfs://lake@ACCT.dfs.core.windows.net", "/x"), ("abfss://lake@acct.dfs.core.windows.net/x?sig=s3cr", "")],
    ),
    "Azure Blob Storage": (
        ("wasbs://lake@acct.blob.core.windows.net", "x"),
        [("wasb://lake@acct.blob.core.windows.net", "/x/"), ("wasbs://lake:key@acct.blob.core.windows.net", "x")],
    ),
    "HDFS": (
        ("hdfs://nn:8020", "/x"),
        [("hdfs://nn", "/x/"), ("HDFS://NN:8020/", "/x"), ("hdfs://nn:8020", "hdfs://nn/x")],
    ),
    "DBFS": (("dbfs", "/mnt/x"), [("dbfs:", "/mnt/x"), ("dbfs", "dbfs:/mnt/x"), ("dbfs:/", "/mnt//x/")]),
    "a resource on the web": (
        ("https://api.example", "/v1/x"),
        [
            ("https://API.example:443", "/v1/x/"),
            ("https://ada:pw@api.example/v1", "x"),
            ("https://api.example", "/v1/x?api_key=s3cr&page=2"),
        ],
    ),
    "PostgreSQL": (
        ("postgres://db:5432", "shop.public.orders"),
        [
            ("postgresql://db", "shop.public.orders"),
            ("postgresql+psycopg://ada:hunter2@DB:5432/shop?sslmode=require", "public.orders"),
            ("postgres://db:5432/shop", "orders"),
            ("postgres://db", 'shop."public"."orders"'),
            ("jdbc:postgresql://db/shop", "public.orders"),
            ("postgresql://u:p/ss@db/shop", "orders"),
            ("postgresql://db:5432,replica:5433/shop", "orders"),
        ],
    ),
    "MySQL": (
        ("mysql://db:3306", "shop.orders"),
        [
            ("mysql+pymysql://u:p@db/shop", "orders"),
            ("mariadb://db:3306", "shop.orders"),
            ("mysql://db", "`shop`.`orders`"),
        ],
    ),
    "SQL Server": (
        ("mssql://db:1433", "shop.dbo.orders"),
        [
            ("sqlserver://db", "shop.dbo.orders"),
            ("mssql+pyodbc://sa:pw@db/shop?driver=x", "orders"),
            ("jdbc:sqlserver://db:1433;databaseName=shop;password=pw", "[shop].[dbo].[orders]"),
        ],
    ),
    "Oracle": (
        ("oracle://db:1521", "svc.SALES.ORDERS"),
        [
            ("oracle+oracledb://u:p@db/svc", "SALES.ORDERS"),
            ("jdbc:oracle:thin:@//db:1521/svc", "SALES.ORDERS"),
            ("jdbc:oracle:thin:@db:1521:svc", "SALES.ORDERS"),
        ],
    ),
    "SQLite": (
        ("sqlite:///srv/ops.db", "orders"),
        [
            ("sqlite:////srv/ops.db", "orders"),
            ("sqlite:///srv//ops.db", '"orders"'),
            ("sqlite:///srv/ops.db", "main.[Orders]"),
        ],
    ),
    "DuckDB": (("duckdb:///srv/ops.duckdb", "ops.main.orders"), [("duckdb:////srv/ops.duckdb", "orders")]),
    "Snowflake": (
        ("snowflake://org-acct", "DB.PUBLIC.T"),
        [
            ("snowflake://ada:pw@org-acct/DB", "T"),
            ("snowflake://org-acct.snowflakecomputing.com:443", "DB.PUBLIC.T"),
            ("snowflake://ORG-ACCT/DB/PUBLIC?warehouse=w", "T"),
        ],
    ),
    "an older Snowflake account": (("snowflake://xy1.us-west-1.aws", "D.S.T"), [("snowflake://xy1", "D.S.T")]),
    "BigQuery": (
        ("bigquery", "project.set.t"),
        [("bigquery://", "project.set.t"), ("bigquery://project", "set.t"), ("bigquery://project/set", "`t`")],
    ),
    "Redshift": (
        ("redshift://cl.eu-west-1:5439", "dev.public.t"),
        [
            ("redshift+psycopg2://u:p@cl.x1.eu-west-1.redshift.amazonaws.com/dev", "t"),
            ("redshift://cl.x1.eu-west-1.redshift.amazonaws.com:5439", "dev.public.t"),
        ],
    ),
    "Trino": (("trino://t:8080", "hive.web.x"), [("trino://ada@t/hive/web", "X"), ("TRINO://T", "Hive.web.x")]),
    "Athena": (
        ("awsathena://athena.us-east-1.amazonaws.com", "awsdatacatalog.web.x"),
        [("awsathena+rest://k:s@athena.us-east-1.amazonaws.com:443/web", "x"), ("athena://us-east-1/web", "x")],
    ),
    "Databricks": (
        ("databricks://w.cloud", "main.web.x"),
        [
            ("databricks+connector://token:dapi1@w.cloud:443/main?http_path=p", "web.x"),
            ("unity://w.cloud", "main.web.x"),
        ],
    ),
    "ClickHouse": (("clickhouse://c:8123", "web.x"), [("clickhouse+http://u:p@c/web", "x")]),
    "Hive": (("hive://meta:9083", "web.x"), [("hive://META:9083/web", "x")]),
    "Kafka": (("kafka://b1:9092", "orders"), [("kafka://B1", "orders"), ("kafka://b1:9092,b2:9092", "/orders")]),
    "MLflow": (("mlflow://ml.example:5000", "delay"), [("MLFLOW://ada:pw@ml.example:5000", "delay")]),
    "what is no URL": (("my-Namespace", "Some/Thing/"), [("my-Namespace ", " Some/Thing/")]),
    "AWS Glue": (("arn:aws:glue:eu-west-1:1", "table/web/x"), [("arn:aws:glue:eu-west-1:1", "table/web/x")]),
    "an unknown scheme": (
        ("vertica://db:5433/x", "a.b"),
        [("VERTICA://u:p@DB:5433/x", "a.b"), ("vertica://db:5433/x/?a=b", "a.b")],
    ),
}


@pytest.mark.parametrize(
    ("said", "called"),
    [(said, called) for called, all_said in SAME.values() for said in (called, *all_said)],
    ids=lambda pair: " ".join(pair),
)
def test_what_producers_say_has_one_form(said: tuple[str, str], called: tuple[str, str]) -> None:
    assert normal(*said) == called


@pytest.mark.parametrize(
    ("uri", "identity"),
    [
        ("file:///feed/a.csv", ("file", "/feed/a.csv")),
        ("file:/feed/a.csv", ("file", "/feed/a.csv")),
        ("/feed/2024-??.csv", ("file", "/feed/2024-??.csv")),
        ("s3://bucket/2024-??;x#1.csv", ("s3://bucket", "2024-??;x#1.csv")),
        ("abfss://lake@acct.dfs.core.windows.net/a/b", ("abfss://lake@acct.dfs.core.windows.net", "a/b")),
        ("hdfs://nn/x", ("hdfs://nn:8020", "/x")),
        ("iceberg+gs://bucket/x", ("gs://bucket", "x")),
        ("postgres://db/shop/public/orders", ("postgres://db:5432", "shop.public.orders")),
        ("mysql://u:p@db/shop/orders", ("mysql://db:3306", "shop.orders")),
        ("bigquery://project/set/t", ("bigquery", "project.set.t")),
        ("trino://t/c/s/x", ("trino://t:8080", "c.s.x")),
        ("sqlite:////srv/ops.db/orders", ("sqlite:///srv/ops.db", "orders")),
        ("kafka://b1/orders", ("kafka://b1:9092", "orders")),
        ("https://api.example/v1/x?token=s3cr", ("https://api.example", "/v1/x")),
        ("vertica://DB/a/b/", ("vertica://db", "a/b")),
    ],
)
def test_a_uri_says_namespace_and_name(uri: str, identity: tuple[str, str]) -> None:
    assert table_identity(uri) == identity
    assert normal(*identity) == identity


def test_hallmarks_own_names_are_in_their_form_already() -> None:
    for identity in (hallmark_identity("Prod", "flights/clean"), model_identity("sqlite:///x", "Prod", "delay")):
        assert normal(*identity) == identity


# Pieces from which garbage is made that looks like names.
PIECES = st.sampled_from(
    [
        *("file", "s3a", "s3", "postgresql+psycopg", "jdbc:", "mssql", "bigquery", "duckdb", "kafka", "abfss", "x"),
        *("://", ":", "/", "//", "@", "?", "#", ";", ",", ".", "=", "&", '"', "`", "[", "]", " ", "\n", "~", "%", "é"),
        *(
            "u:pw@",
            ":5432",
            ":443",
            "host",
            "a.b",
            "password=",
            "token=",
            "***",
            "oracle:thin:",
            "athena",
            "{",
            "'",
            "\\",
        ),
    ]
)
GARBAGE = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=30)


@settings(max_examples=1500)
@given(GARBAGE, GARBAGE)
@example("s3://b", "s3://c/s3://d/x")
@example("https://h/", "/x/?token=1")
@example("\ud800", "\ud800" * 3000)
def test_the_form_of_anything_is_its_own_form(namespace: str, name: str) -> None:
    once = normal(namespace, name)
    assert normal(*once) == once


@given(GARBAGE, GARBAGE, st.integers(0, 400))
def test_names_are_bounded_and_long_ones_stay_apart(namespace: str, name: str, times: int) -> None:
    space, found = normal(namespace * times, name * times)
    assert len(space) <= 512 and len(found) <= 2048
    assert normal(space, found) == (space, found)
    long = "/" + "x" * 3000
    assert normal("file", long + "a") != normal("file", long + "b")


SECRET = st.text("abcXYZ0189-._~%", min_size=8, max_size=20).map(lambda word: f"hunter{word}")
SCHEMES = ["postgresql", "mysql+pymysql", "s3", "https", "kafka", "mlflow", "abfss", "vertica", "snowflake", "hdfs"]


@given(
    st.sampled_from(SCHEMES),
    SECRET,
    st.sampled_from(["{s}://ada:{p}@h/d", "{s}://h/d?password={p}", "{s}://h;pwd={p};x=1"]),
)
def test_no_credential_survives(scheme: str, secret: str, form: str) -> None:
    url = form.format(s=scheme, p=secret)
    for pair in ((url, "x"), ("default", url), (url, url), ("file", url)):
        assert secret not in "".join(normal(*pair))
    assert secret not in "".join(table_identity(url))


def test_a_name_is_found_in_microseconds() -> None:
    pairs = [said for called, all_said in SAME.values() for said in (called, *all_said)]
    for pair in pairs:
        normal(*pair)
    began = time.perf_counter()
    for _ in range(100):
        for pair in pairs:
            normal(*pair)
    assert (time.perf_counter() - began) / (100 * len(pairs)) < 5e-6


@pytest.mark.parametrize("piece", ["s3://a/", "/", "@", "u:p@", "a.", "token=", ":1", '"', "é"])
def test_a_hostile_name_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.perf_counter()
    normal(f"s3://{text}", f"s3://{text}")
    normal(text, text)
    assert time.perf_counter() - began < 0.5
