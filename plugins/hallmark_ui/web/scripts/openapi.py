"""Write the description of the API that the pages' types are made from: ``npm run api``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hallmark_ui.api.app import create_app

FILE = Path(__file__).parent.parent / "openapi.json"


def description() -> str:
    """Return the description of the API, the same for the same routes."""
    told = create_app().openapi()
    # The version of an installation says nothing about its routes.
    told["info"]["version"] = "1"
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(description(), encoding="utf-8")
    sys.stdout.write(f"wrote {FILE.name}\n")
