from __future__ import annotations

import pickle
import re
from collections.abc import Iterator

import pytest

from hallmark import errors
from hallmark.errors import ConflictError, GateError, HallmarkError, PublishError, RegistryError, SourceError


def below(cls: type[HallmarkError]) -> Iterator[type[HallmarkError]]:
    for child in cls.__subclasses__():
        yield child
        yield from below(child)


@pytest.mark.parametrize(
    ("stage", "dataset", "remedy", "message"),
    [
        (None, None, "", "it is empty"),
        (None, None, "send it again", "it is empty; send it again"),
        ("clean", None, "send it again", "stage clean: it is empty; send it again"),
        (None, "flights/clean", "", "dataset flights/clean: it is empty"),
        ("clean", "flights/clean", "send it again", "stage clean of dataset flights/clean: it is empty; send it again"),
    ],
)
def test_a_message_says_where_what_and_what_to_do(
    stage: str | None, dataset: str | None, remedy: str, message: str
) -> None:
    assert str(SourceError("it is empty", remedy, stage=stage, dataset=dataset)) == message


def test_a_model_is_called_a_model() -> None:
    assert str(RegistryError("it is gone", stage="deploy", dataset="delays")) == (
        "stage deploy of model delays: it is gone"
    )


def test_full_stops_and_line_ends_do_not_get_into_the_middle_of_a_message() -> None:
    assert str(SourceError("it is empty.\n", "send it again.\n")) == "it is empty; send it again"


def test_a_stage_fills_in_what_an_inner_layer_did_not_know() -> None:
    inner = GateError("3 of 9 failed", dataset="flights/raw")
    located = inner.located("clean", "flights/clean")
    assert located is inner
    assert str(located) == "stage clean of dataset flights/raw: 3 of 9 failed"
    assert str(located.located("other", None)) == "stage clean of dataset flights/raw: 3 of 9 failed"


def test_the_facts_stay_apart_for_whoever_shows_them() -> None:
    error = SourceError("it is empty", "send it again", stage="clean", dataset="flights")
    assert (error.found, error.remedy, error.stage, error.dataset) == (
        "it is empty",
        "send it again",
        "clean",
        "flights",
    )


@pytest.mark.parametrize("kind", sorted(below(HallmarkError), key=str))
def test_an_error_crosses_processes_with_all_its_facts(kind: type[HallmarkError]) -> None:
    error = kind("it is empty", "send it again").located("clean", "flights/clean")
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is kind and str(copied) == str(error)


def test_all_errors_are_in_the_tree_that_is_drawn_and_no_others() -> None:
    drawn = re.findall(r"(?:├──|└──) (\w+)", str(errors.__doc__))
    assert sorted(drawn) == sorted(k.__name__ for k in below(HallmarkError) if k.__module__ == errors.__name__)
    assert issubclass(ConflictError, PublishError)


def test_every_error_says_what_it_is_for() -> None:
    assert all(kind.__doc__ for kind in below(HallmarkError))
