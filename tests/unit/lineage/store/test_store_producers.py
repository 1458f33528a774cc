"""Events in the manner of other producers load, and meet under one name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hallmark.catalog import Catalog
from hallmark.lineage import graph
from hallmark.lineage.store import ingest

SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"


def told(producer: str, at: str, type_: str, run: str, job: tuple[str, str], **parts: Any) -> dict[str, Any]:
    facets = parts.pop("run_facets", {})
    job_facets = parts.pop("job_facets", {})
    return {
        "eventTime": f"2026-03-01T{at}Z",
        "eventType": type_,
        "run": {"runId": f"01957b1c-0000-7000-8000-{run:0>12}", "facets": facets},
        "job": {"namespace": job[0], "name": job[1], "facets": job_facets},
        "producer": f"https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/{producer}",
        "schemaURL": SCHEMA,
        **parts,
    }


def at(namespace: str, name: str, **facets: Any) -> dict[str, Any]:
    return {"namespace": namespace, "name": name, "facets": facets}


def parent(run: str, namespace: str, name: str) -> dict[str, Any]:
    run_id = f"01957b1c-0000-7000-8000-{run:0>12}"
    return {"parent": {"run": {"runId": run_id}, "job": {"namespace": namespace, "name": name}}}


# A Flink job runs on: it tells its topics at the start, and of checkpoints while it runs.
FLINK = [
    told(
        "flink",
        "00:00:00",
        "START",
        "1",
        ("streams", "orders_enrich"),
        inputs=[at("kafka://broker-1:9092,broker-2:9092", "orders")],
        outputs=[at("kafka://broker-1:9092", "orders_enriched")],
        job_facets={"jobType": {"processingType": "STREAMING", "integration": "FLINK", "jobType": "JOB"}},
    ),
    told(
        "flink",
        "01:00:00",
        "RUNNING",
        "1",
        ("streams", "orders_enrich"),
        run_facets={"checkpoints": {"completed": 60, "failed": 0}},
    ),
]
# Spark tells an application and its actions; paths are s3a, and the table of the metastore is a symlink.
ORDERS = at(
    "s3a://lake",
    "/warehouse/orders/",
    symlinks={"identifiers": [{"namespace": "hive://metastore:9083", "name": "sales.orders", "type": "TABLE"}]},
    schema={"fields": [{"name": "amount", "type": "double"}, {"name": "country", "type": "string"}]},
    columnLineage={
        "fields": {
            "amount": {
                "inputFields": [
                    {
                        "namespace": "kafka://broker-1:9092",
                        "name": "orders_enriched",
                        "field": "value",
                        "transformations": [{"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": False}],
                    }
                ]
            }
        }
    },
)
SPARK = [
    told("spark", "02:00:00", "START", "2", ("spark", "load_orders")),
    told(
        "spark",
        "02:00:01",
        "START",
        "3",
        ("spark", "load_orders.execute_save_into_data_source_command"),
        run_facets={**parent("2", "spark", "load_orders"), "spark.logicalPlan": {"plan": [{"class": "Scan"}] * 50}},
        inputs=[],
    ),
    told(
        "spark",
        "02:05:00",
        "COMPLETE",
        "3",
        ("spark", "load_orders.execute_save_into_data_source_command"),
        run_facets=parent("2", "spark", "load_orders"),
        inputs=[at("kafka://broker-1:9092", "orders_enriched")],
        outputs=[{**ORDERS, "outputFacets": {"outputStatistics": {"rowCount": 1200}}}],
    ),
    told("spark", "02:05:01", "COMPLETE", "2", ("spark", "load_orders")),
]
# Hive knows the table by its name in the metastore, and says column lineage in the form before 1-1-0.
HIVE = [
    told(
        "hive/hive-openlineage-hook",
        "03:00:00",
        "COMPLETE",
        "4",
        ("hive", "createtable_as_select.sales.daily"),
        inputs=[at("hive://metastore:9083", "sales.orders")],
        outputs=[
            at(
                "hive://metastore:9083",
                "sales.daily",
                columnLineage={
                    "fields": {
                        "total": {
                            "inputFields": [
                                {"namespace": "hive://metastore:9083", "name": "sales.orders", "field": "amount"}
                            ],
                            "transformationType": "IDENTITY",
                            "transformationDescription": "sum",
                        }
                    }
                },
            )
        ],
    )
]
# dbt wraps each model in the run of the command, and tells tests as assertions of what they read.
DBT = [
    told("dbt", "04:00:00", "START", "5", ("dbt", "dbt-run-shop")),
    told(
        "dbt",
        "04:01:00",
        "COMPLETE",
        "6",
        ("dbt", "shop.analytics.revenue"),
        run_facets={**parent("5", "dbt", "dbt-run-shop"), "dbt_version": {"version": "1.11.0"}},
        inputs=[at("hive://metastore:9083", "sales.daily")],
        outputs=[at("postgres://dwh.example", "shop.analytics.revenue", dataSource={"name": "dwh", "uri": "dwh"})],
        job_facets={"sql": {"query": "select * from sales.daily"}},
    ),
    told(
        "dbt",
        "04:02:00",
        "COMPLETE",
        "7",
        ("dbt", "shop.analytics.revenue.test"),
        run_facets=parent("5", "dbt", "dbt-run-shop"),
        inputs=[
            {
                **at("postgres://dwh.example:5432", "shop.analytics.revenue"),
                "inputFacets": {
                    "dataQualityAssertions": {
                        "assertions": [{"assertion": "not_null", "success": False, "column": "total"}]
                    }
                },
            }
        ],
    ),
]
ALL = [*FLINK, *SPARK, *HIVE, *DBT]


def test_all_of_them_are_stored(catalog: Catalog) -> None:
    done = ingest(catalog.database, ALL)
    assert (done.stored, done.refused) == (len(ALL), ())


def test_a_topic_a_table_and_a_warehouse_are_one_graph(catalog: Catalog) -> None:
    ingest(catalog.database, reversed(ALL))

    def upstream(connection: Connection) -> list[tuple[str, str]]:
        revenue = graph.find(connection, "postgres://dwh.example:5432:shop.analytics.revenue")
        drawn = graph.graph(connection, revenue, up=20, down=0)
        return sorted((node.kind, node.name) for node in drawn.nodes)

    assert catalog.database.read(upstream) == [
        ("dataset", "orders"),
        ("dataset", "orders_enriched"),
        ("dataset", "sales.daily"),
        ("dataset", "shop.analytics.revenue"),
        ("dataset", "warehouse/orders"),
        ("job", "createtable_as_select.sales.daily"),
        ("job", "load_orders.execute_save_into_data_source_command"),
        ("job", "orders_enrich"),
        ("job", "shop.analytics.revenue"),
    ]


def test_a_column_is_followed_from_producer_to_producer(catalog: Catalog) -> None:
    ingest(catalog.database, ALL)

    def reached(connection: Connection) -> set[str]:
        topic = graph.find(connection, "kafka://broker-1:9092:orders_enriched")
        return {column.column for column in graph.impact(connection, topic, "value").columns}

    assert catalog.database.read(reached) >= {"amount", "total"}


def test_a_test_of_dbt_that_failed_is_the_cause(catalog: Catalog) -> None:
    ingest(catalog.database, ALL)

    def cause(connection: Connection) -> graph.Cause | None:
        return graph.root_cause(
            connection, graph.find(connection, "postgres://dwh.example:5432:shop.analytics.revenue")
        )

    found = catalog.database.read(cause)
    assert found is not None
    assert [one.assertion for one in found.assertions] == ["not_null"]
