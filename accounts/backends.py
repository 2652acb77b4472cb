"""Who a session belongs to, asked at every request in one query.

Somebody deactivated is out at the next request: the session then belongs to nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from accounts.audiences import refusal
from accounts.models import Account
from accounts.words import Audience

if TYPE_CHECKING:
    from django.http import HttpRequest


class AgentBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no stubs
    """Checks passwords, and keeps the sessions of agents."""

    def get_user(self, user_id: int) -> Account | None:
        """Return the account, unless it or its agent is inactive or gone."""
        return _admitted(user_id, Audience.AGENT, "agent")


class UserBackend(ModelBackend):
    """Keeps the sessions of users; passwords are `AgentBackend`'s."""

    def authenticate(self, request: HttpRequest | None, **_credentials: Any) -> None:  # type: ignore[override]  # answers nobody
        """Know nobody: each password is checked once."""

    def get_user(self, user_id: int) -> Account | None:
        """Return the account, unless it, its user, site or organisation is inactive."""
        return _admitted(user_id, Audience.USER, "enduser__site__organisation")


def _admitted(user_id: int, audience: Audience, records: str) -> Account | None:
    account = Account.objects.select_related(records).filter(pk=user_id).first()
    return account if account and not refusal(account, audience) else None
