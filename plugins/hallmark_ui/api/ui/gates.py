"""Gate runs: all of them, and one with each expectation beside what it came to before."""

from __future__ import annotations

from dataclasses import replace

from hallmark.catalog.pages import gates
from hallmark.catalog.pages.values import GateRun
from hallmark_ui.api.parameters import absent
from hallmark_ui.api.ui.listing import Listing, ReceiptId, WantedDep, WindowDep, router_of
from hallmark_ui.api.ui.models import GateView
from hallmark_ui.api.ui.people import PagesDep
from hallmark_ui.api.ui.rows import may_here

__all__ = ["router"]

router = router_of("gates")


@router.get("/gates", summary="Gate runs")
def get_gates(pages: PagesDep, window: WindowDep, wanted: WantedDep, success: bool | None = None) -> Listing[GateRun]:
    """List gate runs, the newest first; `success=false` those of which an expectation did not hold."""
    return Listing[GateRun](
        **vars(pages(lambda connection, reach: gates.gates_page(connection, wanted, success, window, reach)))
    )


@router.get("/gates/{receipt:name}", summary="One gate run")
def get_gate(pages: PagesDep, receipt: ReceiptId) -> GateView:
    """Return each expectation with what was found, expected, and found before; samples for who may see rows."""
    found = pages(lambda connection, reach: gates.gate_page(connection, receipt, reach))
    if found is None:
        raise absent("gate run", receipt)
    may = may_here(pages.viewer, found.dag_id)
    results = found.results if may.see_rows else [replace(each, samples=None) for each in found.results]
    return GateView(**{**vars(found), "results": results}, may=may)
