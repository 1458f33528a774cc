"""``python -m hallmark.cli``, where the script is not on the path."""

from __future__ import annotations

from hallmark.cli import main

main()
