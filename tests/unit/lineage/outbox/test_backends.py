from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hallmark.errors import ConfigError
from hallmark.lineage.outbox.backends import Backend, chosen, configured


def test_without_the_option_there_is_none() -> None:
    assert configured() == ()


def test_each_has_the_name_it_was_given(configure: Callable[..., None]) -> None:
    configure(marquez={"type": "http", "url": "http://m"}, lake={"type": "console"})
    assert configured() == (
        Backend("marquez", {"type": "http", "url": "http://m"}),
        Backend("lake", {"type": "console"}),
    )


def test_a_change_of_the_environment_counts(configure: Callable[..., None]) -> None:
    configure(one={"type": "console"})
    assert [one.name for one in configured()] == ["one"]
    configure(two={"type": "console"})
    assert [one.name for one in configured()] == ["two"]


def test_the_parts_of_a_composite_are_backends_of_their_own(configure: Callable[..., None]) -> None:
    inner = {"type": "composite", "transports": {"x": {"type": "noop"}, "y": {"type": "console"}}}
    configure(all={"type": "composite", "transports": [{"type": "console"}, {"type": "noop", "name": "z"}, inner]})
    assert [one.name for one in configured()] == ["all.0", "all.z", "all.2.x", "all.2.y"]
    assert [one.name for one in chosen("all.2")] == ["all.2.x", "all.2.y"]


def test_a_composite_of_which_one_is_enough_stays_whole(configure: Callable[..., None]) -> None:
    configure(either={"type": "composite", "continue_on_success": False, "transports": [{"type": "console"}]})
    assert [one.name for one in configured()] == ["either"]


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {}}', '{"a": {"type": "composite"}}'])
def test_what_is_no_object_of_transports_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_BACKENDS", text)
    with pytest.raises(ConfigError, match="lineage_backends"):
        configured()


def test_an_unknown_name_is_answered_with_one_that_is_close(configure: Callable[..., None]) -> None:
    configure(marquez={"type": "console"})
    with pytest.raises(ConfigError, match="did you mean marquez"):
        chosen("marqez")


def test_a_backends_secrets_are_not_in_its_representation(configure: Callable[..., Any]) -> None:
    configure(marquez={"type": "http", "url": "http://m", "auth": {"type": "api_key", "apiKey": "hush-hush"}})
    assert "hush" not in repr(configured())
