"""Takes a picture of each page, light and dark, wide and narrow, from a running demonstration.

python tests/e2e/pictures.py FOLDER --folder .demo --url http://localhost:8080 [--only overview,gate]
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
from pages import OURS, VIEWS, Browser, Scheme, View, chromium, facts_of, signed_in
from PIL import Image
from playwright.sync_api import ViewportSize

WIDTHS = (1440, 820)
HEIGHT = 900
USER = "admin"
# A page's colours are few: at this quality its text has no visible halo.
QUALITY = 82


def main() -> None:
    told = _arguments()
    told.target.mkdir(parents=True, exist_ok=True)
    home = told.folder / "airflow" / "simple_auth_manager_passwords.json.generated"
    password = json.loads(home.read_text())[USER]
    wanted = [view for view in (*OURS, *VIEWS) if not told.only or view.name in told.only.split(",")]
    with chromium() as opened:
        for width in WIDTHS:
            size: ViewportSize = {"width": width, "height": HEIGHT}
            with signed_in(opened, told.url, USER, password, size=size) as browser:
                facts = facts_of(_asking(told.url, password))
                for name, picture in _taken(browser, wanted, facts):
                    file = told.target / f"{name}-{width}.webp"
                    file.write_bytes(picture)
                    print(f"{file}  {len(picture) // 1024} kB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=Path, help="where the pictures go")
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="the demonstration's state")
    parser.add_argument("--url", default="http://localhost:8080", help="where its Airflow is")
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    return parser.parse_args()


def _asking(url: str, password: str) -> Any:
    told = httpx.post(f"{url}/auth/token", json={"username": USER, "password": password}, timeout=30)
    headers = {"Authorization": f"Bearer {told.raise_for_status().json()['access_token']}"}

    def ask(path: str, **query: Any) -> Any:
        return httpx.get(url + path, params=query, headers=headers, timeout=30).raise_for_status().json()

    return ask


def _taken(browser: Browser, views: list[View], facts: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield each page's name and picture, light and then dark."""
    for view in views:
        browser.visit(view, facts)
        for scheme in get_args(Scheme):
            browser.wear(scheme)
            yield f"{view.name}-{scheme}", _compressed(browser.page.screenshot())


def _compressed(png: bytes) -> bytes:
    packed = io.BytesIO()
    Image.open(io.BytesIO(png)).save(packed, "WEBP", quality=QUALITY, method=6)
    return packed.getvalue()


if __name__ == "__main__":
    main()
