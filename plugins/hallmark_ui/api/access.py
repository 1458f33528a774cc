"""Who may ask: a user who is logged in to Airflow, or a machine with a token.

Airflow puts no login before a plugin's app, so every route depends on one of :data:`NEEDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import get_user
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.api_key import APIKeyCookie
from starlette.concurrency import run_in_threadpool

from hallmark.governance import Denied, check, is_token
from hallmark_ui.api.catalog import CatalogDep

__all__ = ["NEEDS", "Need", "Principal", "needs"]

Need = Literal["lineage:read", "lineage:write", "tokens", "pages"]


@dataclass(frozen=True)
class Principal:
    """Who asks, as it is written down."""

    name: str
    machine: bool = False


def _may_read(manager: Any, user: Any) -> bool:
    return bool(
        manager.is_authorized_asset(method="GET", user=user) and manager.is_authorized_dag(method="GET", user=user)
    )


def _may_write(manager: Any, user: Any) -> bool:
    return bool(manager.is_authorized_asset(method="POST", user=user))


def _is_admin(manager: Any, user: Any) -> bool:
    """Airflow's auth managers have no permission that only an administrator has; those with roles name it."""
    role = getattr(user, "role", None)
    roles = {str(role)} if role else {str(getattr(each, "name", each)) for each in getattr(user, "roles", None) or ()}
    powerful = manager.is_authorized_connection(method="POST", user=user)
    return bool(powerful and (not roles or any(name.lower() == "admin" for name in roles)))


# What a user of Airflow has to be allowed to; a machine's token has to have a scope of that name.
NEEDS: Mapping[Need, Callable[[Any, Any], bool]] = {
    "lineage:read": _may_read,
    "lineage:write": _may_write,
    "tokens": _is_admin,
    # No token has it: pages show what their user may see, DAG by DAG.
    "pages": _may_read,
}

# Methods that change nothing, and whose pages may do more: Airflow's own, and nobody's (an address typed by hand).
_SAFE, _OWN_PAGES = frozenset({"GET", "HEAD", "OPTIONS"}), frozenset({"same-origin", "none"})

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="A machine's token (`hmk_…`, see `hallmark token create`), or a JWT of Airflow's `POST /auth/token`.",
)
_cookie = APIKeyCookie(
    name="_token", auto_error=False, scheme_name="cookie", description="The cookie of Airflow's login."
)


def needs(need: Need) -> Any:
    """Return the dependency that lets in only who may do that; it gives the one who asks."""

    async def admitted(
        request: Request,
        catalog: CatalogDep,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        _cookie: Annotated[str | None, Depends(_cookie)],
    ) -> Principal:
        if bearer is not None and is_token(bearer.credentials):
            return await run_in_threadpool(_machine, catalog, bearer.credentials, need)
        if bearer is None and _is_from_elsewhere(request):
            raise HTTPException(403, "Another site's page may not change anything with the login's cookie.")
        user = await get_user(request, None, bearer)
        if not await run_in_threadpool(NEEDS[need], get_auth_manager(), user):
            raise HTTPException(403, f"This needs the permission of {need}, which the login does not have.")
        return Principal(user.get_name())

    admitted.need = need  # type: ignore[attr-defined]
    return Depends(admitted)


def _is_from_elsewhere(request: Request) -> bool:
    """Tell whether a browser sends the cookie because another site's page asked it to, to change something."""
    # The cookie is SameSite=Lax, which keeps out other sites and lets in the other hosts of one's own.
    return request.method not in _SAFE and request.headers.get("sec-fetch-site", "none") not in _OWN_PAGES


def _machine(catalog: Callable[[], Any], secret: str, need: Need) -> Principal:
    try:
        token = check(catalog().database, secret, need)
    except Denied as denied:
        raise HTTPException(403 if denied.known else 401, f"Not admitted: {denied.found}.") from denied
    return Principal(f"token {token.name}", machine=True)
