"""What people do on the pages, done by clicking."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.pages import OURS, Browser
from e2e.scene import DESK, Ran, wait
from e2e.shop import RETURNS

pytestmark = [pytest.mark.airflow, pytest.mark.usefixtures("built")]

API = "/hallmark/api/v1"
Facts = dict[str, str]
NAMED = {view.name: view for view in OURS}
BATCH = "/plugin/hallmark/reviews/quarantine/desk%2Freturns/{}"


def names(page: Page, table: str) -> Locator:
    """The links in the first column of a table."""
    return page.get_by_role("table", name=table).locator("tbody td:first-of-type a")


def test_datasets_are_searched_filtered_and_sorted(admin: Browser, facts: Facts) -> None:
    page = admin.page
    admin.visit(NAMED["datasets"], facts)
    page.get_by_label("Search Datasets").fill("flights")
    page.wait_for_url("**search=flights**")
    expect(names(page, "Datasets")).to_contain_text(["flights/clean", "flights/features"])
    expect(names(page, "Datasets").filter(has_text="reference/planes")).to_have_count(0)

    found = names(page, "Datasets").all_inner_texts()
    page.get_by_label("Gate", exact=True).select_option("failed")
    expect(names(page, "Datasets").filter(has_text="flights/clean")).to_have_count(0)
    expect(names(page, "Datasets").filter(has_text="flights/raw")).to_have_count(1)
    page.get_by_label("Gate", exact=True).select_option("")
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    page.wait_for_url("**sort=name.desc**")
    expect(names(page, "Datasets")).to_have_text(sorted(found, reverse=True))
    assert admin.complaints == []


def test_the_graph_is_unfolded_shows_columns_and_what_depends_on_one(admin: Browser, facts: Facts) -> None:
    page = admin.page
    admin.open(f"/plugin/hallmark/lineage?node={facts['node']}&depth=1")
    admin.sees("flights/features")
    admin.settled()
    page.get_by_role("button", name="Expand Upstream of flights/clean").click()
    page.get_by_role("button", name="Collapse Upstream of flights/clean").wait_for()

    page.locator("label").filter(has_text="Columns").first.click()
    page.wait_for_url("**columns=true**")
    page.get_by_label("Find in Graph").fill("flights/clean")
    page.get_by_label("Find in Graph").press("Enter")
    page.locator("[data-graph-node]").filter(has_text="flights/clean").click()
    page.get_by_role("region", name="Columns").get_by_role("button", name=re.compile(r"^arr_delay\b")).click()
    admin.sees("Impact of arr_delay")
    expect(page.get_by_role("region", name="Impact")).to_contain_text("flights/features")
    assert admin.complaints == []


def test_the_graph_tells_what_broke_a_dataset(admin: Browser, facts: Facts) -> None:
    page = admin.page
    admin.open(f"/plugin/hallmark/lineage?node={facts['node']}&depth=5")
    admin.settled()
    page.locator("[data-graph-node]").filter(has_text="flights/features").first.click()
    page.get_by_role("button", name="Find Root Cause").click()

    expect(page.get_by_role("region", name="Root cause")).to_contain_text("extract_")
    assert admin.complaints == []


def test_receipts_are_filtered_and_taken_away_as_files(admin: Browser, facts: Facts, tmp_path: Path) -> None:
    page = admin.page
    admin.visit(NAMED["receipts"], facts)
    page.get_by_label("State").select_option("refused")
    page.wait_for_url("**state=refused**")
    expect(names(page, "Receipts").filter(has_text="flights/features")).to_have_count(0)

    files = {}
    for kind in ("CSV", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind, exact=True).click()
        files[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[kind])
    rows = list(csv.DictReader(files["CSV"].read_text().splitlines()))
    whole = json.loads(files["JSON"].read_text())

    assert [row["id"] for row in rows] == [row["id"] for row in whole]
    assert {row["state"] for row in rows} == {"refused"}
    assert {row["output_name"] for row in rows} >= {"flights/raw"}
    expect(names(page, "Receipts")).to_have_count(len(rows))
    assert admin.complaints == []


def decide(browser: Browser, action: str, reason: str) -> Locator:
    """Press an action's button, give the reason, and return the dialog."""
    page = browser.page
    page.get_by_role("button", name=action, exact=True).first.click()
    dialog = page.get_by_role("alertdialog")
    confirm = dialog.get_by_role("button", name=action, exact=True)
    expect(confirm).to_be_disabled()
    dialog.get_by_role("textbox").fill(reason)
    confirm.click()
    return dialog


@pytest.mark.parametrize(("batch", "action", "rows"), [("mended", "Release", 4), ("broken", "Discard", 2)])
def test_rows_in_quarantine_are_decided_on_with_a_reason(
    ran: Ran, eve: Browser, batch: str, action: str, rows: int
) -> None:
    eve.open(BATCH.format(ran.waits[batch]))
    eve.sees("-2")
    eve.sees("[masked]")
    dialog = decide(eve, action, "the source has looked at it")

    expect(dialog).to_contain_text(f"{action.rstrip('e')}ed")
    dialog.get_by_role("button", name="Close").first.click()
    eve.sees("waits no more")
    eve.sees("the source has looked at it")
    made = ran.ask(f"{API}/receipts", "admin", params={"dataset": RETURNS, "principal": "eve", "limit": 1}).json()
    told = ran.ask(f"{API}/catalog/datasets/desk%2Freturns/versions", "admin", params={"partition": batch}).json()
    assert (made["total"] > 0, told["items"][0]["rows"]) == (True, rows)
    left = ran.ask(f"{API}/reviews", "admin", params={"dataset": RETURNS}).json()["items"]
    assert ran.waits[batch] not in {each["receipt_id"] for each in left}


def test_the_second_of_two_who_decide_is_told_that_it_is_done(ran: Ran, admin: Browser, eve: Browser) -> None:
    for browser in (admin, eve):
        browser.open(BATCH.format(ran.waits["disputed"]))
        browser.sees("What They Failed")
    first = decide(admin, "Discard", "they are broken")
    expect(first).to_contain_text("Discarded")
    second = decide(eve, "Discard", "they are broken, I think")

    expect(second).to_contain_text("somebody may have decided on it already")
    second.get_by_role("button", name="Close").first.click()
    eve.page.get_by_role("alertdialog").wait_for(state="hidden")
    first.get_by_role("button", name="Close").first.click()


def test_a_question_is_answered_once_and_its_run_goes_on(ran: Ran, admin: Browser, eve: Browser) -> None:
    for browser in (admin, eve):
        browser.open("/plugin/hallmark/reviews?kind=question")
        browser.page.get_by_role("link", name="Answer").click()
        browser.sees("Two of them were set apart.")
    eve.page.get_by_role("button", name="Approve").click()
    eve.sees("Answered: Approve")
    assert eve.complaints == []
    reject = admin.page.get_by_role("button", name="Reject")
    if reject.is_visible():
        reject.click()
    admin.sees("Answered: Approve")

    wait(lambda: ran.airflow.runs(DESK)["monday"] == "success", 60)
    states = {task["task_id"]: task["state"] for task in ran.airflow.tasks(DESK, "monday")}
    assert states == {"load": "success", "approve": "success", "report": "success"}
    eve.open("/plugin/hallmark/reviews?kind=question")
    eve.sees("Nothing waits")


def test_the_view_of_the_overview_is_remembered_of_each_user(admin: Browser, eve: Browser, facts: Facts) -> None:
    admin.visit(NAMED["overview"], facts)
    admin.page.get_by_role("button", name="Business Owner").click()
    admin.visit(NAMED["datasets"], facts)
    admin.open("/plugin/hallmark/overview")
    admin.page.get_by_role("button", name="Business Owner", pressed=True).wait_for()
    eve.visit(NAMED["overview"], facts)

    assert eve.page.get_by_role("button", name="Business Owner", pressed=True).count() == 0
    assert admin.complaints == []


def test_the_keyboard_moves_along_a_list_and_opens(admin: Browser, facts: Facts) -> None:
    page = admin.page
    admin.visit(NAMED["datasets"], facts)
    links = names(page, "Datasets")
    links.first.focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    wanted = links.nth(1).inner_text()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=wanted)).to_be_visible()
