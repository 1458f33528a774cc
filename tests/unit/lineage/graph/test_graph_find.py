from __future__ import annotations

import pytest

from hallmark.errors import LineageError
from lineage_asking import Store
from lineage_flights import event, model, pipeline, receipt, record
from lineage_telling import SPACE, dataset, run

ODD = "a.b.c"


@pytest.fixture
def named(store: Store) -> Store:
    record(store.catalog, pipeline())
    store.tell(
        *map(event, pipeline()),
        run("shop.load", [dataset("crm:orders", "weird://host:1/x:y")], ["shop.orders", ODD, "a.b"]),
        run("shop.orders.check", ["shop.orders"]),
        run("twice", outputs=[dataset("twice", "s3://one"), dataset("twice", "s3://two"), "once"]),
    )
    return store


IDS = {
    "flights/features": "dataset:file:/lake/flights/features",
    "/lake/flights/features": "dataset:file:/lake/flights/features",
    "file:/lake/flights/features": "dataset:file:/lake/flights/features",
    "flight_delay": "dataset:mlflow://default:flight_delay",
    "flight_delays.train": "job:airflow:flight_delays.train",
    "airflow:flight_delays.train": "job:airflow:flight_delays.train",
    "job:airflow:flight_delays.train": "job:airflow:flight_delays.train",
    "job:flight_delays.train": "job:airflow:flight_delays.train",
    "shop.orders": f"dataset:{SPACE}:shop.orders",
    f"{SPACE}:shop.orders": f"dataset:{SPACE}:shop.orders",
    f"dataset:{SPACE}:shop.orders": f"dataset:{SPACE}:shop.orders",
    "POSTGRES://shop:shop.orders": f"dataset:{SPACE}:shop.orders",
    "weird://host:1/x:y:crm:orders": "dataset:weird://host:1/x:y:crm:orders",
    "job:twice": "job:airflow:twice",
    "s3://two:twice": "dataset:s3://two:twice",
}


def test_a_node_is_found_by_each_of_its_names(named: Store) -> None:
    assert {text: named.find(text).id for text in IDS} == IDS


# What is written, and the name, the column and the version that it is taken for.
SUFFIXES = {
    "shop.orders.amount": ("shop.orders", "amount", None),
    "shop.orders@3": ("shop.orders", None, "3"),
    "shop.orders.amount@3": ("shop.orders", "amount", "3"),
    "shop.orders.address.city": ("shop.orders", "address.city", None),
    f"datasetField:{SPACE}:shop.orders:amount": ("shop.orders", "amount", None),
    ODD: (ODD, None, None),
    f"{ODD}.d": (ODD, "d", None),
    "a.b.d": ("a.b", "d", None),
    "shop.orders.check": ("shop.orders.check", None, None),
    "shop.load@5a3d": ("shop.load", None, "5a3d"),
}


def test_the_longest_name_goes_before_a_column_or_a_version(named: Store) -> None:
    found = {text: named.find(text) for text in SUFFIXES}
    assert {text: (node.name, node.column, node.at) for text, node in found.items()} == SUFFIXES


def test_other_names_of_a_dataset_lead_to_the_one_that_stands_for_all(store: Store) -> None:
    store.tell(run("load", outputs=[dataset("orders", "s3://lake", aliases=[("hive://meta:9083", "shop.orders")])]))

    ids = {
        store.find(text).id for text in ("orders", "shop.orders", "hive://meta:9083:shop.orders", "s3://lake:orders")
    }
    assert len(ids) == 1


def test_a_name_of_several_is_answered_with_all_of_them(named: Store) -> None:
    with pytest.raises(LineageError, match="name of several") as caught:
        named.find("twice")
    assert caught.value.remedy == "say which: dataset:s3://one:twice, dataset:s3://two:twice, job:airflow:twice"


NEAR = {
    "flights/feature": "flights/features",
    "flights/featuers.late": "flights/features",
    "features": "flights/features",
    "flight_dellay": "flight_delay",
    "SHOP.LOAD": "shop.load",
    f"{SPACE}:shop.ordrs": "shop.orders",
}


def test_an_unknown_name_is_answered_with_what_is_close(named: Store) -> None:
    for text, near in NEAR.items():
        with pytest.raises(LineageError, match=r"has no dataset, model or job") as caught:
            named.find(text)
        assert near in caught.value.remedy


def test_a_text_that_is_no_name_is_refused_like_an_unknown_one(store: Store) -> None:
    for text in ("", ":", "@", ".", "a:", ":a", "@1", "job:", "dataset::", "x" * 5000, "a.b@", "…@\x00"):
        with pytest.raises(LineageError):
            store.find(text)


def test_what_only_the_catalog_knows_is_found_too(store: Store) -> None:
    record(store.catalog, [receipt("train", 1, [], model("1"))])

    found = store.find("flight_delay@1")
    assert (found.id, found.hallmark, found.at) == ("dataset:mlflow://default:flight_delay", "flight_delay", "1")
    assert store.graph("flight_delay").edges == ()
