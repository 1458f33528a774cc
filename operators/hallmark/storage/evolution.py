"""How a table's schema grows with what is published: no publication takes a column from rows it does not replace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hallmark.storage.writing import Staged

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.schema import Schema

__all__ = ["add_columns", "allow_types", "schema_of"]

_ZONELESS, _ZONELESS_FEATURE = "timestamp_ntz", "timestampNtz"


def schema_of(staged: Staged, kept: DeltaTable | None) -> Schema:
    """Return the Delta schema of a table with the staged file.

    Args:
        staged: what was written; its columns come first, in the types of the file.
        kept: the table, if rows of it stay beside the staged ones; its other columns come after.
    """
    from deltalake import Schema

    written = _written(staged)
    if kept is None:
        return written
    partition = [f for f in written.fields if f.name == staged.partition_by]
    own = [f for f in written.fields if f.name != staged.partition_by]
    names = {f.name.lower() for f in written.fields}
    return Schema([*own, *(f for f in kept.schema().fields if f.name.lower() not in names), *partition])


def add_columns(current: DeltaTable, schema: Schema) -> None:
    """Add to a table the columns of a schema that it lacks, in a commit of their own."""
    known = {f.name.lower() for f in current.schema().fields}
    missing = [f for f in schema.fields if f.name.lower() not in known]
    if missing:
        current.alter.add_columns(missing)


def allow_types(current: DeltaTable, schema: Schema) -> None:
    """Let a table hold a schema's types: times without a zone are a feature that it must name."""
    from deltalake import TableFeatures

    if _ZONELESS in schema.to_json() and _ZONELESS_FEATURE not in (current.protocol().reader_features or ()):
        current.alter.add_feature(TableFeatures.TimestampWithoutTimezone, allow_protocol_versions_increase=True)


def _written(staged: Staged) -> Schema:
    """Read the schema from the file itself; every column may hold nulls, for the contract is the gate's to check."""
    import pyarrow as pa
    from deltalake import Schema
    from pyarrow import parquet

    system, root = staged.table.open()
    with system.open_input_file(f"{root}/{staged.file.path}") as file:
        written = parquet.read_schema(file).remove_metadata()
    fields: Sequence[Any] = [pa.field(f.name, f.type, nullable=True) for f in written]
    if staged.partition_by:
        fields = [*fields, pa.field(staged.partition_by, pa.string(), nullable=True)]
    return Schema.from_arrow(pa.schema(fields))
