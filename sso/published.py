"""Which connections stand at which door, and what each lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, Q

from accounts.words import Audience
from connections.models import Module
from connections.switch import ENTRA
from sso.admit import DOORS, Policy, closed
from sso.models import SsoConnection
from sso.refusals import SignInDenied
from sso.words import AllowedAudience, Reason, TenantType

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

CALLBACK = "/account/azureresponse"


def rows() -> QuerySet[SsoConnection]:
    """Return all connections with what a sign-in needs of them, in one query.

    While the Entra module is off nobody signs in by any of them (R006).
    """
    rows = SsoConnection.objects.select_related("registration")
    return rows.annotate(is_module_on=Exists(_module()))  # type: ignore[no-redef]  # declared there for readers


def at(door: Audience) -> list[SsoConnection]:
    """Return the connections that may be chosen at a door."""
    allowed = [word for word, doors in DOORS.items() if door in doors]
    found = SsoConnection.objects.filter(published=True, allow__in=allowed)
    return list(found.filter(Exists(_module())))


def redirecting(door: Audience) -> SsoConnection | None:
    """Return the connection to which the door leads without asking (R048, R053)."""
    found = at(door)
    return found[0] if len(found) == 1 and found[0].auto_redirect else None


def is_password_closed(door: Audience) -> bool:
    """Return whether passwords are refused at a door (R049)."""
    return any(connection.auto_redirect for connection in at(door))


def policy(connection: SsoConnection) -> Policy:
    """Return what a connection lets through; it must come from `rows`."""
    return Policy(
        allow=AllowedAudience(connection.allow),
        is_published=connection.published and connection.is_module_on,
        allows_guests=connection.allow_guests,
        links_by_address=connection.link_by_address,
        creates_users=connection.create_users,
    )


def tenants(connection: SsoConnection) -> frozenset[UUID]:
    """Return the tenants whose people may sign in; a list that is empty: nobody's."""
    if connection.tenant_type == TenantType.MULTI:
        return frozenset(one.tenant_id for one in connection.allowed_tenants.all())
    registration = connection.registration
    return frozenset({registration.tenant_id}) if registration else frozenset()


def origin(door: Audience) -> str:
    """Return scheme, host and port at which a door's session lives."""
    is_portal = door is Audience.USER
    base = settings.PORTAL_BASE_URL if is_portal else settings.AGENT_BASE_URL
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"


def redirect_uri(door: Audience) -> str:
    """Return where Microsoft sends the browser back to, to the letter (R028-R031)."""
    return (settings.AUTH_BASE_URL or f"{origin(door)}/auth") + CALLBACK


def check(connection: SsoConnection | None, door: Audience) -> SsoConnection:
    """Return the connection; raises SignInDenied if it does not lead to the door."""
    if connection is None:
        raise SignInDenied(Reason.NOT_PUBLISHED)
    if reason := closed(policy(connection), door):
        raise SignInDenied(reason)
    return connection


def stands(connection_id: int, door: Audience, tenant_id: str) -> bool:
    """Return whether a session that was opened so may go on, in one query."""
    allowed = [word for word, doors in DOORS.items() if door in doors]
    is_listed = Q(tenant_type=TenantType.SINGLE, registration__tenant_id=tenant_id) | Q(
        tenant_type=TenantType.MULTI, allowed_tenants__tenant_id=tenant_id
    )
    return (
        SsoConnection.objects.filter(is_listed, Exists(_module()))
        .filter(pk=connection_id, published=True, allow__in=allowed)
        .exists()
    )


def _module() -> QuerySet[Module]:
    return Module.objects.filter(slug=ENTRA, enabled=True)
