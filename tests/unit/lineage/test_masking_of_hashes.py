"""A pseudonym is told as masked: its value cannot be seen in the output."""

from __future__ import annotations

from hallmark.cleaning import Hash, compile_steps
from hallmark.dataset import Column, DatasetVersion
from hallmark.lineage.sql import column_lineage


def test_a_hashed_column_is_masked() -> None:
    columns = (Column("email", "VARCHAR", classification="personal"), Column("a", "INTEGER"))
    source = DatasetVersion("people", "file", "/lake/people", "0", columns=columns)
    query, _ = compile_steps([Hash("email", salt="pepper")], "source", columns)

    lineage = column_lineage(query, {"source": source})

    assert {e.masking for e in lineage.fields["email"] if e.type == "DIRECT"} == {True}
    assert {e.masking for e in lineage.fields["a"]} == {False}
