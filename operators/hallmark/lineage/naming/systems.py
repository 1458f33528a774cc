"""The storages and databases whose names are known: what their schemes are called, and how their parts make a name.

Source: OpenLineage's naming conventions (https://openlineage.io/docs/spec/naming), and for what they leave open what
the integrations for Airflow, dbt and Spark send.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["System", "system_of"]

# What follows the namespace: an object's key, an absolute path, a table's dotted name, or any name.
Shape = Literal["objects", "files", "tables", "names"]
# What stands after "scheme://": a host and its port; an account's host behind a container; a file; a text whose case
# counts.
Authority = Literal["host", "container", "file", "text", "none"]


def _as_it_is(host: str) -> str:
    return host


@dataclass(frozen=True)
class System:
    """One kind of storage or database.

    Args:
        scheme: of its namespaces.
        others: further spellings of the scheme; a driver after ``+`` is left out before.
        shape: what its names are.
        authority: what its namespaces have after the scheme.
        port: filled in where none is given.
        hidden: the port that is left out, being the only sensible one.
        host: the short form of a host, for systems that have one.
        levels: what stands before a table's name in its full name: the ``database``, the ``schema``, or a constant.
        schema: the one that is meant where none is named; None if only the database can tell.
        dialect: sqlglot's name of its SQL.
        quotes: characters that may stand around the parts of a table's name.
        caseless: whether tables' names are the same in any case, quoted or not.
    """

    scheme: str
    others: tuple[str, ...] = ()
    shape: Shape = "tables"
    authority: Authority = "host"
    port: int | None = None
    hidden: int | None = None
    host: Callable[[str], str] = _as_it_is
    levels: tuple[str, ...] = ()
    schema: str | None = None
    dialect: str | None = None
    quotes: str = '"`'
    caseless: bool = False

    def before(self, database: str | None, schema: str | None) -> tuple[str | None, ...]:
        """Return what stands before a table's name, None where it is not known."""
        known = {"database": database, "schema": schema or self.schema}
        return tuple(known.get(level, level) or None for level in self.levels)


_SCHEMAS = ("database", "schema")


def _redshift(host: str) -> str:
    """Return ``cluster.region`` of a cluster's or a workgroup's host."""
    parts = host.split(".")
    return f"{parts[0]}.{parts[2]}" if host.endswith(".amazonaws.com") and len(parts) == 6 else host


def _snowflake(host: str) -> str:
    """Return ``organization-account``, or ``locator.region.cloud`` with what Snowflake leaves out filled in."""
    parts = host.removesuffix(".snowflakecomputing.com").split(".")
    if not parts[0] or "-" in parts[0]:
        return parts[0]
    return ".".join((*parts, *("us-west-1", "aws")[len(parts) - 1 :]))


def _athena(host: str) -> str:
    """Return the region's host: a bare region gets it, and an older client's bucket or catalog before it goes."""
    region = re.fullmatch(r"(?:athena\.)?([a-z]{2}(?:-[a-z]+)+-\d)(?:\.amazonaws\.com)?", host)
    return f"athena.{region[1]}.amazonaws.com" if region else host


_SYSTEMS = (
    System("file", (), "files"),
    System("s3", ("s3a", "s3n"), "objects"),
    System("gs", ("gcs",), "objects"),
    System("abfss", ("abfs",), "objects", "container"),
    System("wasbs", ("wasb",), "objects", "container"),
    System("hdfs", (), "files", port=8020),
    System("dbfs", (), "files"),
    System("https", (), "files", hidden=443),
    System("http", (), "files", hidden=80),
    System("kafka", (), "names", port=9092),
    System("mlflow", (), "names", "text"),
    System("hallmark", (), "names", "text"),
    System("airflow-connection", (), "names", "text"),
    System("postgres", ("postgresql", "psql"), port=5432, levels=_SCHEMAS, schema="public", dialect="postgres"),
    System(
        "redshift", (), port=5439, host=_redshift, levels=_SCHEMAS, schema="public", dialect="redshift", caseless=True
    ),
    System("cockroachdb", ("cockroach",), port=26257, levels=_SCHEMAS, schema="public", dialect="postgres"),
    System("mysql", ("mariadb",), port=3306, levels=("database",), dialect="mysql"),
    System(
        "mssql", ("sqlserver",), port=1433, levels=_SCHEMAS, schema="dbo", dialect="tsql", quotes='"`[]', caseless=True
    ),
    System("oracle", (), port=1521, levels=_SCHEMAS, dialect="oracle"),
    System("sqlite", (), authority="file", schema="main", dialect="sqlite", quotes='"`[]', caseless=True),
    System("duckdb", (), authority="file", levels=_SCHEMAS, schema="main", dialect="duckdb", caseless=True),
    System("snowflake", (), hidden=443, host=_snowflake, levels=_SCHEMAS, schema="PUBLIC", dialect="snowflake"),
    System("bigquery", (), authority="none", levels=_SCHEMAS, dialect="bigquery"),
    System("trino", (), port=8080, levels=_SCHEMAS, dialect="trino", caseless=True),
    System("presto", (), port=8080, levels=_SCHEMAS, dialect="presto", caseless=True),
    System(
        "awsathena",
        ("athena",),
        hidden=443,
        host=_athena,
        levels=("awsdatacatalog", "database"),
        dialect="athena",
        caseless=True,
    ),
    System(
        "databricks",
        ("unity", "unitycatalog"),
        hidden=443,
        levels=_SCHEMAS,
        schema="default",
        dialect="databricks",
        caseless=True,
    ),
    System("clickhouse", ("clickhousedb",), port=8123, levels=("database",), dialect="clickhouse"),
    System("hive", (), levels=("database",), dialect="hive", caseless=True),
    System("db2", ("ibm_db_sa",), port=50000, levels=_SCHEMAS),
    System("teradata", ("teradatasql",), port=1025, levels=("database",), dialect="teradata"),
    System("cassandra", (), port=9042, levels=("database",)),
    System("crate", (), port=4200, levels=("crate", "schema"), schema="doc"),
)
_BY_SCHEME = {scheme: system for system in _SYSTEMS for scheme in (system.scheme, *system.others)}
# Formats of tables that lie in a storage: what names them is where they lie.
_FORMATS = frozenset({"delta", "iceberg", "hudi", "parquet"})


def system_of(scheme: str) -> System | None:
    """Return what a scheme means, such as ``s3a``, ``postgresql+psycopg`` or ``delta+s3``; None if it is not known."""
    known = _BY_SCHEME.get(scheme)
    if known is not None:
        return known
    first, _, second = scheme.lower().partition("+")
    return _BY_SCHEME.get(second if first in _FORMATS else first)
