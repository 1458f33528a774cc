"""Kafka, with the broker that librdkafka brings along for tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hallmark.catalog.engine import Database
from hallmark.lineage.outbox import deliver
from hallmark.lineage.store import ingest
from lineage_backend import event

pytest.importorskip("confluent_kafka", reason="confluent-kafka is optional")

Configure = Callable[..., None]
MOCK = {"test.mock.num.brokers": "1"}


def kafka(config: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "kafka", "topic": "lineage", "config": config, **more}


def test_events_reach_the_broker(database: Database, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    import confluent_kafka
    from openlineage.client.transport import kafka as transport

    taken: list[tuple[str, dict[str, Any]]] = []
    produce = confluent_kafka.Producer

    class Watched(produce):  # type: ignore[misc, valid-type]
        def produce(self, topic: str, on_delivery: Any, **message: Any) -> None:
            def confirmed(error: Any, sent: Any) -> None:
                if not error:
                    taken.append((sent.key().decode(), json.loads(sent.value())))
                on_delivery(error, sent)

            super().produce(topic, on_delivery=confirmed, **message)

    assert transport is not None
    monkeypatch.setattr(confluent_kafka, "Producer", Watched)
    configure(kafka=kafka({**MOCK, "bootstrap.servers": "unused"}))
    ingest(database, [event("a", "START"), event("a", "COMPLETE")])
    (done,) = deliver(database).backends
    assert (done.sent, done.left, done.trouble) == (2, 0, "")
    assert taken == [("run:production/shop.clean", event("a", type_)) for type_ in ("START", "COMPLETE")]


def test_a_broker_that_is_out_of_reach_is_noticed(database: Database, configure: Configure) -> None:
    configure(kafka=kafka({"bootstrap.servers": "127.0.0.1:9", "message.timeout.ms": 300}))
    ingest(database, [event("a", "START"), event("a", "COMPLETE")])
    (done,) = deliver(database).backends
    assert (done.sent, done.parked, done.left) == (0, 0, 2)
    assert "timed out" in done.trouble


def test_a_message_that_is_too_large_is_refused(database: Database, configure: Configure) -> None:
    configure(kafka=kafka({**MOCK, "bootstrap.servers": "unused", "message.max.bytes": 1000}))
    ingest(database, [event("large", job="j" * 900), event("small")])
    (done,) = deliver(database).backends
    assert (done.sent, done.left, done.trouble) == (1, 1, "")
