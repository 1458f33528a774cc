from __future__ import annotations

from lineage_asking import Store, labels
from lineage_telling import dataset, run


def chain() -> list[dict[str, object]]:
    """raw -> load -> orders -> sum -> revenue -> print -> report, all well."""
    return [
        run("load", ["raw"], ["orders"]),
        run("sum", ["orders"], ["revenue"]),
        run("print", ["revenue"], ["report"]),
    ]


def test_all_is_well_where_nothing_failed(store: Store) -> None:
    store.tell(*chain(), run("mail", ["report"], [], type="FAIL"))

    assert store.cause("report") is None
    assert store.cause("raw") is None


def test_the_nearest_failed_job_is_the_cause_with_the_path_from_it(store: Store) -> None:
    said = {"errorMessage": {"message": "boom", "programmingLanguage": "python"}}
    store.tell(*chain(), run("load", ["raw"], [], at=9, type="FAIL", run_facets=said))

    found = store.cause("report")
    assert found is not None
    assert (found.job.label, found.error, found.assertions) == ("load", "boom", ())
    assert labels(found.path) == ["load", "orders", "sum", "revenue", "print", "report"]
    assert found.at.minute == 9


def test_assertions_that_failed_are_told_though_the_run_completed(store: Store) -> None:
    checked = dataset("orders", assertions={"fresh": False, "full": True})
    store.tell(*chain(), run("load", ["raw"], [checked], at=1))

    found = store.cause("sum")
    assert found is not None
    assert [(each.assertion, each.column, each.actual) for each in found.assertions] == [("fresh", "amount", "17")]
    assert found.assertions[0].dataset == "dataset:postgres://shop:5432:orders"
    assert labels(found.path) == ["load", "orders", "sum"]


def test_a_gate_that_only_reads_is_as_near_as_what_it_reads(store: Store) -> None:
    store.tell(*chain(), run("gate", [dataset("orders", assertions={"fresh": False})], [], type="FAIL"))

    found = store.cause("report")
    assert found is not None
    assert labels(found.path) == ["gate", "orders", "sum", "revenue", "print", "report"]


def test_a_failed_check_goes_before_a_failure_as_near(store: Store) -> None:
    store.tell(
        run("a", ["x"], ["z"]),
        run("b", ["y"], ["z"]),
        run("a", ["x"], [], at=1, type="FAIL"),
        run("b", ["y"], [dataset("z", assertions={"fresh": False})], at=1),
    )
    found = store.cause("z")
    assert found is not None
    assert found.job.label == "b"


def test_what_was_mended_since_is_no_cause(store: Store) -> None:
    store.tell(run("load", [], [dataset("orders", assertions={"fresh": False})], type="FAIL"))
    store.tell(run("load", [], [dataset("orders", assertions={"fresh": True})], at=1))

    assert store.cause("orders") is None


def test_a_job_may_be_its_own_cause_and_cycles_end(store: Store) -> None:
    store.tell(run("j", ["a"], ["b"]), run("k", ["b"], ["a"]))
    assert store.cause("a") is None

    store.tell(run("j", ["a"], [], at=1, type="ABORT"))
    found = store.cause("j")
    assert found is not None
    assert labels(found.path) == ["j"]
