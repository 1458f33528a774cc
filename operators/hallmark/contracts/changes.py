"""One difference between two contracts, as a value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Change", "Kind", "told"]

Kind = Literal["breaking", "compatible", "informative"]


@dataclass(frozen=True)
class Change:
    """One difference.

    Args:
        kind: ``breaking``, ``compatible`` or ``informative``.
        path: the field of the contract, columns by name: ``properties.amount.physicalType``.
        what: what changed.
        why: what it means for a reader.
    """

    kind: Kind
    path: str
    what: str
    why: str

    def to_dict(self) -> dict[str, str]:
        """Return it in JSON's types."""
        return asdict(self)


def told(path: str, before: str | None, after: str | None) -> Change:
    """Return the change of a field that is there for people to read."""
    return Change("informative", path, f"{before or 'none'} → {after or 'none'}", "it promises nothing of the data")
