"""The tenants that people are imported from: list, new, details, removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import needs
from common import paging
from common.paging import Column
from common.rights import Permission
from connections.models import TenantConnection
from connections.tabs import tabs
from halo_entra.integration import addresses, saving
from halo_entra.integration.forms import NewTenantForm, SecretForm, TenantForm
from imports.models import Run
from mappings.catalogue import (
    AGENT_TARGETS,
    DEFAULT_AGENT_FIELDS,
    DEFAULT_USER_FIELDS,
    USER_TARGETS,
)
from mappings.models import FieldMapping
from mappings.words import Kind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

COLUMNS = (
    Column("name", "Tenant", order="name_key"),
    Column("tenant", "Tenant ID", order="tenant_id"),
    Column("state", "State"),
    Column("status", "Last run"),
    Column("finished", "Finished"),
)
DEFAULTS = (
    (Kind.USERS, "Users", DEFAULT_USER_FIELDS, USER_TARGETS),
    (Kind.AGENTS, "Agents", DEFAULT_AGENT_FIELDS, AGENT_TARGETS),
)
ALL = "all"


@require_safe
@needs(Permission.CONFIGURE)
def tenants(request: AgentRequest) -> HttpResponse:
    """List the tenants; stays clear with hundreds of them."""
    search = request.GET.get("q", "")
    last = Run.objects.filter(connection=OuterRef("pk")).exclude(finished_at=None)
    rows = TenantConnection.objects.annotate(
        last_status=Subquery(last.values("status")[:1]),
        last_finished=Subquery(last.values("finished_at")[:1]),
        last_run=Subquery(last.values("pk")[:1]),
    )
    if search:
        rows = rows.filter(name_key__contains=search.casefold().strip())
    context = {
        "listing": paging.listing(rows, COLUMNS, request.GET, sort="name"),
        "search": search,
    }
    return render(request, "integration/tenants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
def new(request: AgentRequest) -> HttpResponse:
    """Make a tenant; its default field mappings are shown before it is saved."""
    form = NewTenantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        connection = saving.save(
            form.details(),
            secret=form.cleaned_data["secret"],
            expires_on=form.cleaned_data["expires_on"],
        )
        _drop_defaults(connection, request.POST.get("drop", ""))
        messages.success(request, "Saved. Now authorise the connection.")
        return redirect("connections:details", connection.pk)
    return render(
        request,
        "integration/tenant_new.html",
        {"form": form, "defaults": _defaults()},
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
def details(request: AgentRequest, pk: int) -> HttpResponse:
    """Show and change a tenant's details; secrets have forms of their own."""
    connection = get_object_or_404(
        TenantConnection.objects.select_related("registration", "authorised_by"), pk=pk
    )
    form = TenantForm(request.POST or None, stored=connection)
    if request.method == "POST" and form.is_valid():
        saving.save(form.details(), connection)
        messages.success(request, "Saved.")
        return redirect("connections:details", pk)
    context = {
        "connection": connection,
        "tabs": tabs(connection, "connections:details"),
        "form": form,
        "secret_form": SecretForm(prefix="secret"),
        "credentials": connection.registration.credentials.all(),
        "also_used_by": list(saving.other_uses(connection)),
        "redirect_uris": addresses.redirect_uris(),
    }
    status = 400 if form.errors else 200
    return render(request, "integration/details.html", context, status=status)


def _defaults() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return per kind its default rows: source, target's label, what to drop it by."""
    return [
        (
            label,
            [
                (rule.source, targets[rule.target], f"{kind}:{rule.target}")
                for rule in rules
            ],
        )
        for kind, label, rules, targets in DEFAULTS
    ]


def _drop_defaults(connection: TenantConnection, drop: str) -> None:
    """Remove the one default that was named, or all of them (R078, AM-16)."""
    rows = FieldMapping.objects.filter(connection=connection)
    if drop == ALL:
        rows.delete()
    elif drop:
        kind, _, target = drop.partition(":")
        rows.filter(kind=kind, target=target).delete()
