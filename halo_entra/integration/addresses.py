"""The addresses that an application in Entra must know: what we send, to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from accounts.words import Audience
from sso.published import redirect_uri

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class RedirectUri:
    """One redirect URI to register, and what it is for (R027-R030)."""

    label: str
    uri: str


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def authorisation_url(base_url: str) -> str:
    """Return where people sign in who come from that base address (R031, R032)."""
    return settings.AUTH_BASE_URL or f"{origin(base_url)}/auth"


def redirect_uris() -> Sequence[RedirectUri]:
    """Return the redirect URIs in the guide's order."""
    agents = settings.AGENT_BASE_URL
    return (
        RedirectUri("Web application", agents),
        RedirectUri("User Portal SSO", redirect_uri(Audience.USER)),
        RedirectUri("Agent Portal SSO", redirect_uri(Audience.AGENT)),
        RedirectUri("User/Agent Import", f"{origin(agents)}/azure/auth"),
    )
