"""Who may do what: tokens of machines that have no login of Airflow."""

from __future__ import annotations

from hallmark.governance.tokens import (
    DEFAULT_LIFE,
    SCOPES,
    Denied,
    Token,
    TokenError,
    check,
    create,
    is_token,
    listed,
    revoke,
)

__all__ = ["DEFAULT_LIFE", "SCOPES", "Denied", "Token", "TokenError", "check", "create", "is_token", "listed", "revoke"]
