from __future__ import annotations

import json
from typing import Any

import pytest
from openlineage.client import event_v2
from openlineage.client.serde import Serde

from hallmark.lineage.outbox.kafka import message_key
from hallmark.lineage.outbox.typed import typed
from lineage_backend import event

RUN = "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"
SHARED = {"eventTime": "2026-11-23T06:00:00Z", "producer": "urn:x", "schemaURL": "https://example/schema"}
DATASET = {"namespace": "n", "name": "d", "facets": {"schema": {"fields": [{"name": "a"}]}}}
PARENT = {"run": {"runId": RUN}, "job": {"namespace": "n", "name": "dag"}}
ROOT = {"run": {"runId": RUN}, "job": {"namespace": "n", "name": "root"}}
JOB = {"namespace": "n", "name": "j", "facets": {"sql": {"query": "select 1"}}}
EVENTS: dict[str, tuple[type, dict[str, Any]]] = {
    "run": (event_v2.RunEvent, event(RUN, "COMPLETE")),
    "run with facets": (
        event_v2.RunEvent,
        {
            **SHARED,
            "eventType": "OTHER",
            "run": {"runId": RUN, "facets": {"parent": {**PARENT, "root": ROOT}}},
            "job": JOB,
            "inputs": [DATASET | {"inputFacets": {"subset": {"x": 1}}}],
            "outputs": [DATASET | {"outputFacets": {"outputStatistics": {"rowCount": 3}}}],
        },
    ),
    "job": (event_v2.JobEvent, {**SHARED, "job": JOB, "inputs": [], "outputs": [DATASET | {"outputFacets": {}}]}),
    "dataset": (event_v2.DatasetEvent, {**SHARED, "dataset": DATASET}),
}


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: inner for key, item in value.items() if (inner := without_empty(item)) not in ({}, None)}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_of_the_clients_classes_says_the_same(kind: str) -> None:
    class_, body = EVENTS[kind]
    made = typed(body)
    assert isinstance(made, class_)
    assert without_empty(json.loads(Serde.to_json(made))) == without_empty(body)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (EVENTS["run"][1], "run:production/shop.clean"),
        (EVENTS["run with facets"][1], "run:n/root"),
        (EVENTS["run"][1] | {"run": {"runId": RUN, "facets": {"parent": PARENT}}}, "run:n/dag"),
        (EVENTS["run"][1] | {"run": {"runId": RUN, "facets": {"parent": ["none"]}}}, "run:production/shop.clean"),
        (EVENTS["run"][1] | {"run": {"runId": RUN, "facets": {"parent": {"job": "dag"}}}}, "run:production/shop.clean"),
        (EVENTS["job"][1], "job:n/j"),
        (EVENTS["dataset"][1], "dataset:n/d"),
    ],
)
def test_the_events_of_a_job_and_its_parents_have_one_key(body: dict[str, Any], key: str) -> None:
    assert message_key(body) == key


@pytest.mark.parametrize("kind", EVENTS)
def test_the_key_is_that_of_the_client(kind: str) -> None:
    from openlineage.client.transport.kafka import KafkaTransport

    body = EVENTS[kind][1]
    if kind != "run with facets":  # there the client looks for the class of its own facet
        assert KafkaTransport._get_message_key(KafkaTransport.__new__(KafkaTransport), typed(body)) == message_key(body)
