"""A stage's run: resolve, work, audit, publish, record. The one way through, for every stage.

Before it publishes, a run leaves its receipt in the catalog in state ``audited``. A run that dies after that is
settled by the next try: what it published is adopted, what it did not is forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from hallmark.dataset import DatasetVersion
from hallmark.errors import CatalogError, GateError, HallmarkError
from hallmark.receipt import CodeVersion, Receipt, State
from hallmark.stages.inputs import Input
from hallmark.stages.job import Draft, Job, Work, log
from hallmark.stages.targets import Target

__all__ = ["NothingToDo", "Stage", "located", "run_stage"]


# The steps have a line each; what a gate found is a table, for whoever wants it.
table = logging.getLogger("hallmark.gate")


class NothingToDo(Exception):
    """Raised by a stage's work to end the run without an output; the message says why."""


class Stage(Protocol):
    """What the lifecycle asks of a stage."""

    def inputs(self) -> Mapping[str, Input]:
        """Name what it reads."""
        ...

    def target(self) -> Target:
        """Say where its output goes."""
        ...

    def work(self, job: Job) -> Work:
        """Do step two."""
        ...

    def parameters(self) -> Mapping[str, Any]:
        """Return the rendered arguments for the receipt."""
        ...

    def code(self) -> CodeVersion | None:
        """Say which code runs."""
        ...


def run_stage(stage: Stage, job: Job) -> Receipt:
    """Run the five steps and return the receipt, whose state is ``published`` or ``skipped``.

    Raises:
        GateError: critical expectations failed. The receipt is in the catalog as ``refused``.
        HallmarkError: anything else that a user can mend. The receipt is there as ``failed``.
    """
    target = stage.target()
    job.receipt = replace(
        job.receipt,
        parameters=stage.parameters(),
        code=stage.code(),
        output=target.declared(job),
        environment=_environment(),
    )
    try:
        adopted = _adopted(job, target)
        if adopted is not None:
            return adopted
        version = _published(stage, job, target)
    except NothingToDo as reason:
        return _end(job, target, "skipped", str(reason))
    except HallmarkError as error:
        located(error, job.run.task_id, target)
        _end_badly(job, target, "refused" if isinstance(error, GateError) else "failed", str(error))
        raise
    except BaseException as error:
        _end_badly(job, target, "failed", f"{type(error).__name__}: {error}")
        raise
    # From here on the version is visible. Should the catalog fail now, the receipt stays "audited" and a retry
    # adopts the version; it must not be called failed.
    job.receipt = replace(job.receipt, output=version)
    return _end(job, target, "published", "")


def located(error: HallmarkError, stage: str, target: Target) -> HallmarkError:
    """Say in an error which stage met it, and which dataset or model it was to make."""
    if error.dataset is None:
        error.subject = target.subject
    return error.located(stage, target.name)


def _published(stage: Stage, job: Job, target: Target) -> DatasetVersion:
    base = _resolve(stage, job, target)
    draft = _work(stage, job, target, base)
    try:
        draft = _audit(job, target, draft)
        return _publish(job, target, draft, base)
    except BaseException:
        _discard(job, target, draft)
        raise


def _discard(job: Job, target: Target, draft: Draft) -> None:
    """Remove a draft. A lake out of reach must not hide the error that ended the stage."""
    try:
        target.discard(job, draft)
    except (HallmarkError, OSError) as error:
        log.warning("the draft is left for the next run to remove: %s", error)


def _adopted(job: Job, target: Target) -> Receipt | None:
    """Settle what earlier tries of this task left open; return the receipt of one that did publish."""
    for receipt in _open(job):
        # One that was not audited is never adopted, even if a part of it should have become visible.
        version = target.adopt(job, receipt) if receipt.state == "audited" else None
        ended = replace(receipt, finished_at=datetime.now(UTC))
        settled = (
            replace(ended, state="failed", message="its process died before it published")
            if version is None
            else replace(ended, state="published", output=version)
        )
        job.catalog.record(settled, target.dataset)
        if version is not None:
            job.receipt = settled
            log.info("adopt    %s: an earlier try published it and died; nothing to redo", version.label)
            return settled
    return None


def _open(job: Job) -> list[Receipt]:
    """Return the receipts of earlier tries of this task whose processes did not come to record an end."""
    key = job.run.key
    return [*job.catalog.pending(key, "running"), *job.catalog.pending(key, "audited")]


def _resolve(stage: Stage, job: Job, target: Target) -> Any:
    with job.step("resolve"):
        base = target.open(job)
        job.catalog.record(job.receipt, target.dataset)
        for name, given in stage.inputs().items():
            version = given.resolve(job, name)
            if version is not None:
                job.inputs[name] = version
        job.receipt = replace(job.receipt, inputs=job.read())
    job.note("resolve", ", ".join(_told(v) for v in job.inputs.values()) or "no inputs")
    return base


def _work(stage: Stage, job: Job, target: Target, base: Any) -> Draft:
    with job.step("work"):
        work = stage.work(job)
        job.receipt = replace(job.receipt, sql=work.sql, dialect=work.dialect)
        draft = target.write(job, work, base)
    told = _told(draft.output)
    job.note("work", f"opened {told}" if target.subject == "data" else f"wrote {told}, not visible yet")
    return draft


def _audit(job: Job, target: Target, draft: Draft) -> Draft:
    with job.step("audit"):
        draft = target.audit(job, draft)
        job.receipt = replace(
            job.receipt,
            output=draft.output,
            gate=draft.gate,
            profile=draft.profile,
            columns=draft.columns,
            metrics=draft.metrics,
            quarantined=draft.quarantined,
        )
    job.note("audit", _verdict(draft))
    if draft.gate is not None:
        table.log(logging.INFO if draft.gate["success"] else logging.WARNING, "%s", draft.verdict)
    if not draft.publishable:
        refused = "data" if target.subject == "data" else "output"
        raise GateError(
            f"the gate refused the {refused}: {draft.refusal}; {target.aftermath}",
            "mend the source and run the task again, or change the suite if the data is right",
        )
    return draft


def _publish(job: Job, target: Target, draft: Draft, base: Any) -> DatasetVersion:
    with job.step("publish"):
        job.receipt = replace(job.receipt, state="audited", seconds=dict(job.seconds))
        job.catalog.record(job.receipt, target.dataset)
        version = target.publish(job, draft, base)
    job.note("publish", version.label)
    return version


def _end(job: Job, target: Target, state: State, message: str) -> Receipt:
    with job.step("record"):
        job.receipt = replace(
            job.receipt, state=state, message=message, finished_at=datetime.now(UTC), seconds=dict(job.seconds)
        )
        job.catalog.record(job.receipt, target.dataset)
    # Why it failed is told by the error itself.
    reason = f": {message}" if state == "skipped" else ""
    job.note("record", f"receipt {job.receipt.id}, {state}{reason}")
    return job.receipt


def _end_badly(job: Job, target: Target, state: State, message: str) -> None:
    """Record a failure. A catalog out of reach must not hide the error that ended the stage."""
    try:
        if _may_be_visible(job, target):
            log.warning("interrupted while publishing; the next try finds out how far it came: %s", message)
            return
        _end(job, target, state, message)
    except CatalogError as error:
        log.warning("the receipt of this failure could not be kept: %s", error)


def _may_be_visible(job: Job, target: Target) -> bool:
    """Whether the output was, or may have been, published before the error: then its receipt stays ``audited``."""
    if job.receipt.state != "audited":
        return False
    try:
        return target.adopt(job, job.receipt) is not None
    except HallmarkError:
        return True


def _environment() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version
    from platform import python_version

    found = {"python": python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


_PACKAGES = (
    "airflow-provider-hallmark",
    "apache-airflow",
    "duckdb",
    "deltalake",
    "great-expectations",
    "ibis-framework",
    "mlflow",
    "pandas",
    "polars",
    "pyarrow",
    "scikit-learn",
)


def _told(version: DatasetVersion) -> str:
    rows = f" ({version.rows:,} rows)" if version.rows is not None else ""
    return f"{version.label}{rows}" if version.version else f"{version.name}{rows}"


def _verdict(draft: Draft) -> str:
    if draft.gate is None:
        return "no suite"
    statistics = draft.gate["statistics"]
    met = f"{statistics['successful_expectations']} of {statistics['evaluated_expectations']} expectations met"
    engine = draft.gate["meta"].get("engine")
    if engine is None:
        return met
    fallback = f", {engine['fallback']} of them by Great Expectations" if engine["fallback"] else ""
    return f"{met} in {engine['scans']} scan{'' if engine['scans'] == 1 else 's'}, {engine['seconds']:.2f} s{fallback}"
