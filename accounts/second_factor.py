"""Pages that ask for a second factor, whatever the account would do without one."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from accounts.recent import ask_at
from accounts.sessions import ENTRA, SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no stubs
    """Asks for the second factor of an account, but not after Entra has (design §5)."""

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        """Let a sign-in pass whose connection says that its tenant enforces MFA."""
        entra = (self.login.signal_kwargs or {}).get("entra") or {}
        if entra.get("factor") == ENTRA:
            return None, True
        found: tuple[HttpResponseBase | None, bool] = super().handle()
        return found


def needs_second_factor(
    page: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """Let only sessions through in which a second factor was given; below `needs`.

    Who has one is asked for it; who has none is led to set one up.
    """

    def view(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if has_second_factor(request):
            return page(request, *args, **kwargs)
        for way in get_adapter(request).get_reauthentication_methods(request.user):
            if way["id"].startswith("mfa"):
                return ask_at(way["url"], request)
        messages.warning(request, "This page needs a second factor. Set one up first.")
        return redirect("mfa_index")

    return cast(
        "Callable[Concatenate[R, P], HttpResponseBase]", update_wrapper(view, page)
    )


def has_second_factor(request: HttpRequest) -> bool:
    """Return whether the session's account gave a second factor, here or at Entra."""
    if request.session.get(SIGN_IN, {}).get("factor") == ENTRA:
        return True
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)
