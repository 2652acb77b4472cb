"""The tab Agent/User Mappings: the list, its order, and removal (R088-R109)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.doors import needs
from common.pages import page_or_fragment
from common.rights import Permission
from mappings import describe, labels, ordering, removal
from mappings.models import SiteMapping
from mappings.rights import ADMINISTRATORS_ONLY, visible_mappings
from mappings.saving import Moved, changing
from mappings.views.frame import away, done, frame, opened, seen

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from connections.models import TenantConnection

TAB = "mappings:mappings"
LIST = ("mappings/sites.html", "mappings/_sites.html")


def complete(connection: TenantConnection) -> QuerySet[SiteMapping]:
    """Return the mappings in their order, with all that describes them."""
    return (
        connection.site_mappings.select_related("site__organisation", "organisation")
        .select_related("default_site__organisation", "user_role", "agent_role")
        .prefetch_related("criteria")
        .order_by("sequence")
    )


@require_safe
@needs(Permission.CONFIGURE)
@opened
def mappings(request: AgentRequest, connection: TenantConnection) -> HttpResponse:
    """List the site mappings in the order in which they are tried."""
    return page_or_fragment(request, *LIST, _listed(request, connection))


def _listed(request: AgentRequest, connection: TenantConnection) -> dict[str, Any]:
    every = connection.site_mappings.all()
    shown = set(visible_mappings(every, request.rights).values_list("pk", flat=True))
    return frame(connection, TAB) | {
        "rows": [
            {
                "described": describe.described(one),
                "is_visible": one.pk in shown,
                # As text: numbers cost a page of hundreds of rows dear.
                "key": str(one.pk),
                "number": str(one.sequence),
            }
            for one in complete(connection)
        ],
    }


@require_POST
@needs(Permission.CONFIGURE)
@opened
def order(request: AgentRequest, connection: TenantConnection) -> HttpResponse:
    """Bring the mappings into the order that was dragged or clicked."""
    wanted = [int(one) for one in request.POST.getlist("order") if one.isdecimal()]
    for name, step in (("up", ordering.UP), ("down", ordering.DOWN)):
        if (key := request.POST.get(name, "")).isdecimal():
            wanted = ordering.stepped(wanted, int(key), step)
    try:
        with changing(connection, seen(request)) as change:
            is_done = ordering.arrange(connection, wanted, change)
    except Moved:
        is_done = False
    if not is_done:
        messages.error(
            request,
            "The mappings were changed meanwhile. Nothing was moved: this is how they "
            "stand now.",
        )
        return away(request, TAB, connection)
    connection.refresh_from_db(fields=["rules_version"])
    if request.htmx:
        return render(request, LIST[1], _listed(request, connection))
    return done(request, "The order is saved.", TAB, connection)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@opened
def remove_mapping(
    request: AgentRequest, connection: TenantConnection, mapping: int
) -> HttpResponse:
    """Ask what becomes of what the mapping gave; on POST remove it (AM-14)."""
    rows = visible_mappings(complete(connection), request.rights)
    row = get_object_or_404(rows, pk=mapping)
    is_allowed = request.rights.may(Permission.ADMINISTER) or not (
        row.is_agent or row.group_id or row.group_name
    )
    if request.method == "POST" and is_allowed:
        return _remove(request, connection, row)
    context = frame(connection, TAB) | {
        "what": f"mapping {row.sequence}: {describe.target(row)}",
        "row": row,
        "count": removal.count(row),
        "gives": "agent role" if row.is_agent else "site",
        "back": TAB,
        "refusal": "" if is_allowed else ADMINISTRATORS_ONLY,
    }
    status = 403 if request.method == "POST" else 200
    return render(request, "mappings/remove.html", context, status=status)


def _remove(
    request: AgentRequest, connection: TenantConnection, row: SiteMapping
) -> HttpResponse:
    text = f"Mapping {row.sequence} ({describe.target(row)}) is removed."
    try:
        with changing(connection, seen(request)) as change:
            if request.POST.get("given") == "keep":
                removal.keep(row)
            change.delete(row)
    except Moved as moved:
        messages.error(request, str(moved))
        return redirect("mappings:mapping-remove", connection.pk, row.pk)
    return done(request, text, TAB, connection)


@require_safe
@needs(Permission.CONFIGURE)
@opened
def types(request: AgentRequest, connection: TenantConnection) -> HttpResponse:
    """Ask for the type of a new mapping: it cannot be changed later (R092)."""
    context = frame(connection, TAB) | {
        "types": [(one.value, words) for one, words in labels.TYPES.items()]
    }
    return page_or_fragment(
        request, "mappings/types.html", "mappings/_types.html", context
    )
