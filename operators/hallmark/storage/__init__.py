"""Where versions live: Delta tables below the lake root; read, stage, publish, recover."""

from __future__ import annotations

__all__: list[str] = []
