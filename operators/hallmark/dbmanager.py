"""The catalog in Airflow's own commands: ``airflow db migrate`` migrates it too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.utils.db_manager import BaseDBManager
from sqlalchemy import MetaData

from hallmark.errors import CatalogError

__all__ = ["CatalogDBManager"]


class CatalogDBManager(BaseDBManager):  # type: ignore[misc]
    """Migrates the catalog, which is a database of its own. Resetting Airflow leaves it alone: it is the audit."""

    # No table of the catalog is in Airflow's database.
    metadata = MetaData()
    version_table_name = "hallmark_alembic_version"
    migration_dir = str(Path(__file__).parent / "catalog" / "migrations")
    alembic_file = ""
    supports_table_dropping = False

    def check_migration(self) -> bool:
        """Return whether the catalog is at the newest revision."""
        from hallmark.catalog import current_revision, head_revision

        return current_revision() == head_revision()

    def initdb(self, use_migration_files: bool = False) -> None:
        """Bring the catalog to the newest revision."""
        self.upgradedb()

    def upgradedb(
        self,
        to_revision: str | None = None,
        from_revision: str | None = None,
        show_sql_only: bool = False,
        use_migration_files: bool = False,
    ) -> None:
        """Bring the catalog to the newest revision."""
        from hallmark.catalog import upgrade

        self.log.info("The Hallmark catalog is at revision %s", upgrade())

    def downgrade(self, to_revision: Any, from_revision: Any = None, show_sql_only: bool = False) -> None:
        """Refuse: receipts are kept."""
        raise CatalogError("the catalog is not downgraded", "restore a backup of the time before the upgrade")

    def resetdb(self, skip_init: bool = False, use_migration_files: bool = False) -> None:
        """Keep what is there; bring it to the newest revision."""
        if not skip_init:
            self.initdb()
