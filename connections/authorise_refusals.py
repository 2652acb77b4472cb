"""Why an authorisation is refused, in words that say what to do. Free of Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from common.errors import AppError
from connections.callback import CallbackAnswer, Refusal
from connections.graph.errors import (
    GraphError,
    SignInReason,
    SignInRefused,
    Untrusted,
    Waitable,
)
from connections.id_tokens import Flaw, Identity, TokenInvalid
from connections.probe import Permission


class Reason(StrEnum):
    """Why an authorisation is refused."""

    NO_SESSION = "no_session"
    UNKNOWN_STATE = "unknown_state"
    OTHER_ACCOUNT = "other_account"
    CHANGED = "changed"
    BAD_ANSWER = "bad_answer"
    CANCELLED = "cancelled"
    CONSENT_REQUIRED = "consent_required"
    PROVIDER_ERROR = "provider_error"
    PROVIDER_UNREACHABLE = "provider_unreachable"
    TOKEN_INVALID = "token_invalid"
    TENANT = "tenant"
    GUEST = "guest"
    PERMISSIONS = "permissions"


class AuthorisationRefused(AppError):
    """Nothing was stored; the text says why and what to do."""

    def __init__(
        self, reason: Reason, words: str, *, connection_id: int | None = None
    ) -> None:
        """Keep the reason, and the connection if the request was one of ours."""
        super().__init__(words)
        self.reason = reason
        self.connection_id = connection_id


DECLINED: Mapping[Refusal, tuple[Reason, str]] = {
    Refusal.CANCELLED: (
        Reason.CANCELLED,
        "The request was declined at Microsoft. Press Authorize again and accept the "
        "permissions",
    ),
    Refusal.CONSENT_REQUIRED: (
        Reason.CONSENT_REQUIRED,
        "Nobody has consented to the application's permissions. Let an administrator "
        "of the tenant grant admin consent, then authorise again",
    ),
    Refusal.PROVIDER_UNREACHABLE: (
        Reason.PROVIDER_UNREACHABLE,
        "Microsoft's sign-in is not available at the moment. Try again later",
    ),
    Refusal.PROVIDER_ERROR: (
        Reason.PROVIDER_ERROR,
        "Microsoft refused the request. Compare the redirect URI and the permissions "
        "of the app registration with the set-up guide",
    ),
}


def unknown_state() -> AuthorisationRefused:
    """Return the refusal of an answer that nobody here waits for."""
    return AuthorisationRefused(
        Reason.UNKNOWN_STATE,
        "This answer belongs to no authorisation that was begun in this session in "
        "the last ten minutes, or it was used already. Press Authorize again.",
    )


def other_account() -> AuthorisationRefused:
    """Return the refusal of somebody who did not begin it."""
    return AuthorisationRefused(
        Reason.OTHER_ACCOUNT,
        "Somebody else began this authorisation. Press Authorize yourself.",
    )


def changed() -> AuthorisationRefused:
    """Return the refusal for a connection that is no longer what it was."""
    return AuthorisationRefused(
        Reason.CHANGED,
        "The connection was changed meanwhile. Press Authorize again.",
    )


def guest(identity: Identity) -> AuthorisationRefused:
    """Return the refusal of somebody whose account lives in another tenant."""
    return AuthorisationRefused(
        Reason.GUEST,
        f"{identity.username} is a guest in this tenant. A guest cannot authorise: "
        "sign in with an account of the tenant itself.",
    )


def invalid(error: TokenInvalid) -> AuthorisationRefused:
    """Return the refusal of an ID token that does not hold."""
    reason = Reason.TENANT if error.flaw is Flaw.TENANT else Reason.TOKEN_INVALID
    return AuthorisationRefused(reason, str(error))


def provider(error: GraphError) -> AuthorisationRefused:
    """Return the refusal for trouble with Microsoft, in the error's own words."""
    reason = Reason.PROVIDER_ERROR
    if isinstance(error, Waitable | Untrusted):
        reason = Reason.PROVIDER_UNREACHABLE
    elif isinstance(error, SignInRefused) and error.reason is SignInReason.NO_CONSENT:
        reason = Reason.CONSENT_REQUIRED
    return AuthorisationRefused(reason, str(error))


def check_answer(answer: CallbackAnswer, *, needs_code: bool) -> None:
    """Raise AuthorisationRefused for an error, whatever else the answer holds."""
    if answer.refusal is not None:
        reason, words = DECLINED[answer.refusal]
        number = f" ({answer.number})" if answer.number else ""
        raise AuthorisationRefused(reason, f"{words}{number}.")
    if needs_code and not answer.code:
        raise AuthorisationRefused(
            Reason.BAD_ANSWER,
            "Microsoft's answer holds no code. Press Authorize again.",
        )


def check_granted(found: Sequence[Permission]) -> None:
    """Raise AuthorisationRefused, naming what each lacking permission is for."""
    lacking = [one for one in found if one.granted is False]
    if lacking:
        named = "; ".join(f"{one.name} ({one.needed_for})" for one in lacking)
        raise AuthorisationRefused(
            Reason.PERMISSIONS,
            f"The tenant has not granted what this connection needs: {named}. Add it "
            "to the app registration, grant admin consent, wait a minute and "
            "authorise again.",
        )
