"""How django-allauth behaves here: who comes in, how often one may try, what is secret.

Passwords, sessions and second factors are its own. Sign-up, e-mail addresses of its
own and sign-in by code are not part of the product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.audiences import BACKENDS, DOOR, audience_of, refusal
from accounts.refusals import refused, too_many
from accounts.sessions import ENTRA, SIGN_IN
from accounts.words import Audience
from common import encryption, keys

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Account

FAILURES_FOR = 5 * 60
"""Seconds for which five wrong passwords from one address stop a sixth."""
SECRETS = "mfa_authenticator.data"
"""The column that a second factor's secret is bound to."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no stubs
    """Local accounts: signed in by their address, made by administrators only."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The address or the password is not right.",
        "incorrect_password": "The password is not right.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let nobody make an account for themselves."""
        return False

    def is_reauthentication_required(self, *, app: str, **_options: Any) -> bool:
        """Leave it to `accounts.recent`, which keeps nothing of what was sent."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Stop who tries too often with a page of their own, not a form's error."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as exc:
            raise ImmediateHttpResponse(too_many(request, FAILURES_FOR)) from exc

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        # Address and account together: somebody who guesses locks nobody else out.
        username = keys.key(credentials.get("username"))
        return f"{self.get_client_ip(request)}:{username}"

    def pre_login(
        self, request: HttpRequest, user: Account, **_login: Any
    ) -> HttpResponse | None:
        """Refuse who has no active record for the door; the password was right."""
        reason = refusal(user, _door(request))
        if not reason:
            return None
        request.session.flush()
        return refused(request, reason)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead users to the portal who asked for no page."""
        if audience_of(request) is Audience.USER:
            return reverse("portal:details")
        url: str = super().get_login_redirect_url(request)
        return url

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Let the last page know the door to come in by again."""
        url: str = super().get_logout_redirect_url(request)
        began = request.session.get(SIGN_IN, {})
        query = {}
        if audience_of(request) is Audience.USER:
            query["portal"] = Audience.USER.value
        if began.get("by") == ENTRA:
            query["by"] = began["connection"]
        return f"{url}?{urlencode(query)}" if query else url

    def get_login_stages(self) -> list[str]:
        """Ask for our second factor, unless Entra's counts for the sign-in."""
        ours = "accounts.second_factor.SecondFactorStage"
        stages: list[str] = super().get_login_stages()
        return [
            ours if stage.endswith(".AuthenticateStage") else stage for stage in stages
        ]

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, Any]]:
        """Offer Microsoft first to those who signed in with it."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        began = self.request.session.get(SIGN_IN, {}) if self.request else {}
        if began.get("by") != ENTRA:
            return ways
        microsoft = {
            "id": ENTRA,
            "description": "Confirm with Microsoft",
            "url": reverse("sso_confirm"),
        }
        return [microsoft, *ways]

    def login(self, request: HttpRequest, user: Account) -> None:
        """Open the session of the door at which the sign-in began."""
        user.backend = BACKENDS[_door(request)]
        request.session.pop(DOOR, None)
        super().login(request, user)


def _door(request: HttpRequest) -> Audience:
    return Audience(request.session.get(DOOR, Audience.AGENT))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no stubs
    """Second factors, whose secrets are encrypted like all others."""

    def generate_authenticator_name(self, user: Account, type: str) -> str:
        """Return the name that a new passkey has until somebody names it."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def encrypt(self, text: str) -> str:
        """Return the ciphertext of a secret."""
        return encryption.encrypt(text, place=SECRETS)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; raises CannotDecrypt if no key opens it."""
        return encryption.decrypt(encrypted_text, place=SECRETS)
