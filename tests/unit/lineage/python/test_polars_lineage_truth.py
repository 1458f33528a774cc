"""Column lineage of Polars held against Polars itself, on random pipelines.

A source column without an edge has no effect: give it other values, and the output column stays. And what is an
identity shows values of its source alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import polars as pl
from flights import COLUMNS, given
from hypothesis import given as hypothesis_given
from hypothesis import reject, settings
from hypothesis import strategies as st

from hallmark.lineage.python import traced

Frames = dict[str, pl.LazyFrame]
Maker = Callable[[Frames], pl.LazyFrame]

ROWS = 12
# What no source column has: all from here on is written into a pipeline.
CONSTANT = 100


class Writer:
    """Writes random pipelines over the two inputs; every value is an integer."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = 0

    def name(self) -> str:
        self.names += 1
        return f"x{self.names}"

    def value(self, columns: list[str], depth: int = 2) -> pl.Expr:
        if depth == 0:
            return pl.col(self.random.choice(columns))

        def deeper() -> pl.Expr:
            return self.value(columns, depth - 1)

        forms: list[Callable[[], pl.Expr]] = [
            lambda: pl.col(self.random.choice(columns)),
            lambda: deeper() + deeper(),
            lambda: pl.when(deeper() > 2).then(deeper()).otherwise(deeper()),
            lambda: pl.coalesce(deeper(), deeper()),
            lambda: deeper().fill_null(deeper()),
            lambda: pl.lit(CONSTANT + self.random.randint(0, 9), pl.Int64),
            lambda: pl.struct(deeper().alias("p"), deeper().alias("q")).struct.field("q"),
            lambda: pl.max_horizontal(deeper(), deeper()),
            lambda: deeper().map_batches(lambda s: s + 1, return_dtype=pl.Int64, is_elementwise=True),
            lambda: pl.map_batches([deeper(), deeper()], lambda s: s[0] + s[1], return_dtype=pl.Int64),
            lambda: deeper().is_in([1, 2, 3]).cast(pl.Int64),
        ]
        return self.random.choice(forms)()

    def aggregate(self, columns: list[str]) -> pl.Expr:
        value = self.value(columns, 1)
        forms: list[Callable[[], pl.Expr]] = [
            lambda: value.sum(),
            lambda: pl.len().cast(pl.Int64),
            lambda: value.n_unique().cast(pl.Int64),
            lambda: value.filter(self.value(columns, 1) > 2).max(),
            lambda: value.sort_by(self.value(columns, 0), maintain_order=True).implode().list.first(),
            lambda: value.max_by(self.value(columns, 0)),
            lambda: value.quantile(0.5, "nearest").cast(pl.Int64),
            lambda: value.gather([0]).first(),
        ]
        return self.random.choice(forms)()

    def window(self, columns: list[str]) -> pl.Expr:
        value, key, order = self.value(columns, 1), self.value(columns, 0), self.random.choice(columns)
        forms = [
            value.sum().over(key),
            value.shift(1).over(key, order_by=order),
            value.cum_sum(),
            value.rank("dense").over(key).cast(pl.Int64),
        ]
        return self.random.choice(forms)

    def pipeline(self, depth: int) -> Maker:
        """Return a pipeline; its steps are chosen when it is first made, from the columns there are then."""
        if depth == 0:
            table = self.random.choice(list(COLUMNS))
            return lambda frames: frames[table]
        steps = [self.select, self.extend, self.filter, self.group, self.sort, self.unique, self.rename, self.slice]
        steps += [self.join, self.join, self.union, self.unpivot, self.explode, self.number]
        return self.random.choice(steps)(self.pipeline(depth - 1), depth)

    def select(self, before: Maker, _: int) -> Maker:
        columns = names_of(before)
        made = [self.value(columns).alias(self.name()) for _ in range(2)]
        kept = self.random.sample(columns, min(2, len(columns)))
        return lambda frames: before(frames).select(*kept, *made)

    def extend(self, before: Maker, _: int) -> Maker:
        columns = names_of(before)
        made = [self.window(columns).alias(self.name()), self.value(columns).alias(self.random.choice(columns))]
        return lambda frames: before(frames).with_columns(*made)

    def filter(self, before: Maker, _: int) -> Maker:
        conditions = [self.value(names_of(before), 1) > 1, self.value(names_of(before), 1) < 7]
        return lambda frames: before(frames).filter(*conditions)

    def group(self, before: Maker, _: int) -> Maker:
        columns = names_of(before)
        key, made = self.value(columns, 1).alias(self.name()), self.aggregate(columns).alias(self.name())
        return lambda frames: before(frames).group_by(key, maintain_order=True).agg(made)

    def sort(self, before: Maker, _: int) -> Maker:
        key = self.value(names_of(before), 1)
        return lambda frames: before(frames).sort(key, maintain_order=True)

    def unique(self, before: Maker, _: int) -> Maker:
        columns = names_of(before)
        subset = self.random.choice([None, [self.random.choice(columns)]])
        return lambda frames: before(frames).unique(subset, keep="first", maintain_order=True)

    def rename(self, before: Maker, _: int) -> Maker:
        old, new = self.random.choice(names_of(before)), self.name()
        return lambda frames: before(frames).rename({old: new})

    def slice(self, before: Maker, _: int) -> Maker:
        length = self.random.randint(1, 8)
        return lambda frames: before(frames).slice(1, length)

    def number(self, before: Maker, _: int) -> Maker:
        name = self.name()
        return lambda frames: before(frames).with_row_index(name, CONSTANT).with_columns(pl.col(name).cast(pl.Int64))

    def explode(self, before: Maker, _: int) -> Maker:
        columns, name = names_of(before), self.name()
        many = pl.concat_list(self.value(columns, 0), self.value(columns, 0)).list.drop_nulls().alias(name)
        return lambda frames: before(frames).with_columns(many).explode(name)

    def unpivot(self, before: Maker, _: int) -> Maker:
        columns = names_of(before)
        on = self.random.sample(columns, min(2, len(columns)))
        index = [name for name in columns if name not in on]
        names = self.name(), self.name()

        def made(frames: Frames) -> pl.LazyFrame:
            long = before(frames).unpivot(on, index=index, variable_name=names[0], value_name=names[1])
            return long.with_columns(pl.col(names[0]).str.len_bytes().cast(pl.Int64) + CONSTANT)

        return made

    def union(self, before: Maker, depth: int) -> Maker:
        other = self.pipeline(depth - 1)
        return lambda frames: pl.concat([before(frames), other(frames)], how="diagonal")

    def join(self, before: Maker, depth: int) -> Maker:
        other = self.pipeline(depth - 1)
        left, right = self.random.choice(names_of(before)), self.random.choice(names_of(other))
        how = self.random.choice(["inner", "left", "right", "full", "semi", "anti"])
        coalesce, suffix = self.random.choice([None, True, False]), f"_{self.name()}"
        keys = {"left_on": left, "right_on": right, "how": how, "suffix": suffix, "coalesce": coalesce}
        keys |= {"maintain_order": "left" if how in ("semi", "anti") else "left_right"}
        return lambda frames: before(frames).join(other(frames), **keys)  # type: ignore[arg-type]


def names_of(maker: Maker) -> list[str]:
    return maker(frames_of(values(Random(0)))).collect_schema().names()


def values(random: Random) -> dict[tuple[str, str], list[int | None]]:
    return {(table, column): _numbers(random) for table, columns in COLUMNS.items() for column in columns}


def _numbers(random: Random) -> list[int | None]:
    return [random.choice([None, *range(1, 9)]) for _ in range(ROWS)]


def frames_of(numbers: dict[tuple[str, str], list[int | None]]) -> Frames:
    return {
        table: pl.LazyFrame(
            {column: numbers[table, column] for column in columns}, schema=dict.fromkeys(columns, pl.Int64)
        )
        for table, columns in COLUMNS.items()
    }


def collected(maker: Maker, numbers: dict[tuple[str, str], list[int | None]]) -> pl.DataFrame:
    """Run a pipeline; one that Polars itself refuses proves nothing."""
    try:
        return maker(frames_of(numbers)).collect()
    except pl.exceptions.PolarsError:
        reject()


def changes(maker: Maker, random: Random) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """Give one source column other values at a time, and yield it with the output columns that changed."""
    numbers = values(random)
    before = collected(maker, numbers)
    for source in numbers:
        for _ in range(2):
            after = collected(maker, {**numbers, source: _numbers(random)})
            yield source, {name for name in before.columns if not before[name].equals(after[name])}


@settings(max_examples=150, deadline=None)
@hypothesis_given(st.integers(0, 10**9))
def test_what_changes_with_a_source_column_has_an_edge_from_it(seed: int) -> None:
    random = Random(seed)
    maker = Writer(random).pipeline(random.randint(1, 3))
    numbers = values(random)
    frames = frames_of(numbers)
    found = traced(maker(frames), given(frames))

    assert not found.told
    lineage = found.lineage
    rows = {(e.location, e.column) for e in lineage.dataset}
    for source, changed in changes(maker, random):
        for name in changed:
            assert source in rows | {(e.location, e.column) for e in lineage.fields[name]}, (source, name)
    made = collected(maker, numbers)
    for name, edges in lineage.fields.items():
        if edges and all(e.subtype == "IDENTITY" for e in edges):
            known = {number for e in edges for number in numbers[e.location, e.column]}
            assert {number for number in made[name] if (number or 0) < CONSTANT} <= known | {None}
