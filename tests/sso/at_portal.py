"""Users who are signed in at the portal, and what they see there."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any, Final

from django.test import Client
from django.urls import reverse

from accounts.audiences import BACKENDS
from accounts.words import Audience
from tests.door_rows import PORTAL
from tests.factories.accounts import AccountFactory
from tests.factories.directory import EndUserFactory

if TYPE_CHECKING:
    from directory.models import EndUser

NAMES: Final = sorted(PORTAL)
"""The names of the portal's addresses."""


def enter(client: Client, **fields: Any) -> EndUser:
    """Make a user, signed in at the portal."""
    user = EndUserFactory.create(account=AccountFactory.create(), **fields)
    assert user.account
    client.force_login(user.account, backend=BACKENDS[Audience.USER])
    return user


def shown(client: Client, name: str) -> str:
    """Return a page as it reads."""
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return unescape(answer.content.decode())
