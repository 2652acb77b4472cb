"""People who sign in with a password and a second factor, by the real forms."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse

from common.rights import Permission
from tests.desk_agents import agent_with

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import Account

PASSWORD = "a-canary-sings-at-dawn"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def local_account(*permissions: Permission) -> Account:
    """Return an agent's account that signs in with PASSWORD."""
    account = agent_with(*(permissions or (Permission.VIEW,))).account
    assert account
    account.set_password(PASSWORD)
    account.save()
    return account


def code(secret: str = SECRET) -> str:
    """Return what an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_app(account: Account) -> Account:
    """Give the account an authenticator app that knows SECRET, and recovery codes."""
    TOTP.activate(account, SECRET)
    RecoveryCodes.activate(account)
    return account


def recovery_code(account: Account) -> str:
    """Return one of the account's recovery codes that still works."""
    codes = Authenticator.objects.get(user=account, type="recovery_codes")
    return str(codes.wrap().get_unused_codes()[0])


def send_password(
    client: Client,
    username: str,
    password: str = PASSWORD,
    *,
    at: str = "account_login",
    query: str = "",
    address: str = "192.0.2.1",
) -> HttpResponse:
    """Fill the form of a sign-in page and send it."""
    return client.post(  # type: ignore[return-value]  # the test client's own class
        f"{reverse(at)}{query}",
        {"login": username, "password": password},
        REMOTE_ADDR=address,
    )
