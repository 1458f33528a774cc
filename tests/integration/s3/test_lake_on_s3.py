"""The lake on S3: the real protocol, spoken by a server beside the tests."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import sqlglot

from hallmark.engines.duckdb import columns_of, connect
from hallmark.errors import ConflictError, LakeError
from hallmark.storage.paths import Location
from hallmark.storage.publishing import published_version, recover, replace
from hallmark.storage.reading import snapshot_view
from hallmark.storage.snapshot import Selection, Snapshot, snapshot
from hallmark.storage.staging import Manifest, announce
from hallmark.storage.writing import Staged, conform, rewrite, stage


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # A process, not a thread: deltalake holds the interpreter's lock while it waits for an answer.
    command = [sys.executable, "-c", f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield url
    finally:
        server.kill()
        server.wait()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise TimeoutError(f"no S3 server at {url}")


@pytest.fixture
def table(endpoint: str, request: pytest.FixtureRequest) -> Location:
    httpx.put(f"{endpoint}/lake").raise_for_status()
    options = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }
    return Location(f"s3://lake/{request.node.name}", options)


def staged(table: Location, sql: str, receipt: str, partition: str) -> Staged:
    with connect() as connection:
        query = sqlglot.parse_one(sql, dialect="duckdb")
        columns = columns_of(connection, query)
        return stage(
            connection,
            table,
            conform(query, columns),
            columns,
            receipt=receipt,
            partition_by="partition",
            partition=partition,
        )


def publish(table: Location, sql: str, receipt: str, partition: str, base: Snapshot | None) -> int:
    return replace(staged(table, sql, receipt, partition), base, key=receipt, attempt=1, name="flights/raw")


def rows(table: Location, version: int | None = None) -> list[tuple[object, ...]]:
    found = snapshot(table, version)
    assert found is not None
    with connect() as connection:
        snapshot_view(connection, "t", found, found.select(Selection()))
        return sorted(connection.execute("SELECT * FROM t").fetchall())


def test_a_partition_is_published_replaced_and_still_readable_at_its_older_version(table: Location) -> None:
    assert publish(table, "SELECT 1::BIGINT a", "r1", "2013-01", None) == 0
    assert publish(table, "SELECT 2::BIGINT a", "r2", "2013 02/x", snapshot(table)) == 1
    assert publish(table, "SELECT 3::BIGINT a", "r3", "2013-01", snapshot(table)) == 2

    assert rows(table) == [(2, "2013 02/x"), (3, "2013-01")]
    assert rows(table, 0) == [(1, "2013-01")]
    assert published_version(table, "r2") == 1


def test_of_two_who_publish_one_partition_at_once_one_wins_and_the_other_is_told(table: Location) -> None:
    publish(table, "SELECT 0::BIGINT a", "r0", "p", None)
    base = snapshot(table)
    drafts = [staged(table, f"SELECT {n}::BIGINT a", f"r{n}", "p") for n in (1, 2)]

    def attempt(draft: Staged) -> object:
        try:
            return replace(draft, base, key=draft.receipt, attempt=1, name="flights/raw")
        except ConflictError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, drafts))

    assert sorted(type(o).__name__ for o in outcomes) == ["ConflictError", "int"]
    assert len(rows(table)) == 1


def test_what_a_dead_process_left_is_removed_and_what_is_published_stays(table: Location) -> None:
    publish(table, "SELECT 1::BIGINT a", "r1", "p", None)
    orphan = staged(table, "SELECT 9::BIGINT a", "r9", "p")
    for receipt, file in (("r1", snapshot(table).files[0].path), ("r9", orphan.file.path)):  # type: ignore[union-attr]
        announce(table, Manifest(receipt, file, "another-host", 1, 0.0, 0.0))

    assert sorted(recover(table, ttl_seconds=1)) == ["r1", "r9"]
    assert rows(table) == [(1, "p")]
    with pytest.raises(FileNotFoundError):
        orphan.rows()


def test_a_staged_file_can_be_narrowed_before_it_is_published(table: Location) -> None:
    draft = staged(table, "SELECT unnest(range(5))::BIGINT a", "r1", "p")
    with connect() as connection:
        connection.register("kept", draft.rows().slice(0, 2))
        narrowed = rewrite(connection, draft, "kept")
    replace(narrowed, None, key="r1", attempt=1, name="flights/raw")

    assert rows(table) == [(0, "p"), (1, "p")]


def test_a_bucket_that_is_not_there_is_an_error_without_the_secret(table: Location) -> None:
    absent = Location("s3://no-such-bucket/flights", table.options)
    with pytest.raises(LakeError) as caught:
        publish(absent, "SELECT 1::BIGINT a", "r1", "p", None)
    assert "a-secret" not in str(caught.value)
