from __future__ import annotations

import pytest

from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError
from hallmark.storage.contract import check_columns, closest

FLIGHTS = (Column("carrier", "VARCHAR", nullable=False), Column("distance", "BIGINT"))
STRICT = Dataset("flights/clean")
OPEN = Dataset("flights/clean", allow_new_columns=True)


def columns(**types: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in types.items())


def told(promised: tuple[Column, ...], produced: tuple[Column, ...], dataset: Dataset = STRICT) -> str:
    with pytest.raises(ContractError) as caught:
        check_columns(dataset, promised, produced)
    assert caught.value.dataset == "flights/clean"
    return caught.value.found


def test_what_keeps_the_contract_is_written_in_the_contracts_order() -> None:
    written = check_columns(STRICT, FLIGHTS, columns(distance="BIGINT", carrier="VARCHAR"))
    assert [c.name for c in written] == ["carrier", "distance"]
    assert not written[0].nullable


def test_without_a_promise_everything_is_written_as_it_came() -> None:
    produced = columns(b="DOUBLE", a="VARCHAR")
    assert check_columns(STRICT, (), produced) == produced


def test_a_missing_column_is_named_with_the_one_that_came_in_its_place() -> None:
    assert told(FLIGHTS, columns(carrier="VARCHAR", distence="BIGINT"), OPEN) == (
        "column 'distance' is missing (found 'distence' instead)"
    )


def test_a_column_that_the_contract_knows_is_not_offered_in_place_of_another() -> None:
    promised = columns(origin="VARCHAR", origins="VARCHAR")
    assert told(promised, columns(origins="VARCHAR")) == "column 'origin' is missing"


def test_nothing_is_offered_where_nothing_is_alike() -> None:
    assert told(FLIGHTS, columns(carrier="VARCHAR", zz="BIGINT"), OPEN) == "column 'distance' is missing"
    assert closest("distance", ["zz"]) is None


@pytest.mark.parametrize(
    ("produced", "promised"),
    [("VARCHAR", "BIGINT"), ("BIGINT", "INTEGER"), ("DOUBLE", "FLOAT"), ("BIGINT", "DOUBLE"), ("TIMESTAMP", "DATE")],
)
def test_a_value_that_might_not_fit_is_a_retyped_column(produced: str, promised: str) -> None:
    assert (
        told(columns(c=promised), columns(c=produced)) == f"column 'c' is {produced} where the contract says {promised}"
    )


@pytest.mark.parametrize(
    ("produced", "promised"),
    [("INTEGER", "BIGINT"), ("TINYINT", "SMALLINT"), ("INTEGER", "DOUBLE"), ("FLOAT", "DOUBLE"), ("DATE", "TIMESTAMP")],
)
def test_a_value_that_always_fits_is_widened_to_the_promised_type(produced: str, promised: str) -> None:
    assert check_columns(STRICT, columns(c=promised), columns(c=produced)) == columns(c=promised)


@pytest.mark.parametrize(
    ("promised", "produced", "written"),
    [
        ("int8", "BIGINT", "BIGINT"),
        ("numeric(10, 2)", "DECIMAL(10,2)", "DECIMAL(10,2)"),
        ("text", "VARCHAR", "VARCHAR"),
        ("uuid", "VARCHAR", "VARCHAR"),
        ("uinteger", "BIGINT", "BIGINT"),
        ("struct(a int)", 'STRUCT("a" INTEGER)', 'STRUCT("a" INTEGER)'),
    ],
)
def test_a_contract_may_spell_a_type_as_its_author_likes(promised: str, produced: str, written: str) -> None:
    assert check_columns(STRICT, columns(c=promised), columns(c=produced)) == columns(c=written)


def test_a_decimal_of_another_scale_is_a_retyped_column() -> None:
    assert "DECIMAL(12,4)" in told(columns(c="DECIMAL(12,2)"), columns(c="DECIMAL(12,4)"))


def test_a_renamed_field_of_a_struct_is_a_retyped_column() -> None:
    assert 'STRUCT("A" INTEGER)' in told(columns(c="STRUCT(a INTEGER)"), columns(c="STRUCT(A INTEGER)"))


def test_a_new_column_is_refused_unless_the_dataset_allows_it() -> None:
    produced = (*FLIGHTS, Column("origin", "VARCHAR"))
    assert told(FLIGHTS, produced) == "column 'origin' (VARCHAR) is new and the contract does not allow new columns"
    assert [c.name for c in check_columns(OPEN, FLIGHTS, produced)] == ["carrier", "distance", "origin"]


def test_all_faults_are_told_at_once() -> None:
    found = told(columns(a="BIGINT", b="VARCHAR", c="DATE"), columns(a="VARCHAR", bb="VARCHAR", c="DATE", d="DATE"))
    assert found == (
        "column 'b' is missing (found 'bb' instead); column 'a' is VARCHAR where the contract says BIGINT; "
        "column 'bb' (VARCHAR) is new and the contract does not allow new columns; "
        "column 'd' (DATE) is new and the contract does not allow new columns"
    )


@pytest.mark.parametrize("promised", [(), columns(a="BIGINT")], ids=["no contract", "a contract"])
@pytest.mark.parametrize("second", ["A", "a"])
def test_names_that_differ_in_case_at_most_are_refused(promised: tuple[Column, ...], second: str) -> None:
    produced = (Column("a", "BIGINT"), Column(second, "BIGINT"), Column("b", "BIGINT"))
    assert told(promised, produced, OPEN) == f"column {second!r} has the name of column 'a'"
