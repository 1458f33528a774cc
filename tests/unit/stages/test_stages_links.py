"""Links that lead to other people's pages: only where there are some, and without what is secret."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hallmark.stages.links import MarquezLink, MlflowLink

TASK: Any = SimpleNamespace(dag_id="größe/1", task_id="train it")


def mlflow(uri: str, run: str | None, patch: pytest.MonkeyPatch) -> str:
    patch.setenv("AIRFLOW__HALLMARK__MLFLOW_TRACKING_URI", uri)
    operator: Any = SimpleNamespace(mlflow_run=run)
    return MlflowLink().get_link(operator, ti_key=TASK)


@pytest.mark.parametrize(
    ("uri", "run", "link"),
    [
        ("http://mlflow:5000", "abc", "http://mlflow:5000/#/runs/abc"),
        ("https://ann:p%40ss@mlflow.example/ml/", "abc", "https://mlflow.example/ml/#/runs/abc"),
        ("http://mlflow:5000", None, ""),
        ("sqlite:////home/mlflow.db", "abc", ""),
        ("databricks://profile", "abc", ""),
        ("javascript:alert(1)//", "abc", ""),
        ("http://", "abc", ""),
    ],
)
def test_mlflow_is_linked_where_it_has_pages(
    uri: str, run: str | None, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mlflow(uri, run, monkeypatch) == link


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("http://marquez:3000/", "http://marquez:3000/lineage/job/team%2Fa/gr%C3%B6%C3%9Fe%2F1.train%20it"),
        ("", ""),
        ("marquez:3000", ""),
    ],
)
def test_marquez_is_linked_with_names_as_one_part_of_the_path(
    url: str, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__MARQUEZ_URL", url)
    monkeypatch.setenv("AIRFLOW__OPENLINEAGE__NAMESPACE", "team/a")
    operator: Any = SimpleNamespace()

    assert MarquezLink().get_link(operator, ti_key=TASK) == link
