"""A dataset as a contract in YAML."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from hallmark.contracts.types import logical_type
from hallmark.dataset import PARTITION, Column, Dataset
from hallmark.errors import ContractError

__all__ = ["to_odcs"]

API_VERSION = "v3.1.0"
# The greatest unit that leaves a whole number is the one to write.
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))
_WIDTH = 120


def to_odcs(
    dataset: Dataset,
    *,
    version: str = "1.0.0",
    status: str = "draft",
    expectations: Iterable[Mapping[str, Any]] = (),
    folder: str | None = None,
) -> str:
    """Return a dataset's contract as YAML in the Open Data Contract Standard.

    Args:
        dataset: with a schema. What :func:`load_contract` reads from the answer gives the same dataset.
        version, status: of the contract.
        expectations: in GX's format (``{"type", "kwargs", "severity", "meta"}``), written as the dataset's quality.
        folder: where the file will lie; an absolute path of the suite is made relative to it.

    Raises:
        ContractError: the dataset has no schema, so there is nothing to promise.
    """
    import yaml

    if not dataset.schema:
        raise ContractError(
            "it declares no columns, and a contract promises columns",
            "give it a schema, or publish it once and export what the catalog has",
            dataset=dataset.name,
        )
    content = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": dataset.name,
        "name": dataset.name,
        "version": version,
        "status": status,
        "description": _some(purpose=dataset.description),
        "tags": list(dataset.tags),
        "schema": [_object(dataset, expectations)],
        "slaProperties": [_age(dataset.freshness)] if dataset.freshness else [],
        "team": _some(name=dataset.owner),
        "customProperties": [{"property": k, "value": v} for k, v in _own(dataset, folder).items()],
    }
    said = {key: value for key, value in content.items() if value}
    return str(yaml.dump(said, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=_WIDTH))


def _dumper() -> Any:
    """Return YAML's safe writer without anchors and with lists set in: a contract is read by people."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
            return super().increase_indent(flow, indentless=False)  # type: ignore[no-untyped-call]

    return Plain


def _object(dataset: Dataset, expectations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        **_some(name=dataset.name.rpartition("/")[2], physicalName=dataset.name, physicalType="table"),
        "properties": [_property(column, dataset) for column in dataset.schema],
        **_some(quality=[_rule(each) for each in expectations]),
    }


def _property(column: Column, dataset: Dataset) -> dict[str, Any]:
    in_key = column.name in dataset.primary_key
    return {
        "name": column.name,
        "logicalType": logical_type(column.type),
        "physicalType": column.type,
        **_some(
            description=column.description,
            required=not column.nullable,
            unique=column.name in dataset.unique,
            primaryKey=in_key,
            primaryKeyPosition=dataset.primary_key.index(column.name) + 1 if in_key else None,
            partitioned=column.name == dataset.partition_by,
            classification=column.classification,
        ),
    }


def _rule(expectation: Mapping[str, Any]) -> dict[str, Any]:
    implementation = {key: expectation[key] for key in ("type", "kwargs", "meta") if expectation.get(key)}
    return {
        "type": "custom",
        "engine": "greatExpectations",
        "severity": expectation.get("severity", "critical"),
        "implementation": implementation,
    }


def _age(age: timedelta) -> dict[str, Any]:
    unit, step = next(((u, s) for u, s in _UNITS if not age % s), ("s", timedelta(seconds=1)))
    value = age / step
    return {"property": "freshness", "value": int(value) if value.is_integer() else value, "unit": unit}


def _own(dataset: Dataset, folder: str | None) -> dict[str, Any]:
    """Return what the standard has no field for."""
    suite = dataset.suite
    if suite and folder and os.path.isabs(suite):
        suite = os.path.relpath(suite, os.path.abspath(folder))
    elsewhere = dataset.partition_by not in (PARTITION, *(c.name for c in dataset.schema))
    return _some(
        suite=suite,
        allowNewColumns=dataset.allow_new_columns,
        partitionBy=dataset.partition_by if elsewhere else None,
    )


def _some(**values: Any) -> dict[str, Any]:
    return dict(_said(values))


def _said(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if value not in (None, False, "", []):
            yield key, value
