from __future__ import annotations

import subprocess
import sys
from typing import cast

import pytest

from hallmark.dataset import Dataset
from hallmark.errors import StageError
from hallmark.sources import FileSource, SqlSource
from hallmark.sources.base import Source

HEAVY = ("sqlglot", "duckdb", "pandas", "pyarrow", "sqlalchemy", "airflow")


def test_importing_the_sources_imports_nothing_that_takes_time() -> None:
    # A DAG file imports them, and it is parsed every half minute.
    code = f"import sys, hallmark.sources; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.airflow
def test_airflow_renders_what_is_in_a_source_and_keeps_its_type() -> None:
    from airflow.sdk import Context

    from hallmark.stages.extract import ExtractOperator

    file = FileSource("/feed/{{ ds }}/a.csv", null_values=("", "{{ ds }}"))
    query = SqlSource("ops", "select * from flights where day = :day", {"day": "{{ ds }}"})
    for source, rendered in (
        (file, FileSource("/feed/2026-01-31/a.csv", null_values=("", "2026-01-31"))),
        (query, query._replace(parameters={"day": "2026-01-31"})),
    ):
        operator = ExtractOperator(task_id="read", source=source, output=Dataset("flights/raw"))
        operator.render_template_fields(cast(Context, {"ds": "2026-01-31"}))
        assert operator.source == rendered and type(operator.source) is type(source)


@pytest.mark.parametrize("source", [FileSource("a.csv"), SqlSource("ops", "select 1")])
def test_both_are_sources(source: Source) -> None:
    assert isinstance(source, Source)


def test_an_empty_query_is_the_templates_fault_and_reaches_no_database() -> None:
    with pytest.raises(StageError, match="the source's SQL rendered to nothing; check its template"):
        SqlSource("ops", " \n").mount(None, "source", ())  # type: ignore[arg-type]
