"""Every page and tab of Hallmark's in Airflow: as an administrator, as a reader, as nobody."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from e2e.pages import OURS, Browser, View
from e2e.scene import Ran

pytestmark = [pytest.mark.airflow, pytest.mark.usefixtures("built")]

API = "/hallmark/api/v1"
Facts = dict[str, str]
QUESTION = View(
    "question", "/plugin/hallmark/reviews/questions/order_desk/monday/approve/-1", ("Report these orders?", "Two of")
)
NAMED = {view.name: view for view in OURS}


DECIDES = re.compile("^(Release|Discard|Approve|Reject)$")


def each(*views: View) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("view", views, ids=lambda view: view.name)


@each(*OURS, QUESTION)
def test_a_page_shows_what_it_is_for_bars_nobody_and_complains_of_nothing(
    admin: Browser, facts: Facts, view: View
) -> None:
    admin.visit(view, facts)
    light = admin.barriers()
    admin.wear("dark")

    assert (light, admin.barriers("color-contrast")) == ([], [])
    assert admin.complaints == []


@each(*(view for view in OURS if not view.rows), QUESTION)
def test_a_page_opens_for_who_may_only_read(reader: Browser, facts: Facts, view: View) -> None:
    reader.visit(view, facts, within=True)

    assert reader.page.get_by_role("button", name=DECIDES).count() == 0
    assert reader.complaints == []


@each(*(view for view in OURS if view.rows))
def test_who_may_only_read_is_told_that_rows_are_not_for_them(reader: Browser, facts: Facts, view: View) -> None:
    reader.visit(View(view.name, view.path, ()), facts)
    reader.page.locator("[data-hallmark]").get_by_text(re.compile("may not see|no permission", re.I)).first.wait_for()

    assert {re.sub(r".*answered ", "", c) for c in reader.complaints if "answered" in c} <= {"403"}


def test_a_list_offers_a_reader_nothing_to_decide_on(reader: Browser, facts: Facts) -> None:
    reader.visit(NAMED["reviews"], facts)

    boxes = reader.page.locator("[data-hallmark] input[type=checkbox]")
    assert boxes.count() > 1
    assert all(box.is_disabled() for box in boxes.all())


DECISION = {"batches": [{"dataset": "flights/raw", "receipt_id": "x"}], "reason": "y"}
REFUSED_TO_READERS = [
    ("POST", "/reviews/quarantine/release", DECISION),
    ("POST", "/reviews/quarantine/discard", DECISION),
    ("GET", "/catalog/datasets/flights%2Fraw/rows", None),
    ("GET", "/reviews/quarantine/flights%2Fraw/x", None),
    ("GET", "/tokens", None),
]


@pytest.mark.parametrize(("method", "path", "body"), REFUSED_TO_READERS)
def test_the_api_refuses_a_reader_what_the_pages_do_not_offer(ran: Ran, method: str, path: str, body: object) -> None:
    answer = ran.ask(API + path, "reader", method, json=body)

    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("path", ["/me", "/overview", "/catalog/datasets", "/receipts/export?format=csv", "/reviews"])
def test_the_api_answers_nobody(ran: Ran, path: str) -> None:
    assert ran.ask(API + path).status_code == 401


@each(NAMED["overview"], NAMED["gate"], NAMED["task-quality"])
def test_nobody_is_led_to_the_login_and_back(nobody: Browser, facts: Facts, view: View) -> None:
    nobody.open(view.path.format_map(facts))
    nobody.page.wait_for_url(re.compile("login"))

    assert view.path.format_map(facts) in unquote(unquote(nobody.page.url))


def test_back_and_forward_and_a_reload_keep_what_was_looked_at(admin: Browser, facts: Facts) -> None:
    page = admin.page
    admin.visit(NAMED["datasets"], facts)
    page.get_by_label("Search Datasets").fill("features")
    page.wait_for_url("**/datasets?search=features")
    page.get_by_role("link", name="flights/features").click()
    admin.sees("Newest Version")
    page.get_by_role("link", name="Schema").click()
    page.wait_for_url("**/flights%2Ffeatures/schema")

    page.go_back()
    page.go_back()
    expect(page.get_by_label("Search Datasets")).to_have_value("features")
    admin.settled()
    assert page.get_by_role("link", name="reference/planes").count() == 0
    page.go_forward()
    page.go_forward()
    page.reload()
    admin.sees("arr_delay")
    assert page.url.endswith("/flights%2Ffeatures/schema")
    assert admin.complaints == []


def test_the_entry_in_the_menu_leads_to_the_overview(admin: Browser) -> None:
    admin.open("/dags")
    admin.page.get_by_test_id("nav-sidebar").get_by_role("link", name="Hallmark").click()
    admin.page.wait_for_url("**/plugin/hallmark/overview")
    admin.sees("Attention")

    assert admin.complaints == []
