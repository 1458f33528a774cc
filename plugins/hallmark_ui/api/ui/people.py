"""Who looks at a page, and what Airflow lets them see and do: DAG by DAG."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import uuid4

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import get_user
from airflow.models.dag import DagModel
from airflow.utils.session import create_session
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPBearer
from sqlalchemy import Connection, select

from hallmark.catalog.pages import NoSuchPage, Reach
from hallmark_ui.api.access import NEEDS, Principal, needs
from hallmark_ui.api.parameters import ReadDep

__all__ = ["Pages", "PagesDep", "Viewer", "viewer_of"]

T = TypeVar("T")

_bearer = HTTPBearer(auto_error=False)


class Viewer:
    """A user of Airflow.

    Args:
        name: as receipts write it down.
        user: as Airflow's auth manager has it.
        manager: the auth manager.
    """

    def __init__(self, name: str, user: Any, manager: Any) -> None:
        self.name = name
        self._user = user
        self._manager = manager

    @cached_property
    def readable(self) -> frozenset[str]:
        """The DAGs of Airflow's that the user may read."""
        return frozenset(self._manager.get_authorized_dag_ids(user=self._user, method="GET"))

    @cached_property
    def editable(self) -> frozenset[str]:
        """The DAGs of Airflow's that the user may change."""
        return frozenset(self._manager.get_authorized_dag_ids(user=self._user, method="PUT"))

    @cached_property
    def reach(self) -> Reach:
        """What the user may see.

        Airflow may have forgotten the DAG of a receipt. Whoever may read any DAG may see that too: all but those that
        are known and not theirs. Others see their own.
        """
        unknown = DagDetails(id=f"hallmark-{uuid4()}")
        if not self._manager.is_authorized_dag(method="GET", details=unknown, user=self._user):
            return Reach(self.readable)
        with create_session() as session:
            known = frozenset(session.scalars(select(DagModel.dag_id)))
        return Reach(known - self.readable, but=True)

    def edits(self, dag_id: str | None) -> bool:
        """Whether the user may change the task instances of a DAG: then its rows may be seen and decided on."""
        if dag_id is None:
            return False
        details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id))
        entity = DagAccessEntity.TASK_INSTANCE
        allowed = self._manager.is_authorized_dag(method="PUT", access_entity=entity, details=details, user=self._user)
        return bool(allowed)

    @cached_property
    def administers(self) -> bool:
        """Whether the user is an administrator: only they may see the values of personal columns, and make tokens."""
        return bool(NEEDS["tokens"](self._manager, self._user))

    def sees_asset(self, asset_id: int) -> bool:
        """Whether the user may read an asset."""
        from airflow.api_fastapi.auth.managers.models.resource_details import AssetDetails

        details = AssetDetails(id=str(asset_id))
        return bool(self._manager.is_authorized_asset(method="GET", details=details, user=self._user))


async def viewer_of(request: Request, principal: Annotated[Principal, needs("pages")]) -> Viewer:
    """Return who looks: a login, for no token opens pages."""
    return Viewer(principal.name, await get_user(request, None, await _bearer(request)), get_auth_manager())


class Pages:
    """The catalog as one user may see it. Every route of the pages depends on it."""

    need: ClassVar[str] = "pages"

    def __init__(self, viewer: Annotated[Viewer, Depends(viewer_of)], read: ReadDep) -> None:
        self.viewer = viewer
        self._read = read

    def __call__(self, work: Callable[[Connection, Reach], T]) -> T:
        """Ask the catalog something, in one transaction.

        Raises:
            HTTPException: 400, a cursor is none of the list that is asked for.
            CatalogError: the catalog is out of reach.
        """
        reach = self.viewer.reach
        try:
            return self._read(lambda connection: work(connection, reach))
        except NoSuchPage as error:
            raise HTTPException(400, str(error)) from error


PagesDep = Annotated[Pages, Depends(Pages)]
