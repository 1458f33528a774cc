"""The buttons of a task instance's page in Airflow: the gate, the lineage, the model's run, the job in Marquez.

Airflow asks a link for its address in the worker when the task ends, however it ends, and keeps the answer in XCom:
the API server hands it out without knowing the operator. A mapped task has its own, and a retry's take the place of
those before. An empty answer is a button that is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from airflow.sdk import BaseOperatorLink

from hallmark.config import read_option
from hallmark.receipt import Receipt

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

__all__ = [
    "LINKS_OF_JOBS",
    "LINKS_OF_STAGES",
    "LINKS_OF_TRAINING",
    "LineageLink",
    "MarquezLink",
    "MlflowLink",
    "QualityLink",
]

# Relative to Airflow's root, which its pages name as their base: right whatever host and prefix they are asked for by.
PAGES = "plugin/hallmark"


class QualityLink(BaseOperatorLink):
    """The gate of the last try; of a stage that failed before its suite was asked, the receipt that says why."""

    name: ClassVar[str] = "Quality"  # type: ignore[misc]
    xcom_key: ClassVar[str] = "hallmark_link_quality"  # type: ignore[misc]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address, empty where all is well without a suite."""
        receipt = _receipt(operator)
        if receipt is None:
            return ""
        if receipt.gate is not None:
            return f"{PAGES}/quality/{_part(receipt.id)}"
        return f"{PAGES}/receipts/{_part(receipt.id)}" if receipt.state in {"refused", "failed"} else ""


class LineageLink(BaseOperatorLink):
    """The graph around what was published; around the task's job if nothing was."""

    name: ClassVar[str] = "Lineage"  # type: ignore[misc]
    xcom_key: ClassVar[str] = "hallmark_link_lineage"  # type: ignore[misc]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address."""
        receipt = _receipt(operator)
        if receipt is not None and receipt.state == "published" and receipt.output is not None:
            node = f"dataset:{receipt.output.namespace}:{receipt.output.location}"
        else:
            node = ":".join(("job", *_job(ti_key)))
        return f"{PAGES}/lineage?{urlencode({'node': node})}"


class MlflowLink(BaseOperatorLink):
    """The run that a training logged, where MLflow has pages to show it on."""

    name: ClassVar[str] = "MLflow"  # type: ignore[misc]
    xcom_key: ClassVar[str] = "hallmark_link_mlflow"  # type: ignore[misc]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address, empty if nothing was logged or MLflow is a file."""
        run: str | None = getattr(operator, "mlflow_run", None)
        pages = _http(read_option("mlflow_tracking_uri")) if run else ""
        return f"{pages}/#/runs/{_part(run)}" if run and pages else ""


class MarquezLink(BaseOperatorLink):
    """The task's job on Marquez's own pages, if ``[hallmark] marquez_url`` says where they are."""

    name: ClassVar[str] = "Marquez"  # type: ignore[misc]
    xcom_key: ClassVar[str] = "hallmark_link_marquez"  # type: ignore[misc]

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address, empty if there is no Marquez."""
        pages = _http(read_option("marquez_url"))
        return "/".join((pages, "lineage/job", *map(_part, _job(ti_key)))) if pages else ""


LINKS_OF_JOBS: tuple[BaseOperatorLink, ...] = (LineageLink(), MarquezLink())
LINKS_OF_STAGES: tuple[BaseOperatorLink, ...] = (QualityLink(), *LINKS_OF_JOBS)
LINKS_OF_TRAINING: tuple[BaseOperatorLink, ...] = (*LINKS_OF_STAGES, MlflowLink())


def _receipt(operator: Any) -> Receipt | None:
    found = getattr(operator, "receipt", None)
    return found if isinstance(found, Receipt) else None


def _job(ti_key: Any) -> tuple[str, str]:
    """Return namespace and name of the task as Airflow's OpenLineage provider says them."""
    from airflow.providers.openlineage import conf

    return conf.namespace(), f"{ti_key.dag_id}.{ti_key.task_id}"


def _http(uri: str) -> str:
    """Return an address of pages without its credentials and its last slash, empty if it is none."""
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))


def _part(text: str) -> str:
    return quote(text, safe="")
