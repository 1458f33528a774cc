"""The backends that lineage is delivered to: names, and how each is reached.

``[hallmark] lineage_backends`` is a JSON object: names of one's own choice, and for each the configuration of a
transport as the OpenLineage client has it.

    {"marquez": {"type": "http", "url": "https://marquez.example"},
     "lake": {"type": "file", "log_file_path": "/srv/lineage.ndjson", "append": true}}
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hallmark.config import settings
from hallmark.errors import ConfigError, closest

__all__ = ["Backend", "chosen", "configured"]

_EXAMPLE = 'set an object such as {"marquez": {"type": "http", "url": "https://marquez.example"}}'
_SOURCES = (
    "AIRFLOW_HOME",
    "AIRFLOW_CONFIG",
    "AIRFLOW__HALLMARK__LINEAGE_BACKENDS",
    "AIRFLOW__HALLMARK__LINEAGE_BACKENDS_CMD",
)


@dataclass(frozen=True)
class Backend:
    """One receiver of events.

    Args:
        name: as the outbox knows it.
        config: of an OpenLineage transport; it may hold secrets.
    """

    name: str
    config: Mapping[str, Any] = field(repr=False)

    @property
    def timeout(self) -> float:
        """Seconds an answer may take, 0 where the transport's default holds."""
        given = self.config.get("timeout")
        return float(given) if isinstance(given, (int, float)) else 0.0


def configured() -> tuple[Backend, ...]:
    """Return the backends of the ``[hallmark]`` options, read once a process.

    Raises:
        ConfigError: the option is not an object of transports.
    """
    return _configured(tuple(os.environ.get(name) for name in _SOURCES))


def chosen(name: str | None) -> tuple[Backend, ...]:
    """Return the backend of a name, with what is below it; all without a name.

    Raises:
        ConfigError: there is none of that name.
    """
    known = configured()
    found = tuple(b for b in known if name is None or b.name == name or b.name.startswith(f"{name}."))
    if name is not None and not found:
        names = [backend.name for backend in known]
        near = closest(name, names)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(names) or 'none'}"
        raise ConfigError(f"[hallmark] lineage_backends has no backend {name!r}", hint)
    return found


@cache
def _configured(_sources: tuple[str | None, ...]) -> tuple[Backend, ...]:
    try:
        value = json.loads(settings().lineage_backends)
    except ValueError as error:
        raise ConfigError("[hallmark] lineage_backends is not JSON", _EXAMPLE) from error
    if not isinstance(value, dict):
        raise ConfigError("[hallmark] lineage_backends is not a JSON object", _EXAMPLE)
    return tuple(backend for name, config in value.items() for backend in _backends(name, config))


def _backends(name: str, config: Any) -> Iterator[Backend]:
    if not isinstance(config, dict) or not isinstance(config.get("type"), str):
        raise ConfigError(f"[hallmark] lineage_backends: {name} is not an object with a type", _EXAMPLE)
    if not _is_several(config):
        yield Backend(name, config)
        return
    for part, inner in _parts(config.get("transports")):
        yield from _backends(f"{name}.{part}", inner)


def _is_several(config: Mapping[str, Any]) -> bool:
    # The composite counts an event as sent as soon as one of its transports has it: each has a queue of its own here.
    # Where the first that answers is enough, it stays whole.
    return config["type"] == "composite" and config.get("continue_on_success", True) is not False


def _parts(transports: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(transports, dict):
        yield from transports.items()
    elif isinstance(transports, list):
        for number, inner in enumerate(transports):
            yield str(inner.get("name", number) if isinstance(inner, dict) else number), inner
    else:
        raise ConfigError("[hallmark] lineage_backends: a composite has no transports", _EXAMPLE)
