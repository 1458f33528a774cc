"""Column lineage that an author declares is held against what was read and written."""

from __future__ import annotations

from typing import Any

import pytest
from flights import VERSIONS, told

from hallmark.errors import StageError
from hallmark.lineage.python import declared_lineage
from hallmark.receipt import ColumnEdge


def test_a_declared_column_has_its_edges_and_one_that_is_not_has_no_entry() -> None:
    lineage = declared_lineage({"x": ["f.a", "w.d"]}, VERSIONS, ["x", "y"])

    assert told(lineage) == {"x": {"f.a TRANSFORMATION", "w.d TRANSFORMATION"}, "*": set()}


def test_an_edge_may_say_how() -> None:
    stated = {
        "input": "w",
        "column": "d",
        "type": "DIRECT",
        "subtype": "AGGREGATION",
        "description": "mean of d",
        "masking": True,
    }

    assert declared_lineage({"x": [stated]}, VERSIONS, ["x"]).fields["x"] == (
        ColumnEdge("file", "w", "d", "DIRECT", "AGGREGATION", "mean of d", True),
    )


def test_a_subtype_tells_the_type_and_a_type_its_usual_subtype() -> None:
    decided = {
        "x": [{"input": "f", "column": "a", "subtype": "WINDOW"}, {"input": "f", "column": "b", "type": "INDIRECT"}]
    }
    first, second = declared_lineage(decided, VERSIONS, ["x"]).fields["x"]

    assert (first.type, first.subtype) == ("INDIRECT", "WINDOW")
    assert (second.type, second.subtype) == ("INDIRECT", "FILTER")


def test_the_star_says_what_decides_over_all_rows() -> None:
    rows = ["f.a", {"input": "w", "column": "k", "subtype": "JOIN"}]

    assert told(declared_lineage({"*": rows, "x": []}, VERSIONS, ["x"])) == {
        "x": set(),
        "*": {"f.a FILTER", "w.k JOIN"},
    }


def test_an_input_with_dots_in_its_name_is_found() -> None:
    inputs = {"ops": VERSIONS["f"], "ops.w": VERSIONS["w"]}

    assert told(declared_lineage({"x": ["ops.w.d"]}, inputs, ["x"]))["x"] == {"w.d TRANSFORMATION"}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"delay": ["f.a"]}, "the output column 'delay', which the stage does not write; did you mean 'delays'?"),
    ({"x": ["g.a"]}, "columns= of 'x' names the input 'g', which the stage does not read; use one of f, w"),
    ({"x": ["f.d"]}, "columns= of 'x' names the column 'd', which f does not have; use one of k, a, b, c"),
    ({"x": ["a"]}, "columns= of 'x' names 'a' without its input; write \"input.column\""),
    ({"x": [{"input": "f"}]}, "names the column '', which f does not have"),
    ({"x": [{"inputs": "f", "column": "a"}]}, "has the key 'inputs', which says nothing; did you mean 'input'?"),
    (
        {"x": [{"input": "f", "column": "a", "type": "Direct"}]},
        "has the type 'Direct', which OpenLineage does not know",
    ),
    ({"x": [{"input": "f", "column": "a", "subtype": "SUM"}]}, "has the subtype 'SUM', which is none of DIRECT"),
    (
        {"x": [{"input": "f", "column": "a", "type": "INDIRECT", "subtype": "IDENTITY"}]},
        "has the subtype 'IDENTITY', which is none of INDIRECT",
    ),
    ({"*": [{"input": "f", "column": "a", "subtype": "IDENTITY"}]}, "has a DIRECT edge under '*'"),
]


@pytest.mark.parametrize(("columns", "message"), WRONG)
def test_what_is_not_there_is_refused_with_what_is(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(StageError) as caught:
        declared_lineage(columns, VERSIONS, ["x", "delays"])

    assert message in str(caught.value)
