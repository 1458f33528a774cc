"""Which database the catalog is: its URL, made of options, and shown without its secrets."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from hallmark import config
from hallmark.config import Settings
from hallmark.errors import CatalogError

__all__ = ["catalog_url", "file_of", "normal_url", "shown"]

_DRIVERS = {"sqlite": "sqlite", "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_EXAMPLES = "use sqlite:////folder/catalog.db or postgresql://user:password@host/database"


def catalog_url(settings: Settings | None = None, url: str | None = None) -> URL:
    """Return the catalog's URL.

    Args:
        settings: the ``[hallmark]`` options; read now if not given and needed.
        url: wins over the options.

    Returns:
        The URL with the driver Hallmark uses.

    Raises:
        CatalogError: it cannot be read, or names a database that Hallmark does not keep its catalog in.
    """
    if url is not None:
        return normal_url(url)
    chosen = settings or config.settings()
    return _of_connection(chosen.catalog_conn_id) if chosen.catalog_conn_id else normal_url(chosen.catalog_url)


def normal_url(given: str | URL) -> URL:
    """Return the URL with Hallmark's driver and, for a file, its absolute path.

    Raises:
        CatalogError: as of :func:`catalog_url`.
    """
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        # The cause quotes the URL, password and all.
        raise CatalogError("the catalog's URL cannot be read", _EXAMPLES) from None
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise CatalogError(f"a catalog cannot be kept in {url.get_backend_name()}", _EXAMPLES)
    url = url.set(drivername=driver)
    return _absolute(url) if driver == "sqlite" else url


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite catalog, None for a server's."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def shown(url: URL) -> str:
    """Return the URL as it may be logged: without any password."""
    query = {name: "***" if "password" in name.lower() else value for name, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)


def _absolute(url: URL) -> URL:
    if not url.database or url.database == ":memory:":
        raise CatalogError("a catalog in memory is gone with its process", _EXAMPLES)
    return url.set(database=str(Path(url.database).expanduser().absolute()))


def _of_connection(conn_id: str) -> URL:
    """Read the Airflow connection as Airflow's environment has it; other secrets backends need Airflow itself."""
    variable = f"AIRFLOW_CONN_{conn_id.upper()}"
    text = os.environ.get(variable)
    if text is None:
        raise CatalogError(
            f"[hallmark] catalog_conn_id is {conn_id!r}, and {variable} is not set in this process",
            f"set {variable}, or [hallmark] catalog_url instead",
        )
    if not text.lstrip().startswith("{"):
        return normal_url(text).difference_update_query(["__extra__"])
    return normal_url(_of_json(text, variable))


def _of_json(text: str, variable: str) -> URL:
    try:
        facts: dict[str, Any] = json.loads(text)
        return URL.create(
            facts["conn_type"],
            username=facts.get("login"),
            password=facts.get("password"),
            host=facts.get("host"),
            port=facts.get("port"),
            database=facts.get("schema"),
        )
    except (ValueError, KeyError, TypeError, ArgumentError):
        raise CatalogError(f"{variable} is not a connection", "write it as a URI or as Airflow's JSON") from None
