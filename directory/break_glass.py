"""Break-glass: administrators who still sign in when Microsoft does not (AM-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef

from accounts.models import Account
from connections.models import AppRegistration
from directory.rights import administrators

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
NO_ACCOUNT = (
    "Nobody could sign in if Microsoft did not answer. Make a break-glass "
    "administrator with a password first: create_administrator EMAIL --break-glass."
)
NO_FACTOR = (
    "No break-glass administrator has a second factor. Sign in as one at /auth/local "
    "and set up an authenticator app or a passkey first; create_administrator EMAIL "
    "--break-glass makes one."
)
LAST = (
    "This would take away the last break-glass administrator, {accounts}, while the "
    "SSO connection {connection} redirects automatically: nobody could sign in if "
    "Microsoft did not answer. Make another one first (create_administrator EMAIL "
    "--break-glass), or switch the redirect off."
)


def accounts() -> QuerySet[Account]:
    """Return the active administrators who may sign in locally, and have a password."""
    return (
        Account.objects.filter(is_active=True, may_sign_in_locally=True)
        .filter(agent__in=administrators())
        .exclude(password="")
        .exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )


def lacks() -> str:
    """Return what stands against an automatic redirect; empty: nothing does."""
    found = accounts()
    if not found.exists():
        return NO_ACCOUNT
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    return "" if found.filter(Exists(factors)).exists() else NO_FACTOR


def refusal(account: Account | None) -> str:
    """Return why the account must stay one; empty: it need not.

    It must while it is the last, and only then.
    """
    found = list(accounts())
    return _needed(found) if account is not None and found == [account] else ""


def loss(before: Sequence[Account]) -> str:
    """Return what is wrong if those were break-glass administrators, and none is now.

    Empty: nothing. That matters while a published connection redirects automatically.
    """
    return "" if not before or accounts().exists() else _needed(before)


def _needed(last: Sequence[Account]) -> str:
    # What is published has an application: the database sees to that.
    registrations = AppRegistration.objects.filter(
        sso_connections__published=True, sso_connections__auto_redirect=True
    )
    name = registrations.values_list("sso_connections__name", flat=True).first()
    if name is None:
        return ""
    return LAST.format(accounts=", ".join(map(str, last)), connection=name)
