from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.catalog import open_catalog
from hallmark.errors import LineageError
from hallmark.lineage import graph as lineage
from hallmark.lineage.graph import Impact
from lineage_asking import Store
from lineage_telling import dataset, made_of, run


def columns(found: Impact) -> dict[str, tuple[str, int]]:
    return {f"{each.dataset.rpartition(':')[2]}.{each.column}": (each.how, each.distance) for each in found.columns}


def nodes(found: Impact) -> dict[str, tuple[str, int]]:
    every = (*found.datasets, *found.models, *found.jobs)
    return {each.node.label: (each.how, each.distance) for each in every}


@pytest.fixture
def shop(store: Store) -> Store:
    """raw -> orders -> revenue -> model, and a report by a job that tells of no columns."""
    orders = made_of(
        {"amount": ["raw.amount"], "country": ["raw.country"], "late": ["raw.sent CONDITIONAL"]}, ["raw.state"]
    )
    revenue = made_of(
        {"total": ["orders.amount AGGREGATION"], "country": ["orders.country"]}, ["orders.country GROUP_BY"]
    )
    store.tell(
        run("load", ["raw"], [dataset("orders", owner="data", columns=orders)]),
        run("sum", ["orders"], [dataset("revenue", owner="finance", columns=revenue)], at=1),
        run(
            "train",
            ["revenue"],
            [dataset("delays", type="MODEL", owner="ml", columns=made_of({"y": ["revenue.total"]}))],
        ),
        run("print", ["revenue"], ["report"], at=2),
        run("mail", ["report"], [], at=3),
        run("check", ["orders"], [], at=3),
    )
    return store


def test_a_value_that_goes_in_reaches_columns_directly(shop: Store) -> None:
    found = shop.impact("raw", "amount")

    assert columns(found) == {
        "orders.amount": ("direct", 1),
        "revenue.total": ("direct", 2),
        "delays.y": ("direct", 3),
        "report.": ("possible", 3),
    }
    assert nodes(found) == {
        "orders": ("direct", 1),
        "revenue": ("direct", 2),
        "delays": ("direct", 3),
        "report": ("possible", 3),
        "load": ("direct", 1),
        "sum": ("direct", 2),
        "train": ("direct", 3),
        "check": ("possible", 2),
        "print": ("possible", 3),
        "mail": ("possible", 4),
    }
    assert [each.node.label for each in found.models] == ["delays"]
    assert found.owners == {"data": 1, "finance": 1, "ml": 1}
    assert found.start.column == "amount"


def test_what_decides_over_rows_reaches_datasets_as_a_whole(shop: Store) -> None:
    assert columns(shop.impact("raw", "state")) == {
        "orders.": ("indirect", 1),
        "revenue.": ("indirect", 2),
        "delays.": ("indirect", 3),
        "report.": ("possible", 3),
    }


def test_a_column_may_go_in_and_decide(shop: Store) -> None:
    found = columns(shop.impact("orders", "country"))
    assert (found["revenue.country"], found["revenue."]) == (("direct", 1), ("indirect", 1))


def test_what_decides_over_a_value_reaches_that_column_alone(shop: Store) -> None:
    assert columns(shop.impact("raw", "sent")) == {"orders.late": ("indirect", 1)}


def test_a_cycle_ends_and_the_start_is_not_its_own_consequence(store: Store) -> None:
    store.tell(run("j", ["a"], [dataset("b", columns=made_of({"x": ["a.x"]}))]))
    store.tell(run("k", ["b"], [dataset("a", columns=made_of({"x": ["b.x"]}))]))

    assert columns(store.impact("a", "x")) == {"b.x": ("direct", 1)}
    assert nodes(store.impact("a", "x")) == {"b": ("direct", 1), "j": ("direct", 1), "k": ("direct", 2)}


def test_the_strongest_way_counts_and_the_shortest_of_those(store: Store) -> None:
    store.tell(
        run("short", ["a"], [dataset("z", columns=made_of({"x": ["a.x JOIN"]}))]),
        run("long", ["a"], [dataset("b", columns=made_of({"x": ["a.x"]}))]),
        run("longer", ["b"], [dataset("z", columns=made_of({"x": ["b.x"]}))]),
    )
    assert columns(store.impact("a", "x")) == {"b.x": ("direct", 1), "z.x": ("direct", 2)}


def test_a_column_that_is_not_there_is_answered_with_the_closest(shop: Store) -> None:
    with pytest.raises(LineageError, match="no column 'amuont'; did you mean 'amount'"):
        shop.impact("orders", "amuont")
    with pytest.raises(LineageError, match="no event told of its columns"):
        shop.impact("report", "x")


def test_columns_come_from_schemas_with_those_within_structures(store: Store) -> None:
    fields = [{"name": "id"}, {"name": "address", "fields": [{"name": "city"}]}]
    store.tell(run("load", [], [dataset("customers", schema={"fields": fields})]))

    assert store.ask(lineage.columns_of, store.find("customers").number) == ["id", "address", "address.city"]
    assert store.impact("customers", "address.city").columns == ()


def test_a_limit_says_that_there_is_more(sqlite_store: Store) -> None:
    sqlite_store.tell(run("wide", ["a"], [dataset("b", columns=made_of({f"c{n}": ["a.x"] for n in range(50)}))]))

    found = sqlite_store.ask(lineage.impact, sqlite_store.find("a"), "x", limit=10)
    assert (len(found.columns), found.truncated) == (9, True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(open_catalog(url=f"sqlite:///{tmp_path_factory.mktemp('impact')}/catalog.db"))


EXAMPLES = count()
PLACES = st.tuples(st.integers(0, 4), st.sampled_from("xy"))
EDGES = st.lists(st.tuples(PLACES, PLACES, st.sampled_from(["IDENTITY", "JOIN"])), max_size=14)


@settings(max_examples=40, deadline=None)
@given(edges=EDGES)
def test_impact_is_what_a_search_through_the_edges_finds(
    shared: Store, edges: list[tuple[tuple[int, str], tuple[int, str], str]]
) -> None:
    example = next(EXAMPLES)

    def name(number: int) -> str:
        return f"{example}-{number}"

    events = [
        run(f"job-{example}-{n}", [name(a)], [dataset(name(b), columns=made_of({y: [f"{name(a)}.{x} {how}"]}))], at=n)
        for n, ((a, x), (b, y), how) in enumerate(edges)
    ]
    seed = dataset(name(0), fields={"x": "BIGINT"})
    shared.tell(run(f"job-{example}-seed", [], [seed]), *events)

    found = {(each.dataset.rpartition("-")[2], each.column): each.how for each in shared.impact(name(0), "x").columns}

    direct = reached({(a, b) for a, b, how in edges if how == "IDENTITY"})
    every = reached({(a, b) for a, b, _ in edges})
    assert found == {(str(n), c): "direct" if (n, c) in direct else "indirect" for n, c in every}


def reached(edges: set[tuple[tuple[int, str], tuple[int, str]]]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    frontier = {(0, "x")}
    while frontier:
        frontier = {b for a, b in edges if a in frontier} - found
        found |= frontier
    return found - {(0, "x")}
