from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hallmark.errors import LineageError
from hallmark.lineage import graph as lineage
from hallmark.lineage.graph import Chain, Link
from lineage_asking import Store
from lineage_flights import CODE, MONTHS, SOURCE, event, model, pipeline, receipt, record, suite, version
from lineage_telling import NOON, dataset, run, run_id

FLIGHTS = f"dataset:{SOURCE.namespace}:{SOURCE.location}"


def links(chain: Chain) -> dict[str, Link]:
    return {link.id: link for link in chain.links}


@pytest.fixture
def flights(store: Store) -> Store:
    record(store.catalog, pipeline())
    return store


def test_partitions_made_in_the_same_way_are_one_link(flights: Store) -> None:
    chain = flights.why("flights/features@2")

    found = links(chain)
    assert list(found) == ["flights/features@2", "flights/clean@2", "flights/raw@2", FLIGHTS]
    features = found["flights/features@2"]
    assert chain.starts == ("flights/features@2",)
    assert (features.versions, features.partitions, features.rows) == (("0", "1", "2"), MONTHS, 3 * 26_398)
    assert (features.job, features.principal, len(features.receipts)) == ("flight_delays.features", "airflow", 3)
    assert features.code is not None
    assert features.code["commit"] == CODE.commit
    assert features.suite == lineage.Suite(name="flights_features", verdict="passed", passed=1, failed=0)
    assert features.inputs == ("flights/clean@2",)
    assert [source.id for source in chain.sources] == [FLIGHTS]


def test_a_version_is_the_newest_up_to_it_of_each_partition(flights: Store) -> None:
    again = version("flights/clean", "3", "carrier", partition=MONTHS[0])
    raw = version("flights/raw", "0", "carrier", partition=MONTHS[0])
    record(flights.catalog, [receipt("clean", 60, [raw], again, code=replace(CODE, commit="ffff"))])

    old, new = links(flights.why("flights/clean@2")), links(flights.why("flights/clean"))
    assert old["flights/clean@2"].versions == ("0", "1", "2")
    assert new["flights/clean@3"].versions == ("3",)
    assert new["flights/clean@2"].versions == ("1", "2")
    assert new["flights/clean@3"].inputs == ("flights/raw@0",)
    assert new["flights/clean@2"].inputs == ("flights/raw@2",)


def test_partitions_of_other_code_or_another_verdict_are_links_of_their_own(store: Store) -> None:
    told = [
        {"gate": suite("s", a=True)},
        {"gate": suite("s", a=False, b=True)},
        {"code": replace(CODE, dirty=True)},
        {"principal": "somebody"},
    ]
    record(
        store.catalog,
        [
            receipt("load", n, [SOURCE], version("shop", str(n), "a", partition=str(n)), **changes)  # type: ignore[arg-type]
            for n, changes in enumerate(told)
        ],
    )
    assert len(store.why("shop").starts) == 4


def test_a_tables_version_between_two_of_ours_is_that_of_its_maintenance(store: Store) -> None:
    record(store.catalog, [receipt("load", n, [SOURCE], version("shop", str(n), "a")) for n in (0, 4)])

    assert links(store.why("shop@3"))["shop@0"].versions == ("0",)
    with pytest.raises(LineageError, match="shop has no version 5; the newest are 4, 0"):
        store.why("shop@5")
    with pytest.raises(LineageError, match="no version x"):
        store.why("shop@x")


@pytest.mark.parametrize("name", ["flight_delay@7", "flight_delay@champion", "flight_delay"])
def test_a_model_goes_back_to_what_it_was_trained_on(flights: Store, name: str) -> None:
    flights.catalog.set_alias("flight_delay", "champion", "7")

    chain = flights.why(name)
    assert (chain.dataset, chain.version) == ("flight_delay", "7")
    trained = links(chain)["flight_delay@7"]
    assert (trained.kind, trained.job, trained.inputs) == ("model", "flight_delays.train", ("flights/features@2",))
    assert len(chain.links) == 5


def test_a_model_of_the_partitions_before_one_is_not_made_of_the_others(flights: Store) -> None:
    read = replace(version("flights/features", "2", "late"), before=MONTHS[2])
    record(flights.catalog, [receipt("train", 60, [read], model("8"))])

    found = links(flights.why("flight_delay@8"))
    assert found["flights/features@1"].partitions == MONTHS[:2]
    assert found["flights/clean@1"].partitions == MONTHS[:2]


def test_a_models_verdict_may_be_that_of_its_evaluation(flights: Store) -> None:
    judged = receipt("evaluate", 70, [], model("7"), gate=suite("quality", roc_auc=True))
    record(flights.catalog, [judged, receipt("deploy", 80, [], model("7"))])

    assert links(flights.why("flight_delay"))["flight_delay@7"].suite == lineage.Suite(
        name="quality", verdict="passed", passed=1, failed=0
    )


def test_what_other_tools_made_is_told_by_their_runs(flights: Store) -> None:
    flights.tell(
        *map(event, pipeline()),
        run(
            "load",
            [dataset("landing/flights", "s3://ops")],
            [dataset(SOURCE.location, SOURCE.namespace, assertions={"fresh": True, "full": False})],
            at=-5,
            job_facets={"sourceCodeLocation": {"_producer": "x", "type": "git", "url": "u", "version": "abc"}},
        ),
        run("load", [], [dataset(SOURCE.location, SOURCE.namespace)], at=500),
        run("print", [dataset("/lake/flights/features", "file")], ["report"], at=100),
    )
    found = links(flights.why("report"))

    assert list(found) == [
        f"dataset:postgres://shop:5432:report@{run_id('print@100')}",
        "flights/features@2",
        "flights/clean@2",
        "flights/raw@2",
        f"{FLIGHTS}@{run_id('load@-5')}",
        "dataset:s3://ops:landing/flights",
    ]
    load = found[f"{FLIGHTS}@{run_id('load@-5')}"]
    assert load.code == {"type": "git", "url": "u", "version": "abc"}
    assert load.suite == lineage.Suite(name=None, verdict="failed", passed=1, failed=1)
    assert load.job == "job:airflow:load"


def test_a_source_read_before_anybody_wrote_it_stays_a_source(flights: Store) -> None:
    late = dataset(SOURCE.location, SOURCE.namespace)
    flights.tell(run("load", [], [late], at=(NOON + timedelta(days=1) - NOON).total_seconds() / 60))

    assert FLIGHTS in links(flights.why("flights/raw"))


def test_data_that_is_made_of_itself_goes_back_version_by_version(store: Store) -> None:
    for n in range(4):
        before = [version("ledger", str(n - 1), "a")] if n else [SOURCE]
        record(store.catalog, [receipt("add", n, before, version("ledger", str(n), "a"))])

    found = links(store.why("ledger@2"))
    assert list(found) == ["ledger@2", "ledger@1", "ledger@0", FLIGHTS]
    assert not store.why("ledger").truncated
    cut = store.ask(lineage.why, store.find("ledger"), limit=2)
    assert (list(links(cut)), cut.truncated) == (["ledger@3", "ledger@2"], True)


def test_what_has_no_maker_is_refused_with_what_to_do(flights: Store) -> None:
    flights.tell(*map(event, pipeline()))
    for text, said in {
        SOURCE.location: "nobody told what made",
        "flight_delays.train": "is a job; name a dataset or a model",
    }.items():
        with pytest.raises(LineageError, match=said):
            flights.why(text)
