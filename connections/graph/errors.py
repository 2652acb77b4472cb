"""What can go wrong between us and a tenant, named by what to do about it.

    AppError
    └─ GraphError(status, code, request_id)
       ├─ NeedsAuthorisation   stop; the administrator authorises again
       │  └─ SignInRefused     stop; `reason` says which credential or id is wrong
       ├─ LacksPermission      stop; `permission` is what to grant
       ├─ Throttled(after)     wait as told, then repeat
       ├─ Unavailable(after)   repeat with back-off, then stop
       ├─ CursorExpired        start the walk again from its beginning
       ├─ MalformedAnswer      stop; nothing of this answer may be used
       └─ Rejected             stop; this request is wrong
          ├─ NoSuchObject      the object asked for is not there
          └─ Untrusted         the host's certificate does not hold

`answer_error` is the one place where a Graph answer becomes one of these; answers of
the sign-in host are told apart in `sign_in`, transport faults in `connections.http`.
Texts are for administrators and never hold what the other side wrote, but for codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from common.errors import AppError

TRANSIENT = frozenset({408, 500, 502, 503, 504})
CURSOR_CODES = ("sync", "pagetoken", "skiptoken", "deltatoken")
ODD = re.compile(r"[^A-Za-z0-9_.:-]")


class GraphError(AppError):
    """Trouble with the tenant; carries what support needs to find the request."""

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", request_id: str = ""
    ) -> None:
        """Keep the HTTP status (0: no answer), Graph's code and the request id."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id


class NeedsAuthorisation(GraphError):
    """The token is not accepted, or none can be had."""


class SignInReason(StrEnum):
    """Why the sign-in host gives no token."""

    WRONG_SECRET = "wrong_secret"
    SECRET_EXPIRED = "secret_expired"
    NO_CREDENTIAL = "no_credential"
    WRONG_CERTIFICATE = "wrong_certificate"
    UNKNOWN_TENANT = "unknown_tenant"
    UNKNOWN_APPLICATION = "unknown_application"
    APPLICATION_DISABLED = "application_disabled"
    NO_CONSENT = "no_consent"
    WRONG_CLOUD = "wrong_cloud"
    AUTHORISE_AGAIN = "authorise_again"
    BLOCKED = "blocked"
    OTHER = "other"


class SignInRefused(NeedsAuthorisation):
    """The sign-in host refused a token; `reason` says what to mend."""

    def __init__(self, message: str, *, reason: SignInReason, code: str = "") -> None:
        """Keep the reason and the code ("AADSTS7000215" or the OAuth error)."""
        super().__init__(message, status=401, code=code)
        self.reason = reason


class LacksPermission(GraphError):
    """403: `permission` names what the call needs, empty where it is not known."""

    def __init__(
        self,
        message: str,
        *,
        permission: str = "",
        status: int = 403,
        code: str = "",
        request_id: str = "",
    ) -> None:
        """Keep the permission beside what every GraphError carries."""
        super().__init__(message, status=status, code=code, request_id=request_id)
        self.permission = permission


class Waitable(GraphError):
    """May pass: `after` is how many seconds the other side asked us to wait."""

    def __init__(
        self,
        message: str,
        *,
        after: float | None = None,
        status: int = 0,
        code: str = "",
        request_id: str = "",
    ) -> None:
        """Keep the wait that was asked for; None: the answer named none."""
        super().__init__(message, status=status, code=code, request_id=request_id)
        self.after = after


class Throttled(Waitable):
    """429: wait as told, then repeat the same request."""


class Unavailable(Waitable):
    """No answer, half an answer, or 5xx: repeat with back-off."""


class CursorExpired(GraphError):
    """The page or delta link is too old: start the walk again."""


class MalformedAnswer(GraphError):
    """The answer is not what Graph promises; nothing of it may be used."""


class Rejected(GraphError):
    """This request is wrong; repeating it changes nothing."""


class NoSuchObject(Rejected):
    """404: there is no such object, or it was deleted."""


class Untrusted(Rejected):
    """The host's certificate is not signed by an authority we trust."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The parts of a Graph answer of 400 and above that decide what to do."""

    status: int
    code: str = ""
    request_id: str = ""
    after: float | None = None
    permission: str = ""
    is_link: bool = False
    """Whether a nextLink or deltaLink was followed, so that a cursor may be old."""


def tidy_code(text: str) -> str:
    """Return a code from outside as it may be shown: at most 80 plain characters."""
    return ODD.sub("", text)[:80]


def trace(code: str, request_id: str) -> str:
    """Return the bracket that ends a message: code and request id, if known."""
    parts = [part for part in (code, request_id and f"request {request_id}") if part]
    return f" ({', '.join(parts)})" if parts else ""


def answer_error(refusal: Refusal) -> GraphError:
    """Return the error for a Graph answer of 400 and above."""
    status, code, request_id = refusal.status, refusal.code, refusal.request_id
    end = trace(code, request_id)
    if status == 403:
        return LacksPermission(
            f"403 Forbidden: {_missing(refusal.permission)}{end}.",
            permission=refusal.permission,
            code=code,
            request_id=request_id,
        )
    if status == 429 or status in TRANSIENT:
        kind, text = _passing(status)
        return kind(
            f"{text}{end}.",
            after=refusal.after,
            status=status,
            code=code,
            request_id=request_id,
        )
    lasting, text = _lasting(refusal)
    return lasting(f"{text}{end}.", status=status, code=code, request_id=request_id)


def _missing(permission: str) -> str:
    if not permission:
        return (
            "the application lacks a permission for this call. Grant it and admin "
            "consent in Entra, then authorise again"
        )
    return (
        f"the application lacks the permission {permission}. Add it to the app "
        "registration, grant admin consent in this tenant, then authorise again"
    )


def _passing(status: int) -> tuple[type[Waitable], str]:
    if status == 429:
        return Throttled, "429: Microsoft Graph asks us to slow down"
    return Unavailable, f"{status}: Microsoft Graph is not available at the moment"


def _lasting(refusal: Refusal) -> tuple[type[GraphError], str]:
    if refusal.status == 401:
        return (
            NeedsAuthorisation,
            "401 Unauthorized: Microsoft Graph does not accept our token. "
            "Please authorise again",
        )
    if _is_old_cursor(refusal):
        return CursorExpired, "The place where the last read stopped is no longer known"
    if refusal.status == 404:
        return NoSuchObject, "404: the object does not exist in the tenant"
    return Rejected, f"{refusal.status}: Microsoft Graph refused the request"


def _is_old_cursor(refusal: Refusal) -> bool:
    if refusal.status == 410:
        return True
    named = any(part in refusal.code.lower() for part in CURSOR_CODES)
    return named and refusal.is_link and refusal.status in {400, 404}
