"""What goes wrong around the pages: odd names, what is gone, a session or a catalog that is lost, a prefix."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import quote, unquote

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from e2e import scene
from e2e.pages import OURS, Browser, View, signed_in
from e2e.scene import Ran
from e2e.shop import MANY, ODD

pytestmark = [pytest.mark.airflow, pytest.mark.usefixtures("built")]

Facts = dict[str, str]
HOME = "/plugin/hallmark"
NAMED = {view.name: view for view in OURS}


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_an_odd_name_is_text_and_its_page_opens(admin: Browser, name: str) -> None:
    admin.open(f"{HOME}/datasets?search={quote(name[:40], safe='')}")
    link = admin.page.get_by_role("link", name=name, exact=True)
    link.wait_for()
    assert admin.page.locator("[data-hallmark] img").count() == 0
    link.click()
    expect(admin.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    admin.page.get_by_role("link", name="Schema").click()
    admin.sees("the 1th")
    admin.page.get_by_role("navigation", name="Hallmark").get_by_role("link", name="Receipts").click()
    admin.sees("Receipts")

    wide = admin.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (wide, admin.complaints) == (0, [])


def test_a_schema_of_two_thousand_columns_opens(admin: Browser) -> None:
    admin.open(f"{HOME}/datasets/{quote(MANY, safe='')}/schema")
    admin.sees("column 1")

    assert admin.complaints == []


GONE = {
    "dataset": "datasets/nobody%2Fknows",
    "gate": "quality/nothing",
    "model": "models/nobody%2Fknows",
    "version": "models/flight_delay/versions/99",
    "batch": "reviews/quarantine/flights%2Fraw/nothing",
    "receipt": "receipts/nothing",
    "node": "lineage?node=dataset%3Afile%3A%2Fnowhere",
}


SAYS_SO = re.compile(r"nothing of that name|there is no|not there|decided on|gone|unknown|nothing is called", re.I)


@pytest.mark.parametrize("path", GONE.values(), ids=GONE)
def test_what_is_not_there_any_more_is_told(admin: Browser, path: str) -> None:
    admin.open(f"{HOME}/{path}")
    admin.page.locator("[data-hallmark]").get_by_text(SAYS_SO).first.wait_for()

    assert not [c for c in admin.complaints if re.search(r"answered 5|Error:", c)]


def test_an_address_of_no_page_says_so(admin: Browser) -> None:
    admin.open(f"{HOME}/nothing/here")
    admin.sees("There is no such page")


def test_an_ended_session_is_told_and_leads_to_the_login(ran: Ran, chromium: Chromium, facts: Facts) -> None:
    with signed_in(chromium, ran.airflow.url, "eve", ran.password("eve")) as browser:
        browser.visit(NAMED["datasets"], facts)
        browser.page.context.clear_cookies()
        browser.page.get_by_role("link", name="flights/features").click()
        browser.sees("Your session has ended")
        browser.page.get_by_role("link", name="Log in").first.click()
        browser.page.locator("input[name=username]").wait_for()

        assert "flights/features" in unquote(unquote(unquote(browser.page.url)))


@pytest.fixture(scope="module")
def without_catalog(ran: Ran) -> Iterator[str]:
    """The same Airflow, whose pages look for a catalog where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://nobody@127.0.0.1:{closed.getsockname()[1]}/none"
        with scene.another_server(ran, AIRFLOW__HALLMARK__CATALOG_URL=url) as address:
            yield address


def test_a_catalog_out_of_reach_is_told_and_airflow_stays_well(
    ran: Ran, chromium: Chromium, without_catalog: str
) -> None:
    with signed_in(chromium, without_catalog, "admin", ran.password("admin")) as browser:
        browser.open(f"{HOME}/datasets")
        browser.sees("The catalog is out of reach")
        browser.complaints.clear()
        browser.open("/dags/flight_delays")
        browser.sees("extract_flights")

        assert [c for c in browser.complaints if "/hallmark/api" not in c and "503" not in c] == []
    assert httpx.get(f"{without_catalog}/api/v2/monitor/health", timeout=30).status_code == 200


@pytest.fixture(scope="module")
def prefixed(ran: Ran, chromium: Chromium) -> Iterator[Browser]:
    with (
        scene.another_server(ran, "/data/airflow") as address,
        signed_in(chromium, address, "admin", ran.password("admin")) as browser,
    ):
        yield browser


BELOW = [NAMED[name] for name in ("dashboard", "overview", "dataset-rows", "lineage-columns", "gate", "task-quality")]


@pytest.mark.parametrize("view", BELOW, ids=lambda view: view.name)
def test_pages_work_below_a_prefix(prefixed: Browser, facts: Facts, view: View) -> None:
    prefixed.visit(view, facts)

    assert prefixed.complaints == []


def test_links_lead_on_below_a_prefix(prefixed: Browser, facts: Facts) -> None:
    page = prefixed.page
    prefixed.visit(NAMED["receipts"], facts)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert "flights/features" in download.value.path().read_text()
    page.get_by_role("table", name="Receipts").locator("tbody a").first.click()
    prefixed.sees("Task Instance")

    assert page.url.startswith(f"{prefixed.url}{HOME}/receipts/")
    assert prefixed.complaints == []
