"""Pages that say no: a refused sign-in, too many attempts, a form without its token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WORDS: Final = {
    "inactive": "You have been deactivated here. Ask an administrator to change that.",
    "not_imported": "There is no record of you for this page. Ask an administrator.",
}
"""What the refused person reads, by the reason that the page carries."""
WAIT: Final = 60
"""Seconds after which the shortest of the rate limits lets go."""


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """Answer 403 to somebody who proved who they are and still may not come in."""
    context = {"reason": reason, "words": WORDS[reason]}
    return render(request, "account/refused.html", context, status=403)


def too_many(request: HttpRequest, wait: int = WAIT) -> HttpResponse:
    """Answer 429, and say after how many seconds to try again."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(wait)
    return response


def without_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose token is missing or old."""
    return render(request, "403_csrf.html", status=403)
