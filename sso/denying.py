"""The page of a refused sign-in: why, what helps, and a row in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from accounts.words import Audience
from sso import events
from sso.events import Attempt

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from sso.pending import Begun
    from sso.refusals import SignInDenied


def page(
    request: HttpRequest, denied: SignInDenied, attempt: Attempt | None = None
) -> HttpResponse:
    """Answer 403 with the reason, and write it down."""
    attempt = attempt or Attempt()
    events.refused(request, attempt, denied)
    context = {
        "reason": denied.reason.value,
        "words": str(denied),
        "code": denied.code,
        "identity": denied.identity,
        "is_portal": attempt.door == Audience.USER,
    }
    return render(request, "account/refused.html", context, status=403)


def attempt_of(begun: Begun | None) -> Attempt:
    """Return what was tried, as far as it is known."""
    return Attempt(begun.connection_id, begun.door.value) if begun else Attempt()
