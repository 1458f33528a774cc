"""Is the catalog reachable and migrated?"""

from __future__ import annotations

from typing import Annotated, Literal

from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import requires_access_view
from fastapi import APIRouter, Depends, Response, status
from pydantic import BaseModel

from hallmark import __version__

__all__ = ["router"]

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """What the plugin knows of itself."""

    status: Literal["healthy", "unhealthy"]
    version: str
    catalog: str


def catalog_state() -> tuple[bool, str]:
    """Ask the catalog for its revision; say in words why it does not answer."""
    from hallmark.catalog import current_revision, head_revision
    from hallmark.errors import HallmarkError

    try:
        current, head = current_revision(), head_revision()
    except HallmarkError as error:
        return False, str(error)
    if current != head:
        return False, f"at revision {current or 'none'}, {head} is needed: run `hallmark db upgrade`"
    return True, f"at revision {current}"


@router.get(
    "/health", dependencies=[Depends(requires_access_view(AccessView.WEBSITE))], responses={503: {"model": Health}}
)
def health(state: Annotated[tuple[bool, str], Depends(catalog_state)], response: Response) -> Health:
    """Return whether the catalog answers. Needs a user of Airflow of the UI; 503 if it does not."""
    healthy, told = state
    response.status_code = status.HTTP_200_OK if healthy else status.HTTP_503_SERVICE_UNAVAILABLE
    return Health(status="healthy" if healthy else "unhealthy", version=__version__, catalog=told)
