"""Times on pages are told in the reader's zone, kept by the browser in a cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

COOKIE = "zone"


class ZoneMiddleware:
    """Activate the zone that the cookie names; without one, or a bad one: UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's zone."""
        try:
            zone = ZoneInfo(request.COOKIES.get(COOKIE, "UTC"))
        except (ValueError, OSError, LookupError):
            zone = ZoneInfo("UTC")
        with timezone.override(zone):
            return self.get_response(request)
