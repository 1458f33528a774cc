"""The graph of a whole pipeline, from the columns of a file to predictions, out of the events that Airflow sent."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import pytest
from airflow_runs import Played
from sqlalchemy import Connection

from hallmark.lineage import graph
from hallmark.lineage.outbox.draining import drain
from hallmark.lineage.outbox.spool import Spool

pytestmark = pytest.mark.airflow

T = TypeVar("T")


@pytest.fixture(scope="module")
def life(life: Played) -> Played:
    """What waited on the disk, because the machine was busy, is taken in as the command line does it."""
    drain(life.catalog.database, Spool(life.folder / "airflow" / "hallmark" / "spool"), 60)
    return life


def asked(played: Played, question: Callable[[Connection], T]) -> T:
    return played.catalog.database.read(question)


def test_every_event_is_in_the_store(life: Played) -> None:
    assert len(life.catalog.events(limit=10_000)) == len(life.events) > 0


def test_the_way_from_a_files_columns_to_a_prediction_is_whole(life: Played) -> None:
    def upstream(connection: Connection) -> graph.Graph:
        predicted = graph.find(connection, "parcels/predictions.probability")
        return graph.graph(connection, predicted, up=20, down=0, columns=True)

    found = asked(life, upstream)
    steps = {(flow.source.rpartition("/")[2], flow.target.rpartition("/")[2]) for flow in found.column_edges}
    way = ["parcels.csv", "raw", "clean", "features", "predictions"]
    assert set(pairwise(way)) <= steps, steps
    assert any(node.type == "MODEL" for node in found.nodes)


def test_what_depends_on_a_column_has_owners_and_reaches_the_model(life: Played) -> None:
    found = asked(life, lambda c: graph.impact(c, graph.find(c, "parcels/raw"), "weight_kg"))
    reached = {each.node.hallmark for each in (*found.datasets, *found.models)}
    assert {"parcels/clean", "parcels/features", "parcel_late", "parcels/predictions"} <= reached
    assert "science" in found.owners


def test_a_model_was_made_of_the_months_before_it_alone(life: Played) -> None:
    chain = asked(life, lambda c: graph.why(c, graph.find(c, "parcel_late@1")))
    read = [link for link in chain.links if link.dataset == "parcels/features"]
    assert {partition for link in read for partition in link.partitions} == {"2024-01"}
