"""Does the demonstration do what it promises? The checks look at the lake, the catalog and Airflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hallmark.catalog import Catalog
from hallmark.config import Settings
from hallmark.demo.story import MODEL, Chapter
from hallmark.storage.paths import table_of
from hallmark.storage.snapshot import snapshot

__all__ = ["Standing", "broken", "standing"]


@dataclass(frozen=True)
class Standing:
    """What readers see at one moment: the newest version of every dataset, and the champion."""

    versions: Mapping[str, int]
    champion: str | None


def standing(settings: Settings, catalog: Catalog) -> Standing:
    """Look at the lake and the registry as a reader does."""
    versions = {}
    for dataset in catalog.datasets():
        found = snapshot(table_of(dataset.name, settings))
        if found is not None:
            versions[dataset.name] = found.version
    model = catalog.model(MODEL)
    return Standing(versions, model.aliases.get("champion") if model else None)


def broken(
    chapter: Chapter,
    state: str,
    tasks: Sequence[Mapping[str, Any]],
    before: Standing,
    after: Standing,
    settings: Settings,
) -> Iterator[str]:
    """Yield a sentence for each promise that a finished run did not keep."""
    if state != chapter.state:
        yield f"run {chapter.run_id} ended {state}, not {chapter.state}"
    skipped = sorted(t["task_id"] for t in tasks if t["state"] == "skipped")
    if chapter.state == "success" and skipped != sorted(chapter.skipped):
        yield f"run {chapter.run_id} skipped {skipped}, not {sorted(chapter.skipped)}"
    for name in chapter.refused:
        was, now = before.versions.get(name), after.versions.get(name)
        if was != now:
            yield f"{name} moved from version {was} to {now} though it was refused"
    if chapter.refused and before.champion != after.champion:
        yield f"the champion moved from {before.champion} to {after.champion} in a run that was refused"
    if chapter.refused and not _quarantined(settings, chapter):
        yield f"no row of {chapter.month} is in {chapter.refused[0]}__quarantine"
    if chapter.state == "success" and not chapter.skipped and after.champion is None:
        yield f"run {chapter.run_id} left no champion"


def _quarantined(settings: Settings, chapter: Chapter) -> int:
    found = snapshot(table_of(f"{chapter.refused[0]}__quarantine", settings))
    return sum(f.rows for f in found.files if f.partition == chapter.month) if found else 0
