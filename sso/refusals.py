"""Why a sign-in is refused, and what the refused person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from common.errors import AppError
from connections.callback import CallbackAnswer, Refusal
from connections.graph.errors import (
    GraphError,
    SignInReason,
    SignInRefused,
    Throttled,
    Unavailable,
    Untrusted,
)
from connections.id_tokens import Flaw, TokenInvalid
from sso.words import Reason

if TYPE_CHECKING:
    from connections.id_tokens import Identity

WORDS: Final = {
    Reason.NOT_PUBLISHED: "This way to sign in is switched off. Choose another one, or "
    "ask an administrator.",
    Reason.AUDIENCE: "This way to sign in does not lead to this part of the service "
    "desk. Go back and choose another one.",
    Reason.UNKNOWN_STATE: "This sign-in was not begun in this browser in the last ten "
    "minutes, or it was used already. Start again. If it keeps happening, allow "
    "cookies for this site and use one tab only.",
    Reason.TENANT_NOT_ALLOWED: "Your organisation's tenant may not sign in here. Sign "
    "in with another account, or ask an administrator to add the tenant.",
    Reason.TOKEN_INVALID: "Microsoft's answer does not hold, so nobody was signed in. "
    "Start again. If it keeps happening, an administrator should check this server's "
    "clock and the application.",
    Reason.NOT_IMPORTED: "You proved who you are, but there is no record of you here "
    "for this page: you have not been imported yet. Ask an administrator to import "
    "you.",
    Reason.INACTIVE: "You have been deactivated here. Ask an administrator to change "
    "that.",
    Reason.GUEST: "You are a guest in this tenant, and guests may not sign in here. "
    "Sign in with an account of the tenant itself, or ask an administrator.",
    Reason.RATE_LIMITED: "Too much was tried from your address in a short time. Wait a "
    "minute, then try again.",
    Reason.CANCELLED: "The sign-in was cancelled at Microsoft. Start again when you "
    "like.",
    Reason.CONSENT_REQUIRED: "Microsoft asks that an administrator of your tenant "
    "consents to this application first. Ask them to grant admin consent.",
    Reason.PROVIDER_ERROR: "Microsoft refused the sign-in. Try again. If it keeps "
    "happening, an administrator should check the application, its secret and its "
    "redirect URIs.",
    Reason.PROVIDER_UNREACHABLE: "Microsoft cannot be reached at the moment. Nothing "
    "is wrong with your account. Try again in a few minutes.",
}

OF_ANSWER: Final = {
    Refusal.CANCELLED: Reason.CANCELLED,
    Refusal.CONSENT_REQUIRED: Reason.CONSENT_REQUIRED,
    Refusal.PROVIDER_UNREACHABLE: Reason.PROVIDER_UNREACHABLE,
    Refusal.PROVIDER_ERROR: Reason.PROVIDER_ERROR,
}


class SignInDenied(AppError):
    """Nobody was signed in, and nothing changed."""

    def __init__(
        self, reason: Reason, *, code: str = "", identity: Identity | None = None
    ) -> None:
        """Keep the reason, Microsoft's number if there is one, and who it was."""
        super().__init__(WORDS[reason])
        self.reason = reason
        self.code = code
        self.identity = identity


def check(answer: CallbackAnswer) -> None:
    """Raise SignInDenied for an error, whatever else the answer holds."""
    if answer.refusal is not None:
        raise SignInDenied(OF_ANSWER[answer.refusal], code=answer.number)
    if not answer.code:
        raise SignInDenied(Reason.PROVIDER_ERROR)


def invalid(error: TokenInvalid) -> SignInDenied:
    """Return the refusal of an ID token that does not hold."""
    if error.flaw is Flaw.TENANT:
        return SignInDenied(Reason.TENANT_NOT_ALLOWED)
    return SignInDenied(Reason.TOKEN_INVALID, code=error.flaw.value)


def provider(error: AppError) -> SignInDenied:
    """Return the refusal for trouble between us and the sign-in host.

    No answer, 429 and 5xx pass by themselves; an answer that cannot be used, or a
    refusal, has to be looked at.
    """
    code = error.code if isinstance(error, GraphError) else ""
    if isinstance(error, SignInRefused) and error.reason is SignInReason.NO_CONSENT:
        return SignInDenied(Reason.CONSENT_REQUIRED, code=code)
    if isinstance(error, Throttled | Untrusted):
        return SignInDenied(Reason.PROVIDER_UNREACHABLE, code=code)
    if isinstance(error, Unavailable) and not 200 <= error.status < 500:
        return SignInDenied(Reason.PROVIDER_UNREACHABLE, code=code)
    return SignInDenied(Reason.PROVIDER_ERROR, code=code)
