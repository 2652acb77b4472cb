"""What the sign-in host sends back through the browser: read strictly, parked briefly.

The browser sends no session cookie with a cross-site POST. So a posted answer is kept
in the cache under a random handle and fetched by a redirect to our own origin, which
comes with the session. The handle alone is worth nothing: the answer only counts in
the session that holds its state.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from django.core import signing
from django.core.cache import cache
from django.http import QueryDict

from common.errors import AppError

PARKED_SECONDS = 120
STATE_SECONDS = 600
LIMITS: Mapping[str, int] = {
    "code": 8192,
    "state": 256,
    "iss": 256,
    "error": 64,
    "error_description": 4096,
    "admin_consent": 8,
}
"""The parameters that count, and how long each may be. Others are not looked at."""
NUMBER = re.compile(r"\bAADSTS\d{3,9}\b")
SALT = "connections.callback.state"


class BadAnswer(AppError):
    """What came back is not what Microsoft sends, or not for a request of ours."""


class Refusal(StrEnum):
    """What an `error` means, as far as somebody can act on it."""

    CANCELLED = "cancelled"
    CONSENT_REQUIRED = "consent_required"
    PROVIDER_UNREACHABLE = "provider_unreachable"
    PROVIDER_ERROR = "provider_error"


MEANING: Mapping[str, Refusal] = {
    "access_denied": Refusal.CANCELLED,
    "permission_denied": Refusal.CANCELLED,
    "consent_required": Refusal.CONSENT_REQUIRED,
    "interaction_required": Refusal.CONSENT_REQUIRED,
    "temporarily_unavailable": Refusal.PROVIDER_UNREACHABLE,
    "server_error": Refusal.PROVIDER_UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """The answer to one request; `error` counts whatever else is there."""

    state: str
    code: str = field(default="", repr=False)
    error: str = ""
    number: str = ""
    """Microsoft's number for the error, "AADSTS65004"; the text itself is not kept."""
    admin_consent: bool = False
    issuer: str = ""
    """Who answers (RFC 9207), where it says so."""

    @property
    def refusal(self) -> Refusal | None:
        """Return what the error means; None: there is none."""
        if not self.error:
            return None
        return MEANING.get(self.error, Refusal.PROVIDER_ERROR)


def new_state(label: str = "") -> str:
    """Return a state that nobody can guess and that `read` knows for ours.

    `label` (letters only) can be read back by `label_of`, without the session.
    """
    return _signer().sign(f"{secrets.token_urlsafe(24)}.{label}")


def label_of(state: str) -> str:
    """Return the label of a state that `read` let through."""
    return _signer().unsign(state).rpartition(".")[2]


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT)


def read(parameters: QueryDict) -> CallbackAnswer:
    """Return the answer that the parameters hold.

    Raises BadAnswer for doubled or overlong ones, and for a state that is not ours or
    older than ten minutes.
    """
    found = {name: _single(parameters, name) for name in LIMITS}
    try:
        _signer().unsign(found["state"], max_age=STATE_SECONDS)
    except signing.BadSignature as exc:
        raise BadAnswer(
            "This answer belongs to no request of the last ten minutes. Start again."
        ) from exc
    number = NUMBER.search(found["error_description"])
    return CallbackAnswer(
        state=found["state"],
        code=found["code"],
        error=found["error"],
        number=number[0] if number else "",
        admin_consent=found["admin_consent"].lower() == "true",
        issuer=found["iss"],
    )


def _single(parameters: QueryDict, name: str) -> str:
    values = parameters.getlist(name)
    if len(values) > 1 or any(len(value) > LIMITS[name] for value in values):
        raise BadAnswer("The answer from Microsoft is malformed. Start again.")
    return values[0] if values else ""


def park(answer: CallbackAnswer) -> str:
    """Return the handle under which an answer waits for two minutes, for one visit."""
    handle = secrets.token_urlsafe(32)
    cache.set(_place(handle), asdict(answer), PARKED_SECONDS)
    return handle


def collect(handle: str) -> CallbackAnswer:
    """Return the answer parked under a handle; raises BadAnswer the second time."""
    place = _place(handle[:64])
    found = cache.get(place)
    if found is None or not cache.delete(place):
        raise BadAnswer("This page was opened before, or too late. Start again.")
    return CallbackAnswer(**found)


def _place(handle: str) -> str:
    return f"callback.{re.sub(r'[^A-Za-z0-9_-]', '', handle)}"
