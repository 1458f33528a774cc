from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from hallmark import catalog as face
from hallmark.catalog import (
    current_revision,
    head_revision,
    lineage_tables,  # noqa: F401 - puts its tables into the metadata
    open_catalog,
    upgrade,
)
from hallmark.catalog.address import normal_url
from hallmark.catalog.engine import connect
from hallmark.catalog.tables import VERSION_TABLE, metadata
from hallmark.errors import CatalogError


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "target_metadata": metadata}
    )
    return list(compare_metadata(context, metadata))


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(url: str) -> None:
    upgrade(url)
    assert connect(normal_url(url)).read(differences) == []


def test_head_is_what_alembic_takes_for_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(face.__path__[0]) / "migrations"))
    config.set_main_option("path_separator", "os")
    assert head_revision() == ScriptDirectory.from_config(config).get_current_head()


def test_upgrading_twice_changes_nothing(url: str) -> None:
    assert current_revision(url) is None
    assert upgrade(url) == upgrade(url) == current_revision(url) == head_revision()


def test_a_missing_sqlite_catalog_is_created_with_its_folder(sqlite_url: str) -> None:
    assert open_catalog(url=sqlite_url).datasets() == []
    assert current_revision(sqlite_url) == head_revision()


def test_asking_for_the_revision_creates_nothing(sqlite_url: str) -> None:
    assert current_revision(sqlite_url) is None
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()


def test_an_empty_sqlite_file_is_migrated(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").touch()
    assert open_catalog(url=f"sqlite:///{tmp_path}/catalog.db").runs() == []


def test_a_sqlite_catalog_is_created_again_when_it_was_removed(sqlite_url: str) -> None:
    open_catalog(url=sqlite_url)
    shutil.rmtree(Path(sqlite_url.removeprefix("sqlite:///")).parent)
    assert open_catalog(url=sqlite_url).runs() == []
    assert current_revision(sqlite_url) == head_revision()


def test_readers_do_not_wait_for_a_writer_on_sqlite(sqlite_url: str) -> None:
    catalog = open_catalog(url=sqlite_url)
    writer = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO hallmark_model_aliases VALUES ('m', 'champion', '1', NULL, '2026-03-01 12:00:00')")
    assert catalog.models() == []
    writer.execute("ROLLBACK")
    writer.close()


def test_a_postgresql_catalog_without_tables_asks_for_the_upgrade(postgres_url: str) -> None:
    with pytest.raises(CatalogError, match=r"has no tables yet; run `hallmark db upgrade`"):
        open_catalog(url=postgres_url)


def test_a_postgresql_catalog_that_is_behind_asks_for_the_upgrade(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(postgres_url)
    head = head_revision()
    monkeypatch.setattr("hallmark.catalog.migrate._revisions", lambda: [head, "9998"])
    with pytest.raises(CatalogError, match=rf"is at revision {head}, and this version needs 9998; run `hallmark db"):
        open_catalog(url=postgres_url)


def test_a_catalog_of_a_newer_hallmark_is_left_alone(url: str) -> None:
    upgrade(url)
    newer = text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    connect(normal_url(url)).write(lambda connection: connection.execute(newer))
    for opening in (open_catalog, upgrade):
        with pytest.raises(CatalogError, match="revision 9999, which this version of Hallmark does not know"):
            opening(url=url)


def test_opening_a_current_catalog_does_not_import_alembic(sqlite_url: str) -> None:
    open_catalog(url=sqlite_url)
    code = (
        "import sys, hallmark.catalog; assert 'sqlalchemy' not in sys.modules; "
        "hallmark.catalog.open_catalog(url=sys.argv[1]); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, sqlite_url], check=True, env=dict(os.environ))
