from __future__ import annotations

import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hallmark.catalog import Catalog, catalog_url, current_revision, open_catalog, upgrade
from hallmark.catalog.address import normal_url, shown
from hallmark.catalog.engine import connect
from hallmark.catalog.rest import Rest
from hallmark.config import Settings
from hallmark.errors import CatalogError
from ports import free_port

SETTINGS = Settings("/lake", {}, "sqlite:////srv/catalog.db", "", "", "", 20, 24.0, "default")


def test_an_unreachable_catalog_is_named_without_its_password() -> None:
    url = f"postgresql://hallmark:s3cret@127.0.0.1:{free_port()}/catalog?sslpassword=0ther"
    with pytest.raises(CatalogError, match=r"hallmark:\*\*\*@127\.0\.0\.1.*is out of reach.*check that") as caught:
        open_catalog(url=url, patience=0)
    whole = "".join(traceback.format_exception(caught.value)) + repr(connect(normal_url(url)))
    assert "s3cret" not in whole
    assert "0ther" not in str(caught.value)


def test_a_server_that_comes_up_meanwhile_is_waited_for(start_postgres: Callable[[], Any]) -> None:
    server = start_postgres()
    upgrade(server.get_uri())
    connect(normal_url(server.get_uri())).engine.dispose()
    server.stop()
    with pytest.raises(CatalogError, match="out of reach"):
        open_catalog(url=server.get_uri(), patience=0)
    starting = threading.Timer(0.3, server.start)
    starting.start()
    catalog = open_catalog(url=server.get_uri())
    assert catalog.datasets() == []
    catalog.database.engine.dispose()
    starting.join()


def test_waiting_for_a_catalog_ends_in_time() -> None:
    url = normal_url(f"postgresql://hallmark@127.0.0.1:{free_port()}/catalog")
    began = time.monotonic()
    with pytest.raises(CatalogError, match="out of reach"):
        open_catalog(url=url.render_as_string(), patience=1.2)
    assert 0.5 <= time.monotonic() - began < 1.2


def test_who_asks_a_server_that_hangs_is_told_at_once_after_the_first() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        url = f"postgresql://hallmark@127.0.0.1:{hanging.getsockname()[1]}/catalog?connect_timeout=2"
        rest = Rest(60)
        with pytest.raises(CatalogError, match="out of reach"):
            open_catalog(url=url, patience=0, rest=rest)
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(CatalogError, match=r"did not answer a moment ago.*check that"):
                open_catalog(url=url, patience=0, rest=rest)
        assert time.monotonic() - began < 1


def test_after_a_rest_one_finds_out_for_all() -> None:
    rest = Rest(0.2)
    assert [rest.allows(), rest.allows()] == [True, True]
    rest.begin()
    assert not rest.allows()
    time.sleep(0.25)
    assert [rest.allows(), rest.allows()] == [True, False]
    rest.end()
    assert [rest.allows(), rest.allows()] == [True, True]


def test_work_is_done_again_when_the_connection_broke(catalog: Catalog) -> None:
    tries: list[int] = []

    def break_once(connection: object) -> str:
        tries.append(len(tries))
        if len(tries) == 1:
            raise OperationalError("SELECT 1", {}, psycopg.OperationalError("the connection is lost"))
        return "done"

    assert catalog.database.read(break_once) == "done"
    assert tries == [0, 1]


def test_a_server_that_ended_the_session_does_not_disturb(postgres_url: str, postgres_server: str) -> None:
    upgrade(postgres_url)
    catalog = open_catalog(url=postgres_url)
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    name = normal_url(postgres_url).database
    connect(normal_url(postgres_server)).write(lambda connection: connection.execute(end, {"name": name}).all())
    assert catalog.datasets() == []


def test_what_the_database_refuses_is_not_tried_again(catalog: Catalog) -> None:
    began = time.monotonic()
    with pytest.raises(CatalogError, match="refused"):
        catalog.database.read(lambda connection: connection.execute(text("SELECT 1 FROM hallmark_nothing")))
    assert time.monotonic() - began < 0.5


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_text("a,b\n" * 2000)
    with pytest.raises(CatalogError, match=r"catalog\.db refused \(file is not a database\)"):
        open_catalog(url=f"sqlite:///{tmp_path}/catalog.db")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogError, match=r"cannot be created .*give this process's user write access"):
        open_catalog(url=f"sqlite:///{tmp_path}/file/catalog.db")


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("postgres://u:p@h:5432/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql://u@h/d?sslmode=require", "postgresql+psycopg://u@h/d?sslmode=require"),
        ("postgresql+psycopg2://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////srv/c.db", "sqlite:////srv/c.db"),
    ],
)
def test_urls_get_the_driver_that_is_installed(given: str, normal: str) -> None:
    assert normal_url(given).render_as_string(hide_password=False) == normal


def test_a_relative_file_stays_where_it_was_when_the_process_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert normal_url("sqlite:///c.db").database == str(tmp_path / "c.db")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("mysql://root:s3cret@h/d", "cannot be kept in mysql"),
        ("s3cret", "cannot be read"),
        ("postgresql://u:s3cret@h:s3cret/d", "cannot be read"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_urls_that_cannot_be_used_are_refused_without_being_quoted(given: str, found: str) -> None:
    with pytest.raises(CatalogError, match=found) as caught:
        normal_url(given)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value)).replace(repr(given), "")


def test_an_option_the_driver_cannot_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="option its driver cannot read"):
        current_revision(f"sqlite:///{tmp_path}/c.db?timeout=long")


def test_a_missing_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CatalogError, match=r"driver of .* is not installed; install .*\[postgres\]"):
        open_catalog(url="postgresql://nobody:s3cret@nowhere/at_all")


def test_a_url_wins_over_the_options_and_a_connection_over_the_options_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CATALOG", "postgres://u:p@h:5432/d?__extra__=%7B%7D&sslmode=require")
    of_connection = Settings(**{**vars(SETTINGS), "catalog_conn_id": "catalog"})
    assert catalog_url(SETTINGS).database == "/srv/catalog.db"
    assert catalog_url(of_connection, url="sqlite:////other.db").database == "/other.db"
    assert str(catalog_url(of_connection)) == "postgresql+psycopg://u:***@h:5432/d?sslmode=require"


def test_a_connection_may_be_written_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(**{**vars(SETTINGS), "catalog_conn_id": "catalog"})
    written = '{"conn_type": "postgres", "login": "u", "password": "p@/", "host": "h", "schema": "d"}'
    monkeypatch.setenv("AIRFLOW_CONN_CATALOG", written)
    assert catalog_url(settings).password == "p@/"
    assert shown(catalog_url(settings)) == "postgresql+psycopg://u:***@h/d"
    monkeypatch.setenv("AIRFLOW_CONN_CATALOG", '{"login": "u"}')
    with pytest.raises(CatalogError, match="AIRFLOW_CONN_CATALOG is not a connection"):
        catalog_url(settings)


def test_a_connection_this_process_does_not_know_is_named() -> None:
    settings = Settings(**{**vars(SETTINGS), "catalog_conn_id": "nowhere"})
    with pytest.raises(CatalogError, match="AIRFLOW_CONN_NOWHERE is not set in this process"):
        catalog_url(settings)
