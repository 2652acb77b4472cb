"""One licence: its seats, how it stands, who is linked to it, and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs
from common import keys, paging
from common.pages import page_or_fragment
from common.paging import Column
from common.rights import Permission
from directory.models import EndUser, Licence, SoftwareAssignment
from directory.rights import visible

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from accounts.doors import AgentRequest

COLUMNS = (
    Column("name", "User", order="user__name_key"),
    Column("site", "Site"),
    Column("how", "Given"),
    Column("state", "State"),
)


@require_safe
@needs(Permission.VIEW)
def licence(request: AgentRequest, pk: int) -> HttpResponseBase:
    """Show a licence and the people linked to it, by the page."""
    rows = Licence.objects.select_related("organisation", "software", "source")
    record = get_object_or_404(visible(rows, request.rights), pk=pk)
    people = visible(EndUser.objects.all(), request.rights)
    held = SoftwareAssignment.objects.filter(licence=record, user__in=people)
    context = {
        "record": record,
        "listing": paging.listing(
            held.select_related("user__site__organisation", "assigned_by"),
            COLUMNS,
            request.GET,
            sort="name",
        ),
        "linked": held.aggregate(
            all=Count("pk"),
            inherited=Count("pk", filter=Q(is_direct=False)),
            inactive=Count("pk", filter=Q(user__is_active=False)),
        ),
        "may_change": request.rights.may(Permission.LICENCES),
    }
    return page_or_fragment(
        request, "directory/licence.html", "directory/_licence_people.html", context
    )


@require_POST
@needs(Permission.VIEW, Permission.LICENCES)
def rename(request: AgentRequest, pk: int) -> HttpResponse:
    """Call a licence otherwise; without a name it is called as imports call it."""
    record = get_object_or_404(visible(Licence.objects.all(), request.rights), pk=pk)
    given = keys.cut(keys.tidy(request.POST.get("name", "")))
    name = given or record.imported_name
    if not name:
        messages.error(request, "Give a name.")
        return redirect("directory:licence", pk)
    Licence.objects.filter(pk=pk).update(name=name)
    messages.success(request, f"The licence is called {name}.")
    return redirect("directory:licence", pk)
