from __future__ import annotations

from datetime import timedelta

import pytest

from hallmark.dataset import Column, Dataset
from hallmark.errors import StageError

SCHEMA = (Column("id", "BIGINT"), Column("email", "VARCHAR", description="Of the buyer."))


def test_columns_of_a_primary_key_hold_no_nulls() -> None:
    dataset = Dataset("d", schema=SCHEMA, primary_key=["id"], personal=["email"])  # type: ignore[arg-type]
    assert [(c.nullable, c.classification, c.description) for c in dataset.schema] == [
        (False, None, None),
        (True, "personal", "Of the buyer."),
    ]
    assert dataset.primary_key == ("id",)


def test_a_key_of_one_column_may_be_its_name() -> None:
    assert Dataset("d", schema=SCHEMA, primary_key="id", unique="email").unique == ("email",)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["primary_key", "unique"])
def test_a_key_on_a_column_that_is_not_there_is_refused(key: str) -> None:
    with pytest.raises(StageError, match=r"key on column 'emial', .* did you mean 'email'\?"):
        Dataset("d", schema=SCHEMA, **{key: ("emial",)})  # type: ignore[arg-type]


def test_without_a_schema_a_key_is_believed() -> None:
    assert Dataset("d", primary_key=("id",)).primary_key == ("id",)


@pytest.mark.parametrize("age", [timedelta(), timedelta(days=-1)])
def test_freshness_is_a_time_above_zero(age: timedelta) -> None:
    with pytest.raises(StageError, match="give a time above zero"):
        Dataset("d", freshness=age)


def test_promises_do_not_make_a_dataset_less_of_a_value() -> None:
    one, other = (Dataset("d", schema=SCHEMA, unique=u, freshness=timedelta(days=1)) for u in (["id"], ("id",)))  # type: ignore[arg-type]
    assert one == other and hash(one) == hash(other)


def test_a_quarantine_promises_nothing() -> None:
    aside = Dataset("d", schema=SCHEMA, primary_key=("id",), freshness=timedelta(days=1), contract="d.yml").quarantine
    assert (aside.primary_key, aside.freshness, aside.contract) == ((), None, None)
