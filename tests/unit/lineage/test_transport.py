"""The transport as OpenLineage's client makes it from Airflow's ``[openlineage] transport`` setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState

from hallmark.catalog import open_catalog
from hallmark.lineage.transport import CatalogTransport

RUN_ID = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"


@pytest.fixture
def client() -> Any:
    return OpenLineageClient(config={"transport": {"type": "hallmark.lineage.transport.CatalogTransport"}})


def event(kind: RunState = RunState.START, time: str = "2026-01-31T06:00:00Z") -> RunEvent:
    return RunEvent(
        eventType=kind, eventTime=time, run=Run(RUN_ID), job=Job("airflow", "flights.clean"), producer="urn:x"
    )


def test_the_setting_makes_the_transport(client: Any) -> None:
    assert isinstance(client.transport, CatalogTransport)


def test_an_event_is_kept_whole(client: Any) -> None:
    client.emit(event())
    (kept,) = open_catalog().events()
    assert (kept.run_id, kept.event_type, kept.job_namespace, kept.job_name) == (
        RUN_ID,
        "START",
        "airflow",
        "flights.clean",
    )
    assert kept.body["run"]["runId"] == RUN_ID and kept.body["producer"] == "urn:x"
    assert kept.body["eventTime"] == "2026-01-31T06:00:00Z"


def test_the_same_event_twice_is_kept_once_and_others_are_kept_too(client: Any) -> None:
    for _ in range(2):
        client.emit(event())
        client.emit(event(RunState.COMPLETE, "2026-01-31T06:01:00Z"))
    client.emit(event(time="2026-01-31T06:00:01Z"))
    assert [(e.event_type, e.body["eventTime"][-3:-1]) for e in open_catalog().events(RUN_ID)] == [
        ("COMPLETE", "00"),
        ("START", "01"),
        ("START", "00"),
    ]


def test_a_catalog_out_of_reach_is_nothing_to_the_caller_and_the_event_waits(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://ada:hunter2@127.0.0.1:1/db")
    client.transport.emit(event())
    (kept,) = (tmp_path / "airflow" / "hallmark" / "spool").glob("*.json")
    assert RUN_ID in kept.read_text()
    assert str(kept) in caplog.text
    assert "hunter2" not in caplog.text


def test_nothing_is_opened_until_an_event_comes(client: Any, tmp_path: Path) -> None:
    assert not (tmp_path / "airflow").exists()
    client.emit(event())
    assert (tmp_path / "airflow" / "hallmark" / "catalog.db").is_file()
