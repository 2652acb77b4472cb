"""A module that is off has no screens (R004): one place for all that lie below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect

from connections.models import Module

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

ENTRA = "microsoft-entra-id"
SCREENS = f"/configuration/integrations/{ENTRA}/"


class ModuleMiddleware:
    """Lead from the screens of a module that is off to where it is enabled."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead away; strangers go to the sign-in page as from anywhere."""
        is_below = request.path.startswith(SCREENS) and request.path != (
            f"{SCREENS}enable"
        )
        if is_below and request.user.is_authenticated and not self._is_on():
            messages.warning(
                request, "Microsoft Entra ID is off. Enable it to open its screens."
            )
            return redirect("connections:integrations")
        return self.get_response(request)

    @staticmethod
    def _is_on() -> bool:
        return Module.objects.filter(slug=ENTRA, enabled=True).exists()
