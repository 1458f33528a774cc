"""What a dataset is called in the store, whatever its producer called it."""

from __future__ import annotations

from functools import cache

from hallmark.config import settings
from hallmark.lineage.naming import normal

__all__ = ["identity"]


def identity(namespace: str, name: str) -> tuple[str, str]:
    """Return namespace and name in their one form, after what ``[hallmark] lineage_namespaces`` says is the same.

    Raises:
        ConfigError: the option cannot be read.
    """
    said, name = normal(namespace, name)
    meant = _meant()
    return (meant.get(namespace) or meant.get(said) or said, name) if meant else (said, name)


@cache
def _meant() -> dict[str, str]:
    return settings().lineage_namespaces
