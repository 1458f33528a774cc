from __future__ import annotations

import json
from collections.abc import Callable

from typer.testing import Result

from hallmark.catalog import Catalog
from hallmark.cli.models import key_metrics

Hallmark = Callable[..., Result]


def test_a_list_has_the_latest_version_the_champion_and_the_metrics_that_matter(
    filled: Catalog, hallmark: Hallmark
) -> None:
    header, line = hallmark("models").stdout.splitlines()

    assert header.split()[:3] == ["MODEL", "LATEST", "CHAMPION"]
    assert line.split()[:4] == ["flight_delay", "2", "1", "published"]
    assert "roc_auc 0.75, log_loss 0.4371" in line
    assert "26,398" not in line


def test_a_page_tells_aliases_metrics_and_what_each_version_was_trained_on(filled: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("model", "flight_delay", columns=140).stdout

    assert "champion is version 1" in page
    assert "flights/clean@2" in page
    assert "flight_delays.train" in page
    lines = [line.split() for line in page.splitlines()]
    assert ["METRIC", "VERSION", "2", "VERSION", "1"] in lines
    assert ["roc_auc", "0.75", "0.74"] in lines
    assert ["rows", "26,398", "26,398"] in lines


def test_older_versions_leave_a_narrow_table_of_metrics_first(filled: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("model", "flight_delay", columns=24).stdout

    assert ["METRIC", "VERSION", "2"] in [line.split() for line in page.splitlines()]


def test_json_is_what_the_catalog_answers(filled: Catalog, hallmark: Hallmark) -> None:
    found = filled.model("flight_delay")

    assert found is not None
    assert json.loads(hallmark("models", "--json").stdout) == [each.to_dict() for each in filled.models()]
    assert json.loads(hallmark("model", "flight_delay", "--json").stdout) == found.to_dict()


def test_an_unknown_model_exits_1(filled: Catalog, hallmark: Hallmark) -> None:
    result = hallmark("model", "flight_delays")

    assert result.exit_code == 1
    assert result.stderr == "hallmark: the catalog has no model 'flight_delays'; did you mean flight_delay?\n"


def test_a_model_without_known_metrics_shows_those_it_has() -> None:
    assert key_metrics({"lift": 2.0}) == [("lift", 2.0)]
    assert key_metrics({"rows": 5.0, "mae": 1.5, "rmse": 2.0}) == [("rmse", 2.0), ("mae", 1.5)]
