"""Sending one event to one backend, through a transport of the OpenLineage client."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hallmark.errors import ConfigError
from hallmark.lineage.outbox.backends import Backend
from hallmark.lineage.outbox.outcome import SENT, Outcome, outcome_of
from hallmark.lineage.redaction import is_secret

__all__ = ["Sender"]

Config = dict[str, Any]

# The outbox waits and tries again; a transport that did so as well would hold up the other backends.
_ONCE: Config = {
    "total": 0,
    "connect": 0,
    "read": 0,
    "status_forcelist": [],
    "respect_retry_after_header": False,
}
_HERE = "hallmark.lineage.outbox.kafka"
# Those that only write down what they are given: an event goes out as it came in. Others look at its class.
_FAITHFUL = frozenset({"http", "file", "console", "noop", "datadog", f"{_HERE}.ConfirmedKafkaTransport"})
_SECRET_PARTS = ("auth", "custom_headers")
_SHORTEST_SECRET = 6


class Sender:
    """One backend's transport.

    Args:
        backend: whose.

    Raises:
        ConfigError: it cannot be made of the configuration.
    """

    def __init__(self, backend: Backend) -> None:
        config = _own(copy.deepcopy(dict(backend.config)))
        self._secrets = frozenset(_secrets(backend.config))
        self._faithful = config["type"] in _FAITHFUL
        self._transport = self._made(backend.name, config)

    def send(self, body: Mapping[str, Any]) -> Outcome:
        """Send one event, once, and tell what became of it."""
        try:
            event = body if self._faithful else _typed(body)
        except Exception as error:
            told = outcome_of(error, self._secrets)
            # What the client's classes have no place for will never be sent.
            return replace(told, kind="refused") if told.kind == "unclear" else told
        try:
            answer = self._transport.emit(event)
        except Exception as error:
            return outcome_of(error, self._secrets)
        return _redirected(answer) or SENT

    def close(self) -> None:
        """Let go of connections."""
        # All that it was given has been confirmed, and nothing can be done about what it says now.
        with suppress(Exception):
            self._transport.close(timeout=5)

    def _made(self, name: str, config: Config) -> Any:
        from openlineage.client.transport import get_default_factory
        from openlineage.client.transport.noop import NoopTransport

        try:
            made = get_default_factory().create(config)
        except Exception as error:
            told = outcome_of(error, self._secrets).reason
            raise ConfigError(
                f"the transport of backend {name} cannot be made ({told})", "mend [hallmark] lineage_backends"
            ) from error
        if isinstance(made, NoopTransport) and config.get("type") != "noop":
            raise ConfigError(
                "OPENLINEAGE_DISABLED is set, and nothing can be delivered", "unset it for the process that delivers"
            )
        return made


def _typed(body: Mapping[str, Any]) -> Any:
    from hallmark.lineage.outbox.typed import typed

    return typed(body)


def _redirected(answer: Any) -> Outcome | None:
    """Tell whether a redirect made a POST a GET: a page, usually to log in, was read and the event was left behind."""
    if not getattr(answer, "history", None) or answer.request.method == "POST":
        return None
    return Outcome("trouble", "the backend redirects elsewhere; give the address of its API, and a token if it asks")


def _own(config: Config) -> Config:
    return _OWN.get(config["type"], _as_it_is)(config)


def _as_it_is(config: Config) -> Config:
    return config


def _http(config: Config) -> Config:
    # The asynchronous one takes an event before it is sent, and tells nobody if it is not.
    return {**config, "type": "http", "retry": _ONCE}


def _datadog(config: Config) -> Config:
    return {**config, "retry": _ONCE, "async_transport_rules": {}}


def _composite(config: Config) -> Config:
    parts = config["transports"]
    inner = {k: _own(v) for k, v in parts.items()} if isinstance(parts, dict) else [_own(part) for part in parts]
    return {**config, "transports": inner}


def _transform(config: Config) -> Config:
    return {**config, "transport": _own(config["transport"])}


_OWN: Mapping[str, Callable[[Config], Config]] = {
    "http": _http,
    "async_http": _http,
    "datadog": _datadog,
    "kafka": lambda config: {**config, "type": f"{_HERE}.ConfirmedKafkaTransport"},
    "msk-iam": lambda config: {**config, "type": f"{_HERE}.ConfirmedMskTransport"},
    "composite": _composite,
    "transform": _transform,
}


def _secrets(config: Mapping[str, Any], inside: bool = False) -> Iterator[str]:
    """Yield the texts of a configuration that may be secrets."""
    for key, value in config.items():
        secret = inside or key in _SECRET_PARTS or is_secret(key)
        if isinstance(value, Mapping):
            yield from _secrets(value, secret)
        elif isinstance(value, list):
            yield from _secrets({str(at): item for at, item in enumerate(value)}, secret)
        elif secret and isinstance(value, str) and len(value) >= _SHORTEST_SECRET:
            yield value
