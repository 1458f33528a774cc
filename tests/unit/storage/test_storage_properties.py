from __future__ import annotations

from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from lake_table import Table

from hallmark.engines.duckdb import connect
from hallmark.errors import ConflictError

PARTITIONS = ["2013-01", "a b", "50%/é"]
ROWS = st.lists(st.integers(-5, 5), min_size=1, max_size=4)
PUBLICATIONS = st.lists(st.tuples(st.sampled_from(PARTITIONS), ROWS, st.integers(1, 3)), min_size=1, max_size=7)


def content(written: dict[str, list[int]]) -> list[tuple[int, str]]:
    return sorted(((value, partition) for partition, values in written.items() for value in values), key=repr)


@settings(max_examples=25, deadline=None)
@given(PUBLICATIONS)
def test_a_table_holds_what_was_published_last_in_each_partition_and_every_version_what_was_then(
    publications: list[tuple[str, list[int], int]],
) -> None:
    with TemporaryDirectory() as folder, connect() as connection:
        table = Table(f"{folder}/flights", connection)
        now: dict[str, list[int]] = {}
        newest: dict[str, int] = {}
        versions: list[list[tuple[int, str]]] = []
        for partition, values, attempt in publications:
            # One task for each partition; a try that is not newer than the last must change nothing.
            try:
                version = table.publish(f"SELECT unnest({values}) AS a", partition, key=partition, attempt=attempt)
            except ConflictError:
                assert attempt <= newest[partition]
                continue
            assert attempt > newest.get(partition, 0)
            newest[partition], now[partition] = attempt, values
            versions.append(content(now))
            assert version == len(versions) - 1
        assert [table.rows(version=v) for v in range(len(versions))] == versions
        assert table.rows() == content(now)
        assert {p: [r[0] for r in table.rows(p)] for p in now} == {
            p: [v for v, _ in content({p: values})] for p, values in now.items()
        }
