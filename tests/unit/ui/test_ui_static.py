"""The built pages as Airflow gets to know them and as a browser gets them."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hallmark_ui.plugin import PLACES, HallmarkPlugin
from hallmark_ui.static import Place, StaticApp, react_apps

WEB = Path(__file__).parents[3] / "plugins" / "hallmark_ui" / "web"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A folder as Vite leaves it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "main-Ab3_xY-9.js").write_text("export {};")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "manifest.json").write_text(json.dumps({"src/main.tsx": {"file": "assets/main-Ab3_xY-9.js"}}))
    (tmp_path / "secret.txt").write_text("not for browsers")
    return folder


def test_airflow_is_told_of_built_places_alone(build):
    places = (Place("Hallmark", "main.tsx", "nav", "hallmark"), Place("Quality", "tabs/quality.tsx", "dag", "quality"))
    (told,) = react_apps(places, build)
    assert told["name"] == "Hallmark"
    assert told["bundle_url"] == "hallmark/static/assets/main-Ab3_xY-9.js"
    assert not told["bundle_url"].startswith("/"), "an address from the root would miss Airflow's prefix"


def test_without_a_build_there_are_no_places_and_the_files_say_what_to_do(tmp_path):
    assert react_apps(PLACES, tmp_path / "none") == []
    answer = TestClient(StaticApp(tmp_path / "none")).get("/assets/main.js")
    assert (answer.status_code, "make ui" in answer.text) == (404, True)


def test_hashed_files_are_kept_for_ever_and_the_others_are_asked_for_again(build):
    files = TestClient(StaticApp(build))
    hashed, plain = files.get("/assets/main-Ab3_xY-9.js"), files.get("/icon.svg")
    assert "immutable" in hashed.headers["cache-control"]
    assert plain.headers["cache-control"] == "no-cache"
    again = files.get("/icon.svg", headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


def test_files_have_a_type_that_a_browser_runs_and_is_held_to(build):
    files = TestClient(StaticApp(build))
    script = files.get("/assets/main-Ab3_xY-9.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["x-content-type-options"] == "nosniff"
    assert files.get("/icon.svg").headers["content-type"].startswith("image/svg+xml")


@pytest.mark.parametrize("path", ["/api/openapi.json", "/nowhere"])
def test_an_answer_of_the_api_loads_and_frames_nothing(path):
    (api,) = [each["app"] for each in HallmarkPlugin.fastapi_apps if each["url_prefix"] == "/hallmark"]
    headers = TestClient(api).get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["cross-origin-resource-policy"]) == ("nosniff", "same-origin")


def test_a_worker_may_run_files_of_the_build_and_nothing_else(build):
    files = TestClient(StaticApp(build))
    for path in ("/assets/main-Ab3_xY-9.js", "/nowhere.js"):
        policy = files.get(path).headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2f..%2fsecret.txt", "/"])
def test_nothing_outside_the_build_is_served(build, path):
    assert TestClient(StaticApp(build)).get(path).status_code == 404


def test_places_have_routes_of_their_own_and_a_name_has_one_component():
    assert len({place.route for place in PLACES}) == len(PLACES)
    # Airflow keeps components by name: two of one name would show the first one that was loaded.
    assert len({(place.name, place.entry) for place in PLACES}) == len({place.name for place in PLACES})


def test_the_pages_are_typed_by_the_api_as_it_is():
    current = runpy.run_path(str(WEB / "scripts" / "openapi.py"))["description"]()
    assert (WEB / "openapi.json").read_text(encoding="utf-8") == current, "the routes have changed: run npm run api"
