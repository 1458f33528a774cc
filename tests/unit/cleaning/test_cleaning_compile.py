"""Steps together: one query, its columns, names of any kind, messages that lead to the mistake."""

from __future__ import annotations

import copy
import itertools
import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.cleaning import (
    STEPS,
    Cast,
    Clip,
    Derive,
    Drop,
    DropDuplicates,
    DropNulls,
    Filter,
    Hash,
    Impute,
    Keep,
    Lower,
    Rename,
    Replace,
    Step,
    Trim,
    Upper,
    compile_steps,
    without_secrets,
)
from hallmark.dataset import Column
from hallmark.engines.duckdb import sql_of
from hallmark.errors import StageError

if TYPE_CHECKING:
    from tests.unit.cleaning.conftest import Clean

HOSTILE = [
    'a"; drop table x; --',
    "it's",
    "select",
    "two words",
    "Größe ✈",
    "step_1",
    "a.b",
    "{{ ds }}",
    "line\nbreak",
    "/* x */",
    "rowid",
    "*",
]
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)
ALL_STEPS: list[Step] = [
    Trim("t"),
    Lower("t"),
    Upper("t"),
    Cast("i", "double"),
    Cast("t", "decimal(10, 2)"),
    Cast("d", "long"),
    DropDuplicates(["i"], order_by=["t"], keep="last"),
    DropDuplicates(),
    DropNulls("i", "d"),
    Impute("d", "mean", by=["t"]),
    Impute("i", "mode"),
    Rename({"x": "t", "t": "x"}),
    Drop("x"),
    Keep("i", "d", "t"),
    Filter("i is not null"),
    Derive("e", "i || t"),
    Derive("i", "i + 1", type="integer"),
    Replace("t", {"a": "b", None: "c"}),
    Hash("t", "pepper"),
]


def columns(**types: str) -> list[Column]:
    return [Column(name, type_) for name, type_ in types.items()]


def test_a_step_is_one_common_table_expression_over_the_one_before() -> None:
    query, _ = compile_steps([Trim("t"), Drop("i")], "data", columns(i="INTEGER", t="VARCHAR"))
    assert sql_of(query).startswith('WITH "step_1" AS (SELECT "data"."i", NULLIF(')
    assert sql_of(query).endswith('"step_2" AS (SELECT "step_1"."t" FROM "step_1") SELECT "step_2"."t" FROM "step_2"')


def test_no_steps_give_the_source_as_it_is(clean: Clean) -> None:
    assert clean(columns(i="INTEGER", t="VARCHAR"), [(1, "a")]) == [(1, "a")]


@given(steps=st.lists(st.sampled_from(ALL_STEPS), max_size=6))
@settings(max_examples=50, deadline=None)
def test_any_pipeline_that_compiles_gives_the_columns_it_promises(clean: Clean, steps: list[Step]) -> None:
    data = columns(i="INTEGER", d="DOUBLE", t="VARCHAR", x="VARCHAR")
    try:
        compile_steps(steps, "data", data)
    except StageError as error:
        assert str(error).startswith("step ")
        return
    clean(data, [(1, 2.5, " a ", "x"), (None, None, None, None), (1, None, "7", "y")], *steps)


@pytest.mark.parametrize(("source", "name"), [*zip(HOSTILE, HOSTILE, strict=True), *itertools.pairwise(HOSTILE)])
def test_names_of_any_kind_are_only_ever_names(clean: Clean, source: str, name: str) -> None:
    data = [Column(name, "VARCHAR"), Column("other", "INTEGER")]
    steps: list[Step] = [
        Trim(name),
        DropDuplicates([name], order_by=["other"]),
        Impute(name, "mode", by=["other"]),
        Filter('"' + name.replace('"', '""') + '" is not null'),
        Rename({name: "plain"}),
        Rename({"plain": name}),
    ]
    assert clean(data, [(" v ", 1), ("v", 2), (None, 1)], *steps, source=source) == [("v", 1)] * 2


@given(names=st.lists(NAMES, min_size=2, max_size=3, unique_by=str.lower))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_a_columns_name(clean: Clean, names: list[str]) -> None:
    data = [Column(name, "INTEGER") for name in names]
    rows = clean(data, [tuple(range(len(names)))], Impute(names[0], "max", by=[names[1]]), Clip(names[1], 0, 1))
    assert rows == [tuple(range(len(names)))]


def test_values_of_any_kind_are_only_ever_values(clean: Clean) -> None:
    evil = "'; drop table data; --"
    assert clean(columns(t="VARCHAR"), [("a",)], Replace("t", {"a": evil})) == [(evil,)]
    assert clean(columns(t="VARCHAR"), [(None,)], Impute("t", "constant", value=evil)) == [(evil,)]
    assert clean(columns(t="VARCHAR"), [(None,)], Hash("t", evil)) == [(None,)]


def test_a_missing_column_is_reported_with_its_step_and_the_closest_name() -> None:
    data = columns(tailnum="VARCHAR", carrier="VARCHAR")
    with pytest.raises(StageError) as caught:
        compile_steps([Trim("carrier"), DropDuplicates(["tailnm"])], "data", data)
    assert str(caught.value) == "step 2, DropDuplicates: there is no column 'tailnm'; did you mean 'tailnum'?"


def test_a_column_dropped_earlier_is_missing_later() -> None:
    with pytest.raises(StageError, match="step 2, Trim: there is no column 'a'"):
        compile_steps([Drop("a"), Trim("a")], "data", columns(a="VARCHAR", b="VARCHAR"))


@pytest.mark.parametrize(
    "step",
    [
        Trim("zz"),
        Lower("zz"),
        Upper("zz"),
        Cast("zz", "integer"),
        DropDuplicates(["zz"]),
        DropDuplicates(["i"], order_by=["zz"]),
        DropNulls("zz"),
        Impute("zz", "mode"),
        Impute("i", "mode", by=["zz"]),
        Rename({"zz": "y"}),
        Drop("zz"),
        Keep("zz"),
        Filter("zz > 1"),
        Derive("y", "zz + 1"),
        Clip("zz", 0),
        Replace("zz", {1: 2}),
        Hash("zz"),
    ],
    ids=lambda step: step.describe(),
)
def test_every_step_refuses_a_column_that_is_not_there(step: Step) -> None:
    with pytest.raises(StageError, match=f"^{type(step).__name__}: there is no column 'zz'; the columns here are 'i'"):
        step.query("data", columns(i="INTEGER", t="VARCHAR"))


@pytest.mark.parametrize("data", [[], columns(a="INTEGER", A="INTEGER")], ids=["none", "same but for case"])
def test_columns_that_no_query_could_tell_apart_are_refused(data: list[Column]) -> None:
    with pytest.raises(StageError):
        compile_steps([], "data", data)


def test_descriptions_and_classifications_are_carried_along() -> None:
    data = [
        Column("mail", "VARCHAR", description="of the passenger", classification="personal"),
        Column("n", "INTEGER", nullable=False, description="seats"),
    ]
    steps = [
        Trim("mail"),
        Hash("mail", "pepper"),
        Rename({"mail": "passenger"}),
        Derive("m", "n + 1"),
        Cast("n", "text"),
    ]
    _, found = compile_steps(steps, "data", data)
    assert found == (
        Column("passenger", "VARCHAR", description="of the passenger", classification="personal"),
        Column("n", "VARCHAR", description="seats"),
        Column("m", "INTEGER"),
    )


def test_nullability_follows_what_a_step_promises() -> None:
    data = [Column("a", "VARCHAR", nullable=False), Column("b", "INTEGER"), Column("c", "INTEGER")]
    steps = [Cast("a", "integer", on_error="fail"), DropNulls("b"), Impute("c", "constant", value=0)]
    assert not any(c.nullable for c in compile_steps(steps, "data", data)[1])
    assert all(c.nullable for c in compile_steps([Trim("a")], "data", data)[1])


def test_a_salt_is_neither_shown_nor_described() -> None:
    step = Hash("t", "pepper")
    query, _ = compile_steps([step, Drop("i")], "data", columns(i="INTEGER", t="VARCHAR"))
    assert "'pepper'" in sql_of(query)
    assert "pepper" not in sql_of(without_secrets(query)) + repr(step) + step.describe()
    assert "'***'" in sql_of(without_secrets(query))


def test_every_step_stands_in_the_registry_under_its_name() -> None:
    assert set(STEPS) == {
        *("trim", "lower", "upper", "cast", "drop_duplicates", "drop_nulls", "impute", "rename"),
        *("drop", "keep", "filter", "derive", "clip", "replace", "hash"),
    }
    assert STEPS["drop_duplicates"] is DropDuplicates


@pytest.mark.parametrize("step", [*ALL_STEPS, Clip("i", 0, 1)], ids=lambda step: step.describe())
def test_a_step_is_a_value(step: Step) -> None:
    assert pickle.loads(pickle.dumps(step)) == copy.deepcopy(step) == step
    assert hash(copy.copy(step)) == hash(step)
    assert step.describe() and "\n" not in step.describe()


def test_a_description_is_one_line_whatever_the_sql() -> None:
    assert Filter("a > 1\n  and b > 2").describe() == "keep rows where a > 1 and b > 2"


def test_texts_in_a_step_can_be_rendered_by_a_template_engine() -> None:
    def render(text: str) -> str:
        return text.replace("{{ ds }}", "2013-01-01")

    assert Filter("day = '{{ ds }}'").rendered(render) == Filter("day = '2013-01-01'")
    assert Replace("a", {"{{ ds }}": None}).rendered(render) == Replace("a", {"2013-01-01": None})
    assert Trim("a", empty_to_null=False).rendered(render) == Trim("a", empty_to_null=False)
    assert DropDuplicates("a").rendered(render) == DropDuplicates(["a"])
