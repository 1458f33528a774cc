from __future__ import annotations

import pytest

from hallmark.errors import LineageError
from hallmark.lineage.graph import Graph
from lineage_asking import Store
from lineage_telling import dataset, made_of, run, run_id


def edges(drawn: Graph) -> set[tuple[str, str]]:
    names = {node.id: f"{node.label}@{(node.at or '')[:8]}" for node in drawn.nodes}
    return {(names[edge.source], names[edge.target]) for edge in drawn.edges}


def at(name: str, version: str, **facets: object) -> dict[str, object]:
    return dataset(name, version=version, **facets)


def short(job: str, minute: int) -> str:
    return f"{job}@{run_id(f'{job}@{minute}')[:8]}"


@pytest.fixture
def shop(store: Store) -> Store:
    """Twice loaded and summed up; the second sum read the first load still."""
    columns = made_of({"total": ["orders.amount AGGREGATION"]})
    store.tell(
        run("load", ["raw"], [at("orders", "1")], at=0),
        run("load", ["raw"], [at("orders", "2")], at=10),
        run("sum", [at("orders", "1")], [at("revenue", "1", columns=columns)], at=5),
        run("sum", [at("orders", "1")], [at("revenue", "2", columns=columns)], at=15),
    )
    return store


def test_a_version_is_made_of_what_its_run_read(shop: Store) -> None:
    drawn = shop.graph("revenue", as_of="2")

    assert edges(drawn) == {
        (short("sum", 15), "revenue@2"),
        ("orders@1", short("sum", 15)),
        (short("load", 0), "orders@1"),
        ("raw@", short("load", 0)),
    }
    assert drawn.start.endswith(":revenue@2")


@pytest.mark.parametrize("text", ["orders@1", "postgres://shop:5432:orders@1"])
def test_what_was_made_of_a_version_is_downstream(shop: Store, text: str) -> None:
    below = {target for _, target in edges(shop.graph(text, up=0))}
    assert below == {short("sum", 5), short("sum", 15), "revenue@1", "revenue@2"}
    assert edges(shop.graph("orders", as_of=text, up=0)) == edges(shop.graph(text, up=0))


def test_a_run_has_a_graph_too(shop: Store) -> None:
    drawn = shop.graph("sum", as_of=run_id("sum@5"), up=1, down=1)

    assert edges(drawn) == {("orders@1", short("sum", 5)), (short("sum", 5), "revenue@1")}
    assert drawn.node(drawn.start).run_id == run_id("sum@5")


def test_columns_are_those_that_the_run_told(shop: Store) -> None:
    (flow,) = shop.graph("revenue@1", columns=True).column_edges
    assert (flow.source.rpartition(":")[2], flow.source_column) == ("orders@1", "amount")
    assert (flow.target.rpartition(":")[2], flow.target_column) == ("revenue@1", "total")


def test_a_reading_without_a_version_is_of_the_newest_by_then(store: Store) -> None:
    store.tell(
        run("load", [], ["orders"], at=0),
        run("load", [], ["orders"], at=10),
        run("sum", ["orders"], [], at=5, type="START"),
        run("sum", ["orders"], ["revenue"], at=11, run="sum@5"),
    )
    of_sum = edges(store.graph("sum", as_of=run_id("sum@5"), down=0))

    first = f"orders@{run_id('load@0')[:8]}"
    assert of_sum == {(first, short("sum", 5)), (short("load", 0), first)}
    assert (first, short("sum", 5)) in edges(store.graph("orders", as_of=run_id("load@0"), up=0, down=2))


def test_a_run_that_reads_what_it_replaces_reads_the_version_before(store: Store) -> None:
    for minute in (0, 10):
        store.tell(run("add", ["ledger"], [], at=minute, type="START"))
        store.tell(run("add", ["ledger"], ["ledger"], at=minute + 1, run=f"add@{minute}"))

    before, after = (f"ledger@{run_id(f'add@{minute}')[:8]}" for minute in (0, 10))
    drawn = edges(store.graph("ledger", as_of=run_id("add@10"), up=4, down=1))
    assert {(before, short("add", 10)), (short("add", 10), after)} <= drawn


def test_a_check_of_a_version_is_told_of_that_version(store: Store) -> None:
    store.tell(run("load", [], [at("orders", "1")]), run("load", [], [at("orders", "2")], at=1))
    store.tell(run("gate", [at("orders", "1", assertions={"fresh": False})], [], at=2, type="FAIL"))

    assert [store.graph(f"orders@{n}", down=0).nodes[0].failed for n in "12"] == [1, 0]


def test_a_version_that_nobody_told_of_is_answered_with_the_newest(shop: Store) -> None:
    with pytest.raises(LineageError, match=r"no event told of orders@9; the newest are 2, 1"):
        shop.graph("orders@9")
    with pytest.raises(LineageError, match=r"no event told of sum@nothing; the newest are"):
        shop.graph("sum", as_of="nothing")
    with pytest.raises(LineageError):
        shop.graph("orders", as_of="nowhere@1")
