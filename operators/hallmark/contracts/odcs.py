"""Contracts from YAML in the form of the Open Data Contract Standard (ODCS) 3: read strictly, told with line and field.

Field names are those of release 3.1, with the additions of 3.2 (``enum``, ``map``); 3.0 is read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hallmark.contracts.document import Node, parse
from hallmark.contracts.rules import Promise, property_rules, quality_rules, suite_rules
from hallmark.contracts.terms import own_properties, owner_of, purpose_of, service_levels
from hallmark.contracts.types import type_of
from hallmark.contracts.values import Contract, Rule
from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError, StageError, closest

__all__ = ["load_contract", "read_contract", "with_suite"]

_DESCRIBED = {"id", "name", "physicalName", "physicalType", "logicalType", "businessName", "description", "deprecated"}
_ELEMENT = {*_DESCRIBED, "synonyms", "tags", "customProperties", "authoritativeDefinitions", "relationships", "quality"}
_OBJECT = {*_ELEMENT, "dataGranularityDescription", "properties"}
_PROPERTY = {
    *_ELEMENT,
    "logicalTypeOptions",
    "required",
    "unique",
    "primaryKey",
    "primaryKeyPosition",
    "partitioned",
    "partitionKeyPosition",
    "classification",
    "criticalDataElement",
    "encryptedName",
    "enum",
    "examples",
    "items",
    "map",
    "properties",
    "semanticType",
    "transformSourceObjects",
    "transformLogic",
    "transformDescription",
}
_ROOT = {
    "apiVersion",
    "kind",
    "id",
    "name",
    "version",
    "status",
    "tenant",
    "domain",
    "dataProduct",
    "description",
    "tags",
    "schema",
    "servers",
    "support",
    "price",
    "team",
    "roles",
    "slaDefaultElement",
    "slaProperties",
    "authoritativeDefinitions",
    "customProperties",
    "contractCreatedTs",
}
# These ask whether a column is there, so an absent one is an answer, not a mistake.
_ABOUT_PRESENCE = {"expect_column_to_exist"}


def load_contract(path: str | Path) -> Contract:
    """Read a contract from a YAML (or JSON) file.

    Raises:
        ContractError: it cannot be read, or is not a contract on one dataset; it names the line and the field.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(
            f"contract file {file} cannot be read ({type(error).__name__})", "check the path of the contract"
        ) from error
    return read_contract(text, f"contract file {file}", str(file))


def read_contract(text: str, origin: str = "contract", path: str | None = None) -> Contract:
    """Read a contract from its text.

    Args:
        text: YAML or JSON.
        origin: how messages call it.
        path: its file, from whose folder the suite is found.

    Raises:
        ContractError: it is not a contract on one dataset; it names the line and the field.
    """
    try:
        return replace(_contract(parse(text, origin)), path=path)
    except RecursionError as error:
        raise ContractError(f"{origin} is nested too deeply", "check for an anchor that holds itself") from error


def with_suite(contract: Contract, text: str) -> Contract:
    """Return the contract with the expectations of its suite's file among its rules.

    Raises:
        ContractError: the text is no suite, or names columns that the contract does not.
    """
    origin = f"suite file {contract.suite}"
    rules = suite_rules(text, origin)
    if not contract.allow_new_columns:
        _check_rules(Node(None, (), origin), rules, _names(contract.columns, contract.partition_by))
    return replace(contract, rules=tuple(_without_repeats((*contract.rules, *rules))))


def _contract(root: Node) -> Contract:
    _check_head(root)
    holder = _the_object(root)
    own = own_properties(root)
    properties = [item.mapping(_PROPERTY) for item in holder.items("properties")]
    columns = _columns(properties)
    key, partition_by = _primary_key(properties), _partition(properties) or own.text("partitionBy")
    promises = [*_promises(properties), *quality_rules(holder)]
    rules = tuple(_without_repeats(p for p in promises if isinstance(p, Rule)))
    allow_new = own.flag("allowNewColumns")
    if not allow_new:
        _check_rules(holder, rules, _names(columns, partition_by))
    freshness, others, notes = service_levels(root, [c.name for c in columns])
    return Contract(
        name=_dataset_name(holder),
        version=root.needed("version", '"1.0.0"'),
        id=root.needed("id", "shop/orders"),
        status=root.needed("status", "active"),
        columns=tuple(replace(c, nullable=False) if c.name in key else c for c in columns),
        primary_key=key,
        unique=tuple(_column_name(p) for p in properties if p.flag("unique")),
        partition_by=partition_by,
        rules=rules,
        freshness=freshness,
        owner=owner_of(root),
        description=purpose_of(root) or holder.text("description"),
        domain=root.text("domain"),
        tags=root.texts("tags"),
        suite=own.text("suite"),
        allow_new_columns=allow_new,
        other_terms=others,
        unchecked=(*(p for p in promises if isinstance(p, str)), *notes),
    )


def _check_head(root: Node) -> None:
    root.mapping(_ROOT)
    kind, release = root.needed("kind", "DataContract"), root.needed("apiVersion", "v3.1.0")
    if kind != "DataContract":
        raise root.at("kind").fault(f"is {kind!r}", "write kind: DataContract")
    if not re.fullmatch(r"v3(\.\d+){0,2}", release):
        raise root.at("apiVersion").fault(f"is {release!r}", "write v3.1.0: Hallmark reads release 3 of the standard")


def _the_object(root: Node) -> Node:
    objects = list(root.items("schema"))
    if not objects:
        raise root.at("schema").fault("is missing", "list the one dataset under schema, with its properties")
    if len(objects) > 1:
        raise objects[1].fault("is a second dataset", "write one contract for each dataset")
    found = objects[0].mapping(_OBJECT)
    if not list(found.items("properties")):
        raise found.at("properties").fault("is missing", "list the columns, each with name and logicalType")
    return found


def _dataset_name(holder: Node) -> str:
    key = "physicalName" if holder.has("physicalName") else "name"
    holder.needed("name", "orders")
    name = holder.needed(key, "shop/orders")
    try:
        return Dataset(name).name
    except StageError as error:
        raise holder.at(key).fault(f"{name!r} is not a dataset name", error.remedy) from error


def _column_name(node: Node) -> str:
    name = node.needed("name", "order_id")
    return node.text("physicalName") or name


def _columns(properties: Sequence[Node]) -> list[Column]:
    seen: dict[str, str] = {}
    columns = []
    for node in properties:
        name = _column_name(node)
        twin = seen.setdefault(name.lower(), node.field)
        if twin != node.field:
            raise node.at("name").fault(
                f"{name!r} is the name of {twin} too", "keep one: case does not tell them apart"
            )
        columns.append(
            Column(
                name,
                type_of(node),
                nullable=not node.flag("required"),
                description=node.text("description"),
                classification=node.text("classification"),
            )
        )
    return columns


def _primary_key(properties: Sequence[Node]) -> tuple[str, ...]:
    """Return the key's columns by their positions; those without one follow in the order of the schema."""
    placed: dict[float, str] = {}
    for order, node in enumerate(properties):
        position = node.number("primaryKeyPosition")
        if not node.flag("primaryKey"):
            continue
        place = position if position is not None and position > 0 else 1e6 + order
        if place in placed:
            raise node.at("primaryKeyPosition").fault(
                f"{position} is the position of {placed[place]!r} too", "number the columns of the key from 1"
            )
        placed[place] = _column_name(node)
    return tuple(placed[place] for place in sorted(placed))


def _partition(properties: Sequence[Node]) -> str | None:
    found = [node for node in properties if node.flag("partitioned")]
    if len(found) > 1:
        raise (
            found[1]
            .at("partitioned")
            .fault("is a second partition column", "keep one: a dataset is partitioned by one column")
        )
    return _column_name(found[0]) if found else None


def _promises(properties: Sequence[Node]) -> Iterator[Promise]:
    for node in properties:
        yield from property_rules(node, _column_name(node))


def _without_repeats(rules: Iterator[Rule] | Sequence[Rule]) -> Iterator[Rule]:
    seen: list[Rule] = []
    for rule in rules:
        if rule not in seen:
            seen.append(rule)
            yield rule


def _names(columns: Sequence[Column], partition_by: str | None) -> list[str]:
    return [c.name for c in columns] + ([partition_by] if partition_by else [])


def _check_rules(holder: Node, rules: Sequence[Rule], columns: Sequence[str]) -> None:
    for rule in rules:
        for name in rule.columns if rule.type not in _ABOUT_PRESENCE else ():
            if name not in columns:
                likely = closest(name, columns)
                raise holder.fault(
                    f"has {rule.type} on column {name!r}, which the contract does not list",
                    f"did you mean {likely!r}?" if likely else "add the column to the properties",
                )
