from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hallmark.dataset import Column
from hallmark.errors import SuiteError
from hallmark.quality.suite import SEVERITIES, Expectation, Suite, load_suite, suite_of

NOT_NULL = "expect_column_values_to_not_be_null"
CONTENT: dict[str, Any] = {
    "name": "flights",
    "meta": {"notes": "what a flight is"},
    "expectations": [
        {"type": NOT_NULL, "kwargs": {"column": "carrier"}, "meta": {"notes": "joined on"}},
        {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}, "severity": "warning"},
    ],
}


def refusal(content: Any) -> str:
    with pytest.raises(SuiteError) as raised:
        suite_of(content)
    return str(raised.value)


@pytest.mark.parametrize(("suffix", "dump"), [("yml", yaml.safe_dump), ("yaml", yaml.safe_dump), ("json", json.dumps)])
def test_yaml_and_json_give_the_same_suite(tmp_path: Path, suffix: str, dump: Any) -> None:
    file = tmp_path / f"flights.{suffix}"
    file.write_text(dump(CONTENT))
    assert load_suite(file) == Suite(
        "flights",
        (
            Expectation(NOT_NULL, {"column": "carrier"}, "critical", {"notes": "joined on"}),
            Expectation("expect_table_row_count_to_be_between", {"min_value": 1}, "warning"),
        ),
        {"notes": "what a flight is"},
        str(file),
    )


def test_an_expectation_of_a_yaml_file_knows_its_line(tmp_path: Path) -> None:
    first, last = "- {type: expect_column_to_exist, kwargs: {column: a}}", "- type: expect_column_to_exist"
    (tmp_path / "s.yml").write_text(f"name: s\nexpectations:\n  {first}\n\n  # Why.\n  {last}\n")
    (tmp_path / "s.json").write_text('{"expectations": [{"type": "expect_column_to_exist"}]}')

    suite = load_suite(tmp_path / "s.yml").with_contract([Column("b", "INTEGER", nullable=False)])

    assert [each.line for each in suite.expectations] == [3, 6, None]
    assert [each.line for each in load_suite(tmp_path / "s.json").expectations] == [None]


def test_a_suite_without_a_name_is_called_like_its_file(tmp_path: Path) -> None:
    (tmp_path / "flights_raw.yml").write_text("expectations: []")
    assert load_suite(tmp_path / "flights_raw.yml").name == "flights_raw"
    assert suite_of({"expectations": []}).name == "suite"


def test_a_suite_is_its_own_suite() -> None:
    suite = Suite("flights")
    assert suite_of(suite) is suite


@pytest.mark.parametrize("path", ["missing.yml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, path: str) -> None:
    with pytest.raises(SuiteError, match=r"cannot be read \((FileNotFound|IsADirectory)Error\); check the dataset's"):
        load_suite(tmp_path / path)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "s.yml").write_bytes("notes: größe".encode("latin-1"))
    with pytest.raises(SuiteError, match=r"s\.yml cannot be read \(UnicodeDecodeError\)"):
        load_suite(tmp_path / "s.yml")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("s.yml", "name: x\nexpectations:\n  - type: a\n   kwargs: {}\n", 4),
        ("s.yml", "name: [1\nother: 2\n", 2),
        ("s.json", '{\n  "name": "x",\n  "expectations": [}\n', 3),
    ],
)
def test_a_file_that_is_not_yaml_or_json_has_its_line_named(tmp_path: Path, name: str, text: str, line: int) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SuiteError) as raised:
        load_suite(tmp_path / name)
    assert str(raised.value) == f"suite file {tmp_path / name}, line {line} is not valid YAML or JSON; mend the file"


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    (tmp_path / "s.yml").write_text("expectations: !!python/object/apply:os.getcwd []")
    with pytest.raises(SuiteError, match="line 1 is not valid YAML"):
        load_suite(tmp_path / "s.yml")


@pytest.mark.parametrize("content", [None, [], "text", 3, {}, {"expectations": {}}, {"expectations": "all"}])
def test_what_has_no_list_of_expectations_is_no_suite(content: Any) -> None:
    assert refusal(content) == (
        "the suite has no list of expectations; write name: … and expectations: [{type, kwargs}]"
    )


@pytest.mark.parametrize("item", [None, "expect", {}, {"type": 5}, {"kwargs": {}}, ["type"]])
def test_an_expectation_without_a_type_is_counted_out(item: Any) -> None:
    assert refusal({"expectations": [CONTENT["expectations"][0], item]}).startswith(
        "the suite: expectation 2 has no type"
    )


def test_kwargs_meta_and_severity_have_their_shapes() -> None:
    item = {"type": NOT_NULL}
    assert "the kwargs of expectation 1 are not a mapping" in refusal({"expectations": [{**item, "kwargs": ["a"]}]})
    assert "expectation 1: the meta 'why' is not a mapping" in refusal({"expectations": [{**item, "meta": "why"}]})
    assert "the meta [1] is not a mapping" in refusal({"expectations": [], "meta": [1]})
    assert refusal({"expectations": [{**item, "severity": "fatal"}]}) == (
        "the suite: expectation 1 has severity 'fatal'; use one of critical, warning, info"
    )


@given(
    st.lists(
        st.builds(
            Expectation,
            st.text(min_size=1),
            st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.integers())),
            st.sampled_from(SEVERITIES),
            st.dictionaries(st.text(), st.text()),
        )
    )
)
def test_a_suite_survives_being_written_as_json(expectations: list[Expectation]) -> None:
    content = json.loads(json.dumps({"name": "x", "expectations": [e.to_dict() for e in expectations]}))
    assert suite_of(content).expectations == tuple(expectations)


def test_the_columns_of_an_expectation_are_all_that_it_looks_at() -> None:
    assert Expectation("x", {"column": "a"}).columns == ("a",)
    assert Expectation("x", {"column_A": "a", "column_B": "b"}).columns == ("a", "b")
    assert Expectation("x", {"column_list": ["a", "b"]}).columns == ("a", "b")
    assert Expectation("x", {"value": 1}).columns == ()
    assert Expectation("x", {"column_A": "a", "column_B": "b"}).title == "a, b: x"
    assert Expectation("x", {"value": 1}).title == "x"


class TestContract:
    COLUMNS = (Column("id", "BIGINT", nullable=False), Column("note", "VARCHAR"))

    def test_columns_without_nulls_are_checked_though_the_suite_does_not(self) -> None:
        (promised,) = Suite("s").with_contract(self.COLUMNS).expectations
        assert (promised.type, promised.kwargs, promised.severity) == (NOT_NULL, {"column": "id"}, "critical")
        assert promised.meta == {"notes": "from the contract"}

    def test_what_the_suite_checks_in_full_is_not_checked_twice(self) -> None:
        suite = Suite("s", (Expectation(NOT_NULL, {"column": "id"}),))
        assert suite.with_contract(self.COLUMNS) == suite

    @pytest.mark.parametrize(
        "lenient",
        [
            Expectation(NOT_NULL, {"column": "id", "mostly": 0.9}),
            Expectation(NOT_NULL, {"column": "id", "row_condition": "note == 'x'", "condition_parser": "pandas"}),
            Expectation(NOT_NULL, {"column": "id"}, severity="warning"),
            Expectation("expect_column_values_to_be_unique", {"column": "id"}),
        ],
    )
    def test_a_check_that_lets_nulls_pass_does_not_replace_the_contracts(self, lenient: Expectation) -> None:
        suite = Suite("s", (lenient,), {"notes": "n"}, "s.yml").with_contract(self.COLUMNS)
        assert len(suite.expectations) == 2 and suite.expectations[0] == lenient
        assert (suite.name, suite.meta, suite.path) == ("s", {"notes": "n"}, "s.yml")


class TestAbsentColumns:
    def test_an_absent_column_is_named_with_the_closest_one(self) -> None:
        suite = Suite("flights", (Expectation(NOT_NULL, {"column": "carier"}),))
        with pytest.raises(SuiteError) as raised:
            suite.require_columns(["carrier", "origin"])
        assert str(raised.value) == (
            "suite flights has expect_column_values_to_not_be_null on column 'carier', "
            "which the data does not have; did you mean 'carrier'?"
        )

    def test_without_a_close_one_the_suite_or_the_data_is_to_be_mended(self) -> None:
        suite = Suite("s", (Expectation("expect_compound_columns_to_be_unique", {"column_list": ["id", "zzz"]}),))
        with pytest.raises(SuiteError, match=r"on column 'zzz'.* mend the suite, or bring the column back"):
            suite.require_columns(["id"])

    def test_asking_whether_a_column_is_there_is_no_mistake(self) -> None:
        Suite("s", (Expectation("expect_column_to_exist", {"column": "gone"}),)).require_columns(["id"])
        Suite("s", (Expectation(NOT_NULL, {"column": "id"}),)).require_columns(["id", "x"])
