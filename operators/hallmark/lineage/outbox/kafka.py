"""Kafka, told when a message did not arrive: the client's own transport logs it and counts the event as sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openlineage.client.serde import Serde
from openlineage.client.transport.kafka import KafkaTransport
from openlineage.client.transport.msk_iam import MSKIAMTransport

from hallmark.lineage.outbox.outcome import Refused

__all__ = ["ConfirmedKafkaTransport", "ConfirmedMskTransport"]

# Seconds a broker has to take a message: librdkafka's own limit is five minutes.
_ANSWER = 8
_TIMEOUT = "message.timeout.ms"
# Errors that speak of the message and not of the broker: MSG_SIZE_TOO_LARGE, INVALID_RECORD.
_OF_THE_MESSAGE = frozenset({10, 87})


class _Confirmed(KafkaTransport):  # type: ignore[misc]
    def _setup_producer(self, config: dict[str, Any]) -> None:
        super()._setup_producer({_TIMEOUT: _ANSWER * 1000, **config})

    def emit(self, event: Any) -> None:
        """Send one event and wait until the broker has it."""
        for error in self._failures(Serde.to_dict(event)):
            raise (Refused if error.code() in _OF_THE_MESSAGE else ConnectionError)(error.str())

    def _failures(self, body: Mapping[str, Any]) -> list[Any]:
        from confluent_kafka import KafkaException  # type: ignore[import-not-found]

        failed: list[Any] = []
        try:
            self.producer.produce(
                topic=self.topic,
                key=self.message_key or message_key(body),
                value=Serde.to_json(body).encode(),
                on_delivery=lambda error, _message: failed.append(error) if error else None,
            )
        except KafkaException as error:
            return [error.args[0]]
        if self.producer.flush(_ANSWER + 2):
            self.producer.purge()
            raise ConnectionError(f"no broker took the message within {_ANSWER + 2} seconds")
        return failed


class ConfirmedKafkaTransport(_Confirmed):
    """The transport ``kafka`` of the OpenLineage client; an event counts as sent when the broker has it."""


class ConfirmedMskTransport(_Confirmed, MSKIAMTransport):  # type: ignore[misc]
    """The transport ``msk-iam``, in the same way."""


def message_key(body: Mapping[str, Any]) -> str:
    """Return the key by which the client keeps the events of a job and of its parents in one partition."""
    kind = "dataset" if "dataset" in body else "run" if "run" in body else "job"
    named = body["dataset"] if kind == "dataset" else body["job"]
    if kind == "run":
        parent = _part(body, "run", "facets", "parent")
        named = _part(parent, "root", "job") or _part(parent, "job") or named
    return f"{kind}:{named.get('namespace')}/{named.get('name')}"


def _part(given: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return an object within an object; nothing, where a producer put something else."""
    for name in names:
        inner = given.get(name)
        given = inner if isinstance(inner, Mapping) else {}
    return given
