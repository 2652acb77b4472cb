"""What the views of these tabs share: the connection, the tab, the way to answer."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRedirect

from connections.models import TenantConnection
from connections.tabs import LOCKED, is_open, tabs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.forms import BaseForm
    from django.http import HttpResponse, HttpResponseBase

    from accounts.doors import AgentRequest

P = ParamSpec("P")


def opened(
    view: Callable[Concatenate[AgentRequest, TenantConnection, P], HttpResponseBase],
) -> Callable[Concatenate[AgentRequest, int, P], HttpResponseBase]:
    """Give the view its connection; one that nobody authorised leads to Details."""

    def find(
        request: AgentRequest, pk: int, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        connection = get_object_or_404(TenantConnection, pk=pk)
        if not is_open(connection):
            messages.warning(request, LOCKED)
            return redirect("connections:details", pk)
        return view(request, connection, *args, **kwargs)

    return update_wrapper(find, view)  # type: ignore[return-value]  # pk, not a row


def frame(connection: TenantConnection, current: str) -> dict[str, Any]:
    """Return what the layout of a tab needs."""
    return {"connection": connection, "tabs": tabs(connection, current)}


def done(
    request: AgentRequest, text: str, name: str, connection: TenantConnection
) -> HttpResponse:
    """Say what was done and show the tab again."""
    messages.success(request, text)
    return away(request, name, connection)


def away(
    request: AgentRequest, name: str, connection: TenantConnection
) -> HttpResponse:
    """Lead to a tab, from a page as from a dialog."""
    answer = redirect(name, connection.pk)
    return HttpResponseClientRedirect(answer.url) if request.htmx else answer


def shown(
    request: AgentRequest,
    template: tuple[str, str],
    context: Mapping[str, Any],
    form: BaseForm,
) -> HttpResponse:
    """Show a form as a page, or for htmx (the second template) as a fragment.

    htmx leaves an answer of 400 unseen, so a fragment with errors is a 200.
    """
    page, fragment = template
    if request.htmx and not request.htmx.boosted:
        return render(request, fragment, dict(context))
    status = 400 if form.errors else 200
    return render(request, page, dict(context), status=status)


def seen(request: AgentRequest) -> int | None:
    """Return the version of the rules that the page of a button was made of."""
    text = request.POST.get("rules_version", "")
    return int(text) if text.isdecimal() else None
