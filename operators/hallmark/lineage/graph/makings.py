"""Who made a version: by the catalog's receipts, else by what runs told, else nobody that is known.

Answers come as units: one version that was written once. A partitioned dataset's version is made of several, the newest
of each partition by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, func, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog import tables as catalog
from hallmark.catalog.lineage_tables import number_of
from hallmark.lineage.events.shape import mappings
from hallmark.lineage.graph.history import inputs_of
from hallmark.lineage.graph.nodes import dataset_nodes, id_of, in_chunks
from hallmark.lineage.graph.values import Node, Suite, Verdict
from hallmark.lineage.naming import normal

__all__ = ["Makers", "Unit", "Wanted", "composed", "order_of", "wanted_of"]


class Wanted(NamedTuple):
    """A version that was read: by Hallmark's name or by OpenLineage's, and when."""

    kind: str
    name: str | None
    namespace: str
    location: str
    version: str
    partition: str | None = None
    by: datetime | None = None
    before: str | None = None

    @property
    def number(self) -> int:
        """What the lineage store calls the dataset."""
        return number_of(*normal(self.namespace, self.location))


@dataclass(frozen=True)
class Unit:
    """One version, and what wrote it; ``inputs`` are what it read."""

    dataset: str
    kind: str
    version: str
    partition: str | None = None
    rows: int | None = None
    receipt: str | None = None
    run: str | None = None
    job: str | None = None
    code: Mapping[str, Any] | None = None
    suite: Suite | None = None
    principal: str | None = None
    at: datetime | None = None
    inputs: tuple[Wanted, ...] = field(default=(), repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.dataset, self.version


def order_of(version: str) -> tuple[int, str]:
    """Return a key by which versions that are numbers sort as numbers."""
    return (int(version), "") if version.isdecimal() else (-1, version)


def composed(written: Sequence[Row[Any]], version: str) -> list[Row[Any]]:
    """Return the newest of each partition up to a version; without partitions the newest is the whole.

    Args:
        written: rows of the catalog's versions.
        version: a table's, which are numbers; anything else has to be there itself.
    """
    if not version.isdecimal():
        return [row for row in written if row.version == version]
    newest: dict[str | None, Row[Any]] = {}
    for row in sorted(written, key=lambda row: order_of(row.version)):
        if order_of(row.version) <= order_of(version):
            newest[row.partition] = row
    whole = order_of(newest[None].version) if None in newest else (-1, "")
    return [row for row in newest.values() if order_of(row.version) >= whole]


class Makers:
    """Looks up what made versions; what was read once is kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._versions: dict[str, list[Row[Any]]] = {}
        self._models: dict[str, list[Row[Any]]] = {}
        self._foreign: dict[int, list[Row[Any]]] = {}
        self._receipts: dict[str, Row[Any]] = {}
        self._runs: dict[str, _Run] = {}

    def versions(self, dataset: str) -> list[Row[Any]]:
        """Return all that was published of one of Hallmark's datasets."""
        self._load(self._versions, [dataset], _versions_of, "dataset")
        return self._versions[dataset]

    def models(self, model: str) -> list[Row[Any]]:
        """Return all versions of a model, oldest first."""
        self._load(self._models, [model], _models_of, "model")
        return self._models[model]

    def written(self, number: int) -> list[Row[Any]]:
        """Return the versions of a dataset that runs told they wrote, oldest first."""
        self._load(self._foreign, [number], _written, "canonical_id")
        return self._foreign[number]

    def units(self, wanted: Iterable[Wanted]) -> dict[Wanted, list[Unit]]:
        """Return what made versions; what nobody told of is a unit without a job.

        What the catalog has goes before what runs told.
        """
        asked = list(wanted)
        self._load(self._versions, [w.name for w in asked if w.name and w.kind == "dataset"], _versions_of, "dataset")
        self._load(self._models, [w.name for w in asked if w.name and w.kind == "model"], _models_of, "model")
        chosen = {each: self._recorded(each) for each in asked}
        others = [each for each, rows in chosen.items() if not rows]
        self._load(self._foreign, [each.number for each in others], _written, "canonical_id")
        told = {each: row for each in others if (row := self._told(each)) is not None}
        self._read([row for rows in chosen.values() for row in rows], list(told.values()))
        return {
            each: [self._of_receipt(each, row) for row in chosen[each]]
            or [self._of_run(each, told[each]) if each in told else _source(each)]
            for each in asked
        }

    def _load(
        self, kept: dict[Any, list[Row[Any]]], keys: Iterable[Any], query: Callable[[Any], Select[Any]], name: str
    ) -> None:
        missing = set(keys) - kept.keys()
        kept.update({key: [] for key in missing})
        for row in in_chunks(self._connection, query, sorted(missing)):
            kept[getattr(row, name)].append(row)

    def _recorded(self, wanted: Wanted) -> list[Row[Any]]:
        if wanted.kind == "model":
            return [row for row in self._models.get(wanted.name or "", ()) if row.version == wanted.version]
        rows = composed(self._versions.get(wanted.name or "", ()), wanted.version)
        return [row for row in rows if row.partition is None or _was_read(row.partition, wanted)]

    def _told(self, wanted: Wanted) -> Row[Any] | None:
        """Return the version of that name, else the newest by the time it was read."""
        rows = self._foreign[wanted.number]
        same = [row for row in rows if row.version == wanted.version]
        by = wanted.by
        earlier = [row for row in rows if by is not None and row.created_at <= by]
        return next(reversed(same or earlier), None)

    def _read(self, recorded: Iterable[Row[Any]], told: Iterable[Row[Any]]) -> None:
        rows = list(recorded)
        receipts = {id for row in rows for id in (row.receipt_id, row.judged_by)} - self._receipts.keys()
        self._receipts |= {row.id: row for row in in_chunks(self._connection, _receipts_of, sorted(receipts))}
        runs = {row.run_id for row in told} - self._runs.keys()
        self._runs |= _runs(self._connection, sorted(runs))

    def _of_receipt(self, wanted: Wanted, row: Row[Any]) -> Unit:
        receipt = self._receipts[row.receipt_id]
        return Unit(
            dataset=str(wanted.name),
            kind=wanted.kind,
            version=row.version,
            partition=row.partition,
            rows=row.rows,
            receipt=receipt.id,
            run=receipt.run_id,
            job=f"{receipt.dag_id}.{receipt.task_id}",
            code=receipt.code,
            suite=_suite(receipt) or _suite(self._receipts[row.judged_by]),
            principal=receipt.principal,
            at=row.made_at,
            inputs=tuple(_input(each, receipt.started_at) for each in receipt.inputs or ()),
        )

    def _of_run(self, wanted: Wanted, row: Row[Any]) -> Unit:
        run = self._runs[row.run_id]
        facets = run.outputs.get(wanted.number, {})
        return Unit(
            dataset=id_of("dataset", row.namespace, row.name),
            kind=wanted.kind,
            version=row.version,
            rows=_rows(facets.get("outputStatistics")),
            run=row.run_id,
            job=run.job,
            code=run.code,
            suite=_asserted(facets.get("dataQualityAssertions")),
            at=row.created_at,
            inputs=run.inputs,
        )


@dataclass(frozen=True)
class _Run:
    """What a run told: its job, the job's code, what it read, and the facets of what it wrote by dataset."""

    job: str
    code: Mapping[str, Any] | None
    inputs: tuple[Wanted, ...]
    outputs: Mapping[int, Mapping[str, Any]]


def _was_read(partition: str, wanted: Wanted) -> bool:
    if wanted.partition is not None:
        return partition == wanted.partition
    return wanted.before is None or partition < wanted.before


def _source(wanted: Wanted) -> Unit:
    return Unit(
        dataset=id_of("dataset", *normal(wanted.namespace, wanted.location)), kind=wanted.kind, version=wanted.version
    )


def _input(told: Mapping[str, Any], by: datetime) -> Wanted:
    names = ("kind", "name", "namespace", "location")
    kind, name, namespace, location = (str(told.get(each) or "") for each in names)
    chosen = told.get("partition"), by, told.get("before")
    return Wanted(kind, name, namespace, location, str(told.get("version") or ""), *chosen)


def _suite(receipt: Row[Any]) -> Suite | None:
    if receipt.gate_success is None:
        return None
    passed, failed = receipt.checks_passed or 0, receipt.checks_failed or 0
    # What was published although its suite did not hold missed warnings alone.
    missed: Verdict = "failed" if receipt.state == "refused" else "warned"
    return Suite(name=receipt.suite, verdict="passed" if receipt.gate_success else missed, passed=passed, failed=failed)


def _rows(facet: Mapping[str, Any] | None) -> int | None:
    """Return the number of rows that a producer told, unless it is no number."""
    told = (facet or {}).get("rowCount")
    return told if type(told) is int else None


def _asserted(facet: Mapping[str, Any] | None) -> Suite | None:
    told = list(mappings((facet or {}).get("assertions")))
    missed = [each for each in told if each.get("success") is False]
    if not told:
        return None
    harmless = all(each.get("severity") in {"warn", "info"} for each in missed)
    verdict: Verdict = "warned" if harmless else "failed"
    return Suite(name=None, verdict=verdict if missed else "passed", passed=len(told) - len(missed), failed=len(missed))


def _versions_of(names: list[str]) -> Select[Any]:
    table = catalog.versions
    columns: list[Any] = [table.c[name] for name in ("dataset", "version", "partition", "rows", "receipt_id")]
    columns += [table.c.receipt_id.label("judged_by"), table.c.published_at.label("made_at")]
    return select(*columns).where(table.c.dataset.in_(names))


def _models_of(names: list[str]) -> Select[Any]:
    table, receipts, judges = catalog.models, catalog.receipts, catalog.receipts.alias("judge")
    # A model is checked by its training or by an evaluation after it.
    judged = select(judges.c.id).where(judges.c.output_name == table.c.model, judges.c.gate_success.is_not(None))
    judged = judged.where(judges.c.output_kind == "model", judges.c.output_version == table.c.version)
    judge = judged.order_by(judges.c.started_at.desc()).limit(1).correlate(table).scalar_subquery()
    columns: list[Any] = [table.c[name] for name in ("model", "version", "receipt_id")]
    columns += [table.c.trained_at.label("made_at"), receipts.c.output_partition.label("partition")]
    query = select(
        *columns, receipts.c.rows_out.label("rows"), func.coalesce(judge, table.c.receipt_id).label("judged_by")
    )
    query = query.join(receipts, receipts.c.id == table.c.receipt_id).where(table.c.model.in_(names))
    return query.order_by(table.c.trained_at)


def _written(numbers: list[int]) -> Select[Any]:
    names, versions = tables.lineage_datasets, tables.dataset_versions
    whole = names.alias("whole")
    query = select(
        names.c.canonical_id,
        whole.c.namespace,
        whole.c.name,
        versions.c.version,
        versions.c.run_id,
        versions.c.created_at,
    )
    query = query.select_from(
        names.join(versions, versions.c.dataset_id == names.c.id).join(whole, whole.c.id == names.c.canonical_id)
    )
    query = query.where(names.c.canonical_id.in_(numbers), versions.c.run_id.is_not(None))
    return query.order_by(versions.c.created_at, versions.c.version)


def _receipts_of(ids: list[str]) -> Select[Any]:
    table = catalog.receipts
    names = (
        "id",
        "dag_id",
        "task_id",
        "run_id",
        "state",
        "principal",
        "gate_success",
        "checks_passed",
        "checks_failed",
    )
    return select(
        *(table.c[name] for name in names),
        table.c.started_at,
        table.c.body["inputs"].label("inputs"),
        table.c.body["code"].label("code"),
        table.c.body["gate", "suite_name"].as_string().label("suite"),
    ).where(table.c.id.in_(ids))


def _runs(connection: Connection, run_ids: Sequence[str]) -> dict[str, _Run]:
    runs, jobs = tables.lineage_runs, tables.jobs

    def query(chunk: list[str]) -> Select[Any]:
        columns = (runs.c.run_id, runs.c.started_at, jobs.c.namespace, jobs.c.name)
        code = jobs.c.facets["sourceCodeLocation"].label("code")
        return select(*columns, code).join(jobs, jobs.c.id == runs.c.job_id).where(runs.c.run_id.in_(chunk))

    rows = {row.run_id: row for row in in_chunks(connection, query, run_ids)}
    read = _read_by(connection, rows)
    wrote = _wrote(connection, rows)
    return {
        run_id: _Run(id_of("job", row.namespace, row.name), _code(row.code), read[run_id], wrote[run_id])
        for run_id, row in rows.items()
    }


def _read_by(connection: Connection, runs: Mapping[str, Row[Any]]) -> dict[str, tuple[Wanted, ...]]:
    pairs = list(inputs_of(connection, [("job", 0, run_id) for run_id in runs]))
    nodes = dataset_nodes(connection, sorted({number for _, (_, number, _) in pairs}))
    found: dict[str, list[Wanted]] = {run_id: [] for run_id in runs}
    for (_, _, run_id), (_, number, version) in pairs:
        if number in nodes:
            found[run_id].append(wanted_of(nodes[number], version, runs[run_id].started_at))
    return {run_id: tuple(sorted(set(some), key=lambda w: w[:5])) for run_id, some in found.items()}


def wanted_of(node: Node, version: str, by: datetime | None = None) -> Wanted:
    """Return a node's version as something that was read."""
    kind = "model" if node.type == "MODEL" else "dataset"
    return Wanted(kind, node.hallmark, node.namespace, node.name, version, None, by)


def _wrote(connection: Connection, runs: Iterable[str]) -> dict[str, dict[int, Mapping[str, Any]]]:
    names, io = tables.lineage_datasets, tables.run_io

    def query(chunk: list[str]) -> Select[Any]:
        columns = (io.c.run_id, names.c.canonical_id, io.c.facets)
        found = select(*columns).join(names, names.c.id == io.c.dataset_id)
        return found.where(io.c.run_id.in_(chunk), io.c.direction == "out")

    found: dict[str, dict[int, Mapping[str, Any]]] = {run_id: {} for run_id in runs}
    for run_id, number, facets in in_chunks(connection, query, list(found)):
        found[run_id][number] = facets
    return found


def _code(facet: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what a sourceCodeLocation facet says, without what all facets say."""
    return {name: value for name, value in facet.items() if not name.startswith("_")} if facet else None
