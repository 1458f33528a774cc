"""What the pages ask: lists, pages and decisions, each as far as their user's DAGs reach."""

from __future__ import annotations

from hallmark_ui.api.ui import datasets, gates, graph, overview, receipts, registry, reviews, tabs

__all__ = ["ROUTERS"]

ROUTERS = (
    overview.router,
    datasets.router,
    gates.router,
    graph.router,
    registry.router,
    reviews.router,
    receipts.router,
    tabs.router,
)
