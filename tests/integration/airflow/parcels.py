"""The data of the scenarios: parcels with their depot, sender, weight and way, and whether they came late."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = ("parcel_id", "depot", "sender", "weight_kg", "distance_km", "fragile", "late")
DEPOTS = ("north", "south", "harbour")
# Names that must be seen nowhere but in the data itself.
SENDERS = ("Ada Quillfeather", "Bo Marrowstone", "Cy Thistlewick")


def deliver(feed: Path, month: str, *, rows: int = 600) -> Path:
    """Write ``<feed>/<month>/parcels.csv``, the same for the same month, and return its path."""
    file = feed / month / "parcels.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(_rows(random.Random(month), rows))
    return file


def _rows(chance: random.Random, rows: int) -> Iterator[tuple[object, ...]]:
    for number in range(rows):
        distance, weight = chance.randint(5, 900), round(chance.uniform(0.1, 30), 2)
        fragile = chance.random() < 0.3
        likely = 1 / (1 + math.exp(-(distance - 500) / 120 - weight / 20))
        late = chance.random() < likely
        yield number, chance.choice(DEPOTS), chance.choice(SENDERS), weight, distance, fragile, late
