"""Events as the OpenLineage client's own classes, for the transports that ask what kind of event they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openlineage.client import event_v2

__all__ = ["typed"]


def typed(body: Mapping[str, Any]) -> Any:
    """Return a run, job or dataset event, its facets as they are; what its class has no place for is left out."""
    shared = {"eventTime": body.get("eventTime"), "producer": body.get("producer") or ""}
    if "dataset" in body:
        event: Any = event_v2.DatasetEvent(dataset=_dataset(event_v2.StaticDataset, body["dataset"]), **shared)
    else:
        shared |= {
            "job": event_v2.Job(**_fields(body["job"], ("namespace", "name", "facets"))),
            "inputs": _datasets(event_v2.InputDataset, body.get("inputs")),
            "outputs": _datasets(event_v2.OutputDataset, body.get("outputs")),
        }
        event = _run_event(body, shared) if "run" in body else event_v2.JobEvent(**shared)
    if body.get("schemaURL"):
        event.schemaURL = body["schemaURL"]
    return event


def _run_event(body: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
    type_ = body.get("eventType")
    known = event_v2.RunState[type_] if type_ in event_v2.RunState.__members__ else None
    return event_v2.RunEvent(run=event_v2.Run(**_fields(body["run"], ("runId", "facets"))), eventType=known, **shared)


def _datasets(kind: Any, given: Sequence[Mapping[str, Any]] | None) -> list[Any]:
    return [_dataset(kind, one) for one in given or ()]


def _dataset(kind: Any, given: Mapping[str, Any]) -> Any:
    return kind(**_fields(given, ("namespace", "name", "facets", "inputFacets", "outputFacets")))


def _fields(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if given.get(name) is not None}
