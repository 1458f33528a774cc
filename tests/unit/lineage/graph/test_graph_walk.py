from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event as listen

from hallmark.catalog import lineage_tables, open_catalog
from hallmark.catalog.tables import metadata
from hallmark.lineage import graph as lineage
from lineage_asking import Store, labels
from lineage_telling import dataset, made_of, run


def chain(length: int) -> list[dict[str, Any]]:
    """d0 -> j0 -> d1 -> j1 -> …"""
    return [run(f"j{n}", [f"d{n}"], [f"d{n + 1}"], at=n) for n in range(length)]


def test_jobs_and_datasets_count_one_step_each(store: Store) -> None:
    store.tell(*chain(6))

    assert sorted(labels(store.graph("d3", up=2, down=3).nodes)) == ["d2", "d3", "d4", "j2", "j3", "j4"]
    assert labels(store.graph("j3", up=0, down=1).nodes) == ["j3", "d4"]
    assert labels(store.graph("d3", up=0, down=0).nodes) == ["d3"]


def test_a_node_tells_owner_version_state_and_what_failed(store: Store) -> None:
    orders = dataset("orders", owner="shop", version="7", type="TABLE", assertions={"fresh": False, "full": False})
    store.tell(
        run("load", ["raw"], [orders], type="FAIL"), run("load", ["raw"], [dataset("orders", version="7")], at=-1)
    )

    drawn = store.graph("raw")
    found = {node.label: node for node in drawn.nodes}
    assert (found["orders"].owner, found["orders"].version, found["orders"].failed) == ("shop", "7", 2)
    assert (found["load"].state, found["load"].failed) == ("FAIL", 2)
    assert drawn.node(drawn.start).label == "raw"


def test_a_check_that_passes_in_the_next_run_is_forgotten(store: Store) -> None:
    store.tell(run("load", [], [dataset("orders", assertions={"fresh": False})]))
    store.tell(run("load", [], [dataset("orders", assertions={"fresh": True})], at=1))

    assert store.find("orders").failed == store.find("load").failed == 0


def test_names_of_one_dataset_are_one_node(store: Store) -> None:
    alias = ("hive://meta:9083", "orders")
    store.tell(
        run("write", [], [dataset("orders", "s3://lake", aliases=[alias])]),
        run("read", [dataset(alias[1], alias[0])], ["report"], at=1),
    )

    for name in ("write", "report"):
        drawn = store.graph(name)
        assert sorted(labels(drawn.nodes)) == ["orders", "read", "report", "write"]
        assert len(drawn.edges) == 3


def test_a_limit_leaves_the_nearest_and_says_that_there_is_more(store: Store) -> None:
    store.tell(*(run(f"j{n}", ["hub"], [f"d{n}"], at=n) for n in range(20)))

    drawn = store.graph("hub", limit=11)
    assert drawn.truncated
    assert len(drawn.nodes) == 11
    assert {node.kind for node in drawn.nodes[1:]} == {"job"}
    known = {node.id for node in drawn.nodes}
    assert all(edge.source in known and edge.target in known for edge in drawn.edges)
    assert not store.graph("hub", limit=41).truncated


def test_column_edges_are_of_datasets_in_the_graph(store: Store) -> None:
    columns = made_of({"total": ["orders.amount AGGREGATION", "elsewhere.x"]}, ["orders.state"])
    store.tell(run("sum", ["orders"], [dataset("revenue", columns=columns)]))

    drawn = store.graph("orders", columns=True)
    told = {(flow.source_column, flow.target_column, flow.type, flow.subtype) for flow in drawn.column_edges}
    assert told == {("amount", "total", "DIRECT", "AGGREGATION"), ("state", "", "INDIRECT", "FILTER")}
    assert store.graph("orders").column_edges == ()


def test_a_columns_graph_has_what_it_comes_from_and_goes_to(store: Store) -> None:
    store.tell(
        run("load", ["raw"], [dataset("orders", columns=made_of({"a": ["raw.a"], "b": ["raw.b"]}, ["raw.state"]))]),
        run("sum", ["orders"], [dataset("revenue", columns=made_of({"x": ["orders.a"], "y": ["orders.b"]}))], at=1),
        run("mail", ["revenue"], ["inbox"], at=2),
    )

    drawn = store.graph("orders.a")
    assert sorted(labels(drawn.nodes)) == ["load", "orders", "raw", "revenue", "sum"]
    told = {(flow.source_column, flow.target_column) for flow in drawn.column_edges}
    assert told == {("a", "a"), ("state", ""), ("a", "x")}
    assert labels(store.graph("orders.a", up=0, down=1).nodes) == ["orders"]


@pytest.mark.parametrize("jobs", [3, 300])
def test_statements_do_not_grow_with_what_they_find(sqlite_store: Store, jobs: int) -> None:
    sqlite_store.tell(*(run(f"j{n}", ["hub"], [f"d{n}"], at=n) for n in range(jobs)))
    node, statements = sqlite_store.find("hub"), []
    engine = sqlite_store.catalog.database.engine
    listen.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    assert len(sqlite_store.ask(lineage.graph, node).nodes) == 1 + 2 * jobs
    assert len(statements) <= 12


NAMES = st.integers(0, 7).map(lambda number: f"d{number}")
JOBS = st.lists(st.tuples(st.sets(NAMES, max_size=3), st.sets(NAMES, max_size=3)), max_size=10)
Edges = set[tuple[str, str]]


def edges_of(jobs: Iterable[tuple[set[str], set[str]]]) -> Edges:
    into = {(name, f"j{n}") for n, (inputs, _) in enumerate(jobs) for name in inputs}
    return into | {(f"j{n}", name) for n, (_, outputs) in enumerate(jobs) for name in outputs}


def reached(edges: Edges, start: str, steps: int) -> tuple[set[str], Edges]:
    """What a few lines of breadth-first search come to."""
    nodes, frontier, along = {start}, {start}, set()
    for _ in range(steps):
        step = {(a, b) for a, b in edges if a in frontier}
        along |= step
        frontier = {b for _, b in step} - nodes
        nodes |= frontier
    return nodes, along


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that examples share: each empties it first."""
    return Store(open_catalog(url=f"sqlite:///{tmp_path_factory.mktemp('graph')}/catalog.db"))


def empty(store: Store) -> None:
    assert lineage_tables.edges.metadata is metadata
    store.catalog.database.write(
        lambda connection: [connection.execute(table.delete()) for table in reversed(metadata.sorted_tables)]
    )


@settings(max_examples=60, deadline=None)
@given(jobs=JOBS, start=NAMES, up=st.integers(0, 5), down=st.integers(0, 5))
def test_the_graph_is_that_of_a_search_through_the_events(
    emptied: Store, jobs: list[tuple[set[str], set[str]]], start: str, up: int, down: int
) -> None:
    empty(emptied)
    seed = run("seed", [], [start], at=-1)
    emptied.tell(seed, *(run(f"j{n}", *told, at=n) for n, told in enumerate(jobs)))
    edges = edges_of(jobs) | {("seed", start)}

    drawn = emptied.graph(start, up=up, down=down)

    below, along_down = reached(edges, start, down)
    above, along_up = reached({(b, a) for a, b in edges}, start, up)
    assert sorted(labels(drawn.nodes)) == sorted(below | above)
    names = {node.id: node.label for node in drawn.nodes}
    told = {(names[edge.source], names[edge.target]) for edge in drawn.edges}
    assert told == along_down | {(a, b) for b, a in along_up}
    assert len(drawn.edges) == len(told)


@settings(max_examples=25, deadline=None)
@given(jobs=JOBS, start=NAMES)
def test_what_is_upstream_of_a_node_has_it_downstream(
    emptied: Store, jobs: list[tuple[set[str], set[str]]], start: str
) -> None:
    empty(emptied)
    emptied.tell(run("seed", [], [start], at=-1), *(run(f"j{n}", *told, at=n) for n, told in enumerate(jobs)))
    node = emptied.find(start)

    for above in emptied.ask(lineage.graph, node, up=30, down=0).nodes:
        below = emptied.ask(lineage.graph, above, up=0, down=30)
        assert node.id in {each.id for each in below.nodes}
