"""Tokens of machines, for administrators of Airflow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, status
from pydantic import BaseModel, Field

from hallmark.governance import DEFAULT_LIFE, SCOPES, Token, TokenError, create, listed, revoke
from hallmark_ui.api.access import Principal, needs
from hallmark_ui.api.bodies import described, json_of
from hallmark_ui.api.catalog import CatalogDep
from hallmark_ui.api.problems import REFUSALS

__all__ = ["router"]

router = APIRouter(prefix="/tokens", tags=["tokens"], responses=REFUSALS)


class TokenOut(BaseModel):
    """A token, without what is secret of it."""

    id: str
    name: str
    scopes: list[str]
    state: str = Field(description="valid, expired or revoked")
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenOut):
    """A new token; `token` is shown this once."""

    token: str = Field(examples=["hmk_…"])


class TokenIn(BaseModel):
    """The token that is wanted."""

    name: str = Field(min_length=1, max_length=200)
    scopes: list[str] = Field(min_length=1, max_length=len(SCOPES), description=", ".join(SCOPES))
    expires_in_days: int | None = Field(DEFAULT_LIFE.days, ge=1, le=3650, description="null: until it is revoked")


class Tokens(BaseModel):
    """All tokens, newest first."""

    tokens: list[TokenOut]


def _shown(token: Token) -> TokenOut:
    return TokenOut(**_fields(token))


def _fields(token: Token) -> dict[str, Any]:
    return {**vars(token), "scopes": list(token.scopes), "state": token.state(datetime.now(UTC))}


TokenName = Annotated[str, Path(max_length=200, examples=["spark-cluster"])]


@router.get("", dependencies=[needs("tokens")], summary="List tokens")
def get_tokens(catalog: CatalogDep) -> Tokens:
    """List all tokens, newest first, also those that are no longer valid."""
    return Tokens(tokens=[_shown(token) for token in listed(catalog().database)])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=described(TokenIn, {"name": "spark-cluster", "scopes": ["lineage:write"], "expires_in_days": 90}),
    summary="Make a token",
)
def post_token(
    catalog: CatalogDep,
    principal: Annotated[Principal, needs("tokens")],
    wanted: Annotated[TokenIn, Depends(json_of(TokenIn))],
) -> TokenMade:
    """Make a token. It is in the answer and nowhere else."""
    life = None if wanted.expires_in_days is None else timedelta(days=wanted.expires_in_days)
    try:
        token, secret = create(catalog().database, wanted.name, wanted.scopes, created_by=principal.name, life=life)
    except TokenError as error:
        raise HTTPException(422, str(error)) from error
    return TokenMade(**_fields(token), token=secret)


@router.delete("/{token:name}", dependencies=[needs("tokens")], summary="Revoke a token")
def delete_token(catalog: CatalogDep, token: TokenName) -> Tokens:
    """End a token, named by its id or its name, now and for good."""
    try:
        return Tokens(tokens=[_shown(ended) for ended in revoke(catalog().database, token)])
    except TokenError as error:
        raise HTTPException(404, str(error)) from error
