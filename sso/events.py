"""The sign-in log: one row an attempt, whatever came of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.account.adapter import get_adapter

from sso.models import SignInEvent

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import Account
    from sso.refusals import SignInDenied

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """By which connection somebody tries to come in, and at which door."""

    connection_id: int | None = None
    door: str = ""


def address(request: HttpRequest) -> str | None:
    """Return the address that the request comes from, as far as proxies are trusted."""
    return get_adapter(request).get_client_ip(request) or None


def refused(request: HttpRequest, attempt: Attempt, denied: SignInDenied) -> None:
    """Write down that nobody was let in, and why."""
    identity = denied.identity
    SignInEvent.objects.create(
        connection_id=attempt.connection_id,
        audience=attempt.door,
        reason=denied.reason.value,
        entra_tenant_id=identity.tenant_id if identity else None,
        entra_object_id=identity.object_id if identity else None,
        upn=identity.username if identity else "",
        address=address(request),
    )
    logger.info(
        "sign-in refused: %s",
        denied.reason.value,
        extra={"sso_connection": attempt.connection_id, "code": denied.code},
    )


def let_in(
    *,
    request: HttpRequest,
    user: Account,
    entra: dict[str, Any] | None = None,
    **_signal: Any,
) -> None:
    """Write down that somebody is signed in; receives allauth's `user_logged_in`."""
    if entra is None:
        return
    SignInEvent.objects.create(
        connection_id=entra["connection"],
        account=user,
        audience=entra["door"],
        entra_tenant_id=UUID(entra["tenant"]),
        entra_object_id=UUID(entra["person"]),
        upn=entra["upn"],
        address=address(request),
    )
