from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from e2e import pages, scene
from hallmark_ui.static import BUILD

Open = Callable[[str | None], pages.Browser]


@pytest.fixture(scope="package")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[scene.Ran]:
    """One Airflow for all of these tests: its start and its runs take most of the time."""
    with scene.started(tmp_path_factory.mktemp("standalone")) as made:
        yield made


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    with pages.chromium() as opened:
        yield opened


@pytest.fixture(scope="package")
def browsers(ran: scene.Ran, chromium: Chromium) -> Iterator[Open]:
    """A browser for each user, opened when it is first asked for."""
    opened: dict[str | None, pages.Browser] = {}
    with ExitStack() as stack:

        def of(user: str | None) -> pages.Browser:
            if user not in opened:
                password = ran.password(user) if user else ""
                browser = pages.signed_in(chromium, ran.airflow.url, user, password)
                opened[user] = stack.enter_context(browser)
            opened[user].complaints.clear()
            return opened[user]

        yield of


@pytest.fixture(scope="package")
def facts(ran: scene.Ran) -> dict[str, str]:
    def ask(path: str, **query: Any) -> Any:
        return ran.ask(path, "admin", params=query).raise_for_status().json()

    return pages.facts_of(ask)


@pytest.fixture(scope="package")
def built() -> None:
    assert (BUILD / "manifest.json").is_file(), "the pages are not built: make ui"


@pytest.fixture
def admin(browsers: Open) -> pages.Browser:
    return browsers("admin")


@pytest.fixture
def reader(browsers: Open) -> pages.Browser:
    return browsers("reader")


@pytest.fixture
def eve(browsers: Open) -> pages.Browser:
    return browsers("eve")


@pytest.fixture
def nobody(browsers: Open) -> pages.Browser:
    return browsers(None)
