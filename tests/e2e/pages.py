"""Airflow's pages and ours in a real browser: signing in, going to a page, what it complained of, its picture.

with chromium() as opened, signed_in(opened, url, "admin", password) as browser:
    browser.visit(view, facts)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, ViewportSize, sync_playwright

__all__ = ["OURS", "VIEWS", "Browser", "View", "chromium", "facts_of", "signed_in"]

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SIZE: ViewportSize = {"width": 1440, "height": 900}
MILLISECONDS = 20_000
Scheme = Literal["light", "dark"]
# Where Airflow remembers the widths of a DAG page's panes, in per cent: here the grid has room for a dozen runs.
PANES = """localStorage.setItem(
    'react-resizable-panels:grid-ltr',
    '{"details-panel,main-panel": {"expandToSizes": {}, "layout": [28, 72]}}'
)"""
FOLDED = ".codicon-folding-collapsed"
# No colour is between two when it is measured.
STILL = "*, ::before, ::after { transition: none !important; animation: none !important; }"
# What a link of Airflow's router does.
FOLLOWED = "to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }"
# What is ours in a page; what lies over it stands elsewhere in the document.
ROOT = "[data-hallmark]"
FADED = "[data-dimmed]"
WAITING = f"{ROOT} [aria-busy=true]"


@dataclass(frozen=True)
class View:
    """A page worth a look.

    Args:
        name: of the picture's file.
        path: below Airflow's address; ``{run}``, ``{gate}`` and so on are the facts of what is shown.
        shows: texts that are there when the page is.
        unfolds: whether the page has JSON that is folded when it opens.
        rows: whether it shows rows, which not everybody may see.
    """

    name: str
    path: str
    shows: tuple[str, ...]
    unfolds: bool = False
    rows: bool = False


# Airflow's own.
VIEWS = (
    View("grid", "/dags/flight_delays", ("extract_flights", "score", "Created Asset Event")),
    View("run", "/dags/flight_delays/runs/{run}", ("extract_flights", "TrainOperator")),
    View("log", "/dags/flight_delays/runs/{run}/tasks/features", ("resolve", "expectations met", "published")),
    View("version", "/dags/flight_delays/runs/{run}/tasks/features/asset_events", ("flights/features",), unfolds=True),
    View("assets", "/assets", ("flights/features", "flight_delay/evaluation")),
    View("asset", "/assets/{asset}", ("flights/features", "ml-engineering", "Fresh")),
)

HOME = "/plugin/hallmark"
FEATURES = f"{HOME}/datasets/flights%2Ffeatures"
RUN = "/dags/flight_delays/runs/{run}"
REFUSED = "/dags/flight_delays/runs/{refused}/tasks/extract_flights"

# Hallmark's pages, and its tabs on Airflow's.
OURS = (
    View("dashboard", "/", ("Data Quality", "flights/raw")),
    View("overview", f"{HOME}/overview", ("Attention", "flights/raw", "weather/raw")),
    View("datasets", f"{HOME}/datasets", ("flights/features", "reference/planes", "ml-engineering")),
    View("dataset", FEATURES, ("flights/features", "ml-engineering", "Newest Version")),
    View("dataset-schema", f"{FEATURES}/schema", ("arr_delay", "late")),
    View("dataset-versions", f"{FEATURES}/versions", ("{month}", "{run}")),
    View("dataset-profile", f"{FEATURES}/profile", ("arr_delay", "Distinct")),
    View("dataset-checks", f"{FEATURES}/checks", ("Expectations", "The gate as a whole")),
    View("dataset-rows", f"{FEATURES}/rows", ("arr_delay", "BIGINT"), rows=True),
    View("dataset-quarantine", f"{HOME}/datasets/flights%2Fraw/quarantine", ("{refused}", "Set Apart")),
    View("dataset-usage", f"{FEATURES}/usage", ("Written By", "flight_delays.features")),
    View("lineage", f"{HOME}/lineage", ("flights/features", "flight_delay")),
    View("lineage-graph", f"{HOME}/lineage?node={{node}}", ("flights/features", "flights/clean", "train")),
    View(
        "lineage-columns",
        f"{HOME}/lineage?node={{node}}&columns=true&depth=1&selected={{node}}",
        ("wind_speed", "arr_delay"),
    ),
    View(
        "lineage-impact",
        f"{HOME}/lineage?node={{node}}&columns=true&selected={{origin}}&column=arr_delay",
        ("Impact of arr_delay", "arr_delay, late"),
    ),
    View("quality", f"{HOME}/quality", ("flights/raw", "Gate Runs", "{refused}")),
    View("gate", f"{HOME}/quality/{{gate}}", ("Gate of flights/raw", "distance", "Expectations")),
    View("models", f"{HOME}/models", ("flight_delay", "ml-engineering")),
    View("model", f"{HOME}/models/flight_delay", ("Champion", "roc_auc", "Trained On")),
    View("model-version", f"{HOME}/models/flight_delay/versions/{{version}}", ("Metrics", "Trained On", "carrier=")),
    View(
        "model-comparison",
        f"{HOME}/models/flight_delay?compare={{version}},{{challenger}}",
        ("Comparison", "Version {challenger}", "roc_auc"),
    ),
    View("reviews", f"{HOME}/reviews", ("flights/raw", "Waiting")),
    View("review", f"{HOME}/reviews/quarantine/flights%2Fraw/{{batch}}", ("What They Failed", "distance"), rows=True),
    View("receipts", f"{HOME}/receipts", ("flights/features", "Receipts")),
    View("receipt", f"{HOME}/receipts/{{receipt}}", ("{receipt}", "flights/clean", "SQL")),
    View("dag-quality", "/dags/flight_delays/plugin/quality", ("{run}", "Refused")),
    View("dag-lineage", "/dags/flight_delays/plugin/lineage", ("extract_flights", "flights/raw")),
    View("run-quality", f"{RUN}/plugin/run-quality", ("clean_flights", "flights/clean")),
    View("run-lineage", f"{RUN}/plugin/run-lineage", ("extract_flights", "flights/raw")),
    View("task-quality", f"{REFUSED}/plugin/task-quality", ("distance", "Refused")),
    View("task-lineage", f"{RUN}/tasks/features/plugin/task-lineage", ("flights/features", "weather/clean")),
)


@dataclass
class Browser:
    """Somebody's browser, and what its pages complained of."""

    url: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    def visit(self, view: View, facts: Mapping[str, str], *, within: bool = False) -> None:
        """Go to a page and wait until it shows what it is for.

        Args:
            view: the page.
            facts: what its address speaks of.
            within: whether the browser stays in the page that it has, as it does where a link is followed.
        """
        path = view.path.format_map({k: quote(v, safe="") for k, v in facts.items()})
        if within and self.page.url.startswith(self.url):
            self.page.evaluate(FOLLOWED, self.url + path)
        else:
            self.open(path)
        for text in view.shows:
            self.sees(text.format_map(facts))
        self.settled()
        if view.unfolds:
            self.page.locator(FOLDED).first.click()

    def open(self, path: str) -> None:
        """Go to an address below Airflow's."""
        self.page.goto(self.url + path)

    def sees(self, text: str) -> None:
        """Wait until a text is there."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for()

    def settled(self) -> None:
        """Wait until nothing of ours is still being fetched."""
        self.page.wait_for_function("mark => !document.querySelector(mark)", arg=WAITING)

    def wear(self, scheme: Scheme) -> None:
        """Change the page's colours at once, as Airflow does when its user asks for others."""
        self.page.add_style_tag(content=STILL)
        self.page.evaluate(
            "to => { const {classList, style} = document.documentElement;"
            " classList.remove('light', 'dark'); classList.add(to); style.colorScheme = to; }",
            scheme,
        )

    def barriers(self, *rules: str) -> list[str]:
        """Return what keeps people from using what is ours in the page: serious and critical findings of axe.

        Args:
            rules: the names of those that are checked; all of them if none is named.
        """
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found: list[dict[str, Any]] = self.page.evaluate(
            "async ([where, how]) => (await axe.run(where, {resultTypes: ['violations'], ...how})).violations",
            [{"include": [[ROOT]], "exclude": [[FADED]]}, {"runOnly": rules} if rules else {}],
        )
        return [
            f"{each['id']} ({each['impact']}) at {node['target']}: {node['failureSummary']}"
            for each in found
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"][:3]
        ]


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def signed_in(
    opened: Chromium,
    url: str,
    user: str | None,
    password: str = "",
    *,
    scheme: Scheme = "light",
    size: ViewportSize = SIZE,
) -> Iterator[Browser]:
    """Open a page of somebody's own.

    Args:
        opened: the browser.
        url: where Airflow is.
        user: who signs in; None for nobody.
        password: of the user.
        scheme: the colours that the pages are asked for.
        size: of the window.
    """
    context = opened.new_context(viewport=size, color_scheme=scheme, accept_downloads=True)
    try:
        browser = _listening(context, url)
        if user is not None:
            _sign_in(browser.page, url, user, password)
        yield browser
    finally:
        context.close()


def _listening(context: BrowserContext, url: str) -> Browser:
    page = context.new_page()
    page.set_default_timeout(MILLISECONDS)
    page.add_init_script(PANES)
    browser = Browser(url, page)
    page.on("console", _said(browser.complaints))
    page.on("response", _answered(browser.complaints))
    page.on("request", _asked(browser.complaints, urlsplit(url).netloc))
    page.on("pageerror", lambda error: browser.complaints.append(str(error)))
    return browser


def _sign_in(page: Page, url: str, user: str, password: str) -> None:
    page.goto(f"{url}/auth/login")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)


def _said(complaints: list[str]) -> Callable[[ConsoleMessage], None]:
    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.location.get('url', '')} {message.text}")

    return said


def _answered(complaints: list[str]) -> Callable[[Response], None]:
    def answered(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.url} answered {response.status}")

    return answered


def _asked(complaints: list[str], host: str) -> Callable[[Request], None]:
    def asked(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != host:
            complaints.append(f"{request.url} is of another host")

    return asked


def facts_of(ask: Callable[..., Any]) -> dict[str, str]:
    """Return what the addresses of pages speak of, of an Airflow in which the example has run with a damaged month.

    Args:
        ask: returns the JSON of a path below Airflow's address, given its query.
    """
    api = "/hallmark/api/v1"
    refused = ask(f"{api}/gates", dataset="flights/raw", state="refused", limit=1)["items"][0]
    made = ask(f"{api}/receipts", dataset="flights/features", state="published", limit=1)["items"][0]
    batch = ask(f"{api}/reviews", dataset="flights/raw", kind="quarantine")["items"][0]
    model = ask(f"{api}/models/flight_delay")
    champion = model["aliases"]["champion"]
    others = [each["version"] for each in model["listed"] if each["version"] != champion]
    assets = ask("/api/v2/assets", name_pattern="flights/features")["assets"]
    return {
        "asset": str(next(each["id"] for each in assets if each["name"] == "flights/features")),
        "batch": batch["receipt_id"],
        "challenger": (others or [champion])[0],
        "gate": refused["receipt_id"],
        "month": made["output_partition"],
        "node": ask(f"{api}/catalog/datasets/flights%2Ffeatures")["node"],
        "origin": ask(f"{api}/catalog/datasets/flights%2Fraw")["node"],
        "receipt": made["id"],
        "refused": refused["run_id"],
        "run": made["run_id"],
        "version": champion,
    }
