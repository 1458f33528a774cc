"""Step four on disk: a staged file becomes part of the table in one commit, once, or not at all.

The commit carries the receipt's id in its metadata and, as a Delta application transaction, which try of which task
made it. So a task that died after its commit can be recognised by the next try, and an older try that still
lives cannot overwrite a newer one.
"""

from __future__ import annotations

import json
import posixpath
import random
import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from hallmark.errors import ConflictError, LakeError, PublishError, reason
from hallmark.storage.evolution import add_columns, allow_types, schema_of
from hallmark.storage.paths import Location
from hallmark.storage.snapshot import RECEIPT_KEY, DataFile, Snapshot, open_table, snapshot_of
from hallmark.storage.staging import abandoned, withdraw
from hallmark.storage.writing import Staged

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction, CommitProperties, RemoveAction

__all__ = ["append", "published_version", "recover", "remove", "replace"]

ATTEMPTS = 20
RECENT = 20
# Versions stay readable for as long as the catalog names them: Delta must not expire its log.
_TABLE_PROPERTIES = {"delta.enableExpiredLogCleanup": "false"}


def replace(staged: Staged, base: Snapshot | None, *, key: str, attempt: int, name: str) -> int:
    """Make the staged file the content of its partition (or of the whole table) and return the new version.

    Args:
        staged: what was written.
        base: the table as it was when the stage began; the partition must not have changed since.
        key: names the work; shared by all tries of a task.
        attempt: which try this is.
        name: the dataset's name, kept in the table's metadata.

    Raises:
        ConflictError: another run published the partition since ``base``, or a newer try already did.
        LakeError: the lake is out of reach.
    """

    def commit(current: DeltaTable | None) -> None:
        _refuse_older_try(current, key, attempt, name)
        _refuse_changed(staged, base, current, name)
        _commit(staged, current, "overwrite", _properties(staged.receipt, key, attempt), name)

    return _until_committed(staged.table, staged.receipt, commit)


def append(staged: Staged, *, name: str, supersedes: str) -> int:
    """Add the staged file's rows to the table and return the version.

    Args:
        staged: what was written.
        name: the table's name.
        supersedes: files whose name begins so are taken out in the same commit: what earlier tries of the
            same work added.
    """

    def begins(file: DataFile) -> bool:
        return posixpath.basename(file.path).startswith(supersedes)

    def commit(current: DeltaTable | None) -> None:
        removed = [] if current is None else _removals(snapshot_of(staged.table, current), begins)
        properties = _properties(staged.receipt, f"append:{staged.receipt}", 1)
        _commit(staged, current, "append", properties, name, removed)

    return _until_committed(staged.table, staged.receipt, commit)


def remove(table: Location, paths: Collection[str], *, receipt: str, name: str) -> int:
    """Take files out of the table in one commit and return the version. Older versions still have them.

    Args:
        table: the table.
        paths: of the files, as its newest version has them.
        receipt: of the stage that takes them out.
        name: the table's name, for an error.

    Raises:
        ConflictError: some of them are not there any more.
        LakeError: the lake is out of reach.
    """

    def commit(current: DeltaTable | None) -> None:
        now = None if current is None else snapshot_of(table, current)
        if current is None or now is None or not now.paths_of(None).issuperset(paths):
            raise ConflictError("another run took the same files out meanwhile", "look what is left", dataset=name)
        current.create_write_transaction(
            list(_removals(now, lambda f: f.path in paths)),
            "append",
            current.schema(),
            [now.partition_by] if now.partition_by else [],
            commit_properties=_properties(receipt, f"remove:{receipt}", 1),
        )

    return _until_committed(table, receipt, commit)


def published_version(table: Location, receipt: str) -> int | None:
    """Return the version that a receipt's commit made, or None if it made none."""
    opened = open_table(table)
    if opened is None:
        return None
    # A commit that was just made is among the newest; the whole log is read only for one that is not.
    for limit in (RECENT, None):
        for entry in opened.history(limit):
            if entry.get(RECEIPT_KEY) == receipt:
                return int(entry["version"])
    return None


def recover(table: Location, ttl_seconds: float) -> list[str]:
    """Remove what dead processes left unpublished; return the receipts that were cleaned up."""
    cleaned = []
    for manifest in list(abandoned(table, ttl_seconds)):
        visible = published_version(table, manifest.receipt) is not None
        withdraw(table, manifest.receipt, file=None if visible else manifest.file)
        cleaned.append(manifest.receipt)
    return cleaned


def _until_committed(table: Location, receipt: str, commit: Callable[[DeltaTable | None], None]) -> int:
    from deltalake.exceptions import DeltaError

    for attempt in range(ATTEMPTS):
        try:
            commit(open_table(table))
        except (DeltaError, OSError) as error:
            if not _lost(error):
                raise LakeError(
                    f"{table.uri} cannot be committed to ({reason(error)})",
                    "give the worker's user write access to the lake root, then retry the task",
                ) from error
            # Somebody committed first: look again whether the partition is still ours to replace.
            time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311
        # Looked up after a lost race too: the answer to a commit can get lost while the commit stands.
        version = published_version(table, receipt)
        if version is not None:
            withdraw(table, receipt)
            return version
    raise PublishError(f"{ATTEMPTS} commits in a row lost to other writers", "retry the task when fewer run at once")


def _lost(error: Exception) -> bool:
    """Whether another writer's commit came first."""
    from deltalake.exceptions import CommitFailedError

    return isinstance(error, CommitFailedError) or "already exists" in str(error)


def _commit(
    staged: Staged,
    current: DeltaTable | None,
    mode: Any,
    properties: CommitProperties,
    name: str,
    removed: Sequence[RemoveAction] = (),
) -> None:
    added: list[Any] = [_add_action(staged)]
    partition_by = [staged.partition_by] if staged.partition_by else []
    if current is None:
        _create(staged, added, partition_by, properties, name)
        return
    others_stay = mode == "append" or staged.partition_by is not None
    schema = schema_of(staged, current if others_stay else None)
    allow_types(current, schema)
    if mode == "append":
        add_columns(current, schema)
    filters: Any = [(staged.partition_by, "=", staged.file.partition)] if staged.partition_by else None
    current.create_write_transaction(
        [*added, *removed],
        mode,
        schema,
        partition_by,
        filters if mode == "overwrite" else None,
        commit_properties=properties,
    )


def _create(staged: Staged, added: list[Any], partition_by: list[str], properties: CommitProperties, name: str) -> None:
    from deltalake.transaction import create_table_with_add_actions

    create_table_with_add_actions(
        staged.table.uri,
        schema_of(staged, None),
        added,
        mode="error",
        partition_by=partition_by,
        name=name,
        configuration=_TABLE_PROPERTIES,
        storage_options=staged.table.storage_options,
        commit_properties=properties,
    )


def _add_action(staged: Staged) -> AddAction:
    from deltalake.transaction import AddAction

    values = {staged.partition_by: staged.file.partition} if staged.partition_by else {}
    return AddAction(
        path=staged.file.path,
        size=staged.file.bytes,
        partition_values=values,
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": staged.file.rows}),
    )


def _removals(current: Snapshot, leaves: Callable[[DataFile], bool]) -> list[RemoveAction]:
    from deltalake.transaction import RemoveAction

    now = int(time.time() * 1000)
    return [
        RemoveAction(f.path, True, now, f.bytes, {current.partition_by: f.partition} if current.partition_by else None)
        for f in current.files
        if leaves(f)
    ]


def _properties(receipt: str, key: str, attempt: int) -> CommitProperties:
    from deltalake import CommitProperties, Transaction

    return CommitProperties(
        custom_metadata={RECEIPT_KEY: receipt},
        app_transactions=[Transaction(key, attempt)],
        # Left to itself Delta puts a commit that came second on top of the first: two runs that fill the same new
        # partition would both be in it. Here the second has to look again.
        max_commit_retries=0,
    )


def _refuse_older_try(current: DeltaTable | None, key: str, attempt: int, name: str) -> None:
    newest = None if current is None else current.transaction_version(key)
    if newest is not None and newest >= attempt:
        raise ConflictError(
            f"try {newest} of this task has published already and this is try {attempt}",
            "nothing needs doing: the newer try's version stays",
            dataset=name,
        )


def _refuse_changed(staged: Staged, base: Snapshot | None, current: DeltaTable | None, name: str) -> None:
    now = None if current is None else snapshot_of(staged.table, current)
    before = base.paths_of(staged.file.partition) if base else frozenset()
    after = now.paths_of(staged.file.partition) if now else frozenset()
    if before != after:
        where = f"partition {staged.file.partition}" if staged.file.partition else "the table"
        raise ConflictError(
            f"another run published {where} while this one worked (now version {now.version if now else 0})",
            "let one task at a time write a partition; a retry of this one works on top of that version",
            dataset=name,
        )
