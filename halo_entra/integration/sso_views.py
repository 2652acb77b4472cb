"""SSO connections: new, edit, test, delete. Signing in by them is `sso.views`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from accounts.recent import needs_recent_sign_in
from accounts.words import Audience
from common.rights import Permission
from halo_entra.integration import addresses, sso_saving
from halo_entra.integration.sso_forms import AllowedTenants, SsoForm, allowed
from sso import flow, published
from sso.flow import Wish
from sso.models import SsoConnection
from sso.pending import Purpose
from sso.refusals import SignInDenied

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def new(request: AgentRequest) -> HttpResponse:
    """Make an SSO connection; it is off until it is published."""
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Show and change an SSO connection."""
    rows = SsoConnection.objects.select_related("registration", "create_site")
    return _page(request, get_object_or_404(rows, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def delete(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask, then delete an SSO connection, if it is not published."""
    connection = get_object_or_404(SsoConnection, pk=pk)
    if request.method == "POST" and not connection.published:
        connection.delete()
        messages.success(request, f"{connection.name} is deleted.")
        return redirect("connections:module")
    return render(request, "integration/sso_delete.html", {"connection": connection})


@require_POST
@needs(Permission.CONFIGURE)
def test(request: AgentRequest, pk: int) -> HttpResponse:
    """Try a connection, published or not: who signs in, and what would come of it."""
    connection = get_object_or_404(published.rows(), pk=pk)
    wish = Wish(Audience.AGENT, purpose=Purpose.TEST, account_id=request.user.pk)
    try:
        now = timezone.now()
        address = flow.begin(connection, wish, session=request.session, now=now)
    except SignInDenied as denied:
        code = f" ({denied.code})" if denied.code else ""
        messages.error(request, f"{denied}{code}")
        return redirect("connections:sso", pk)
    return redirect(address)


def _page(request: AgentRequest, stored: SsoConnection | None) -> HttpResponse:
    form = SsoForm(request.POST or None, stored=stored)
    tenants = AllowedTenants(
        request.POST or None, initial=_tenants(stored), prefix="tenants"
    )
    if request.method == "POST" and tenants.is_valid():
        form.tenants = allowed(tenants)
        if form.is_valid():
            row = sso_saving.save(
                form.details(),
                stored,
                secret=form.cleaned_data["secret"],
                expires_on=form.cleaned_data["expires_on"],
            )
            messages.success(request, "Saved.")
            return redirect("connections:sso", row.pk)
    registration = stored.registration if stored else None
    context = {
        "connection": stored,
        "form": form,
        "tenants": tenants,
        "credentials": registration.credentials.all() if registration else (),
        "redirect_uris": addresses.redirect_uris(),
    }
    is_wrong = request.method == "POST"
    return render(
        request, "integration/sso.html", context, status=400 if is_wrong else 200
    )


def _tenants(stored: SsoConnection | None) -> list[Any]:
    if stored is None:
        return []
    return list(stored.allowed_tenants.values("tenant_id", "label"))
