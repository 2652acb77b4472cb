"""How many people each mapping matches now, and who they are (R109).

The numbers are loaded into the tab Agent/User Mappings; without script they are a page
of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs
from common.rights import Permission
from connections.models import TenantConnection
from connections.tabs import tabs
from imports import coverage, recounts
from imports.coverage import Numbers
from imports.engine.types import Result
from imports.models import MirrorGroup
from imports.words import GroupState
from mappings import describe
from mappings.models import SiteMapping
from mappings.rights import visible_mappings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from imports.coverage import Coverage, Matched

TAB = "mappings:mappings"
PATIENCE = 60
"""How often a page asks whether the count has ended, every two seconds."""


@require_safe
@needs(Permission.CONFIGURE)
def matches(request: AgentRequest, pk: int) -> HttpResponse:
    """Say how many people each mapping matches, as last counted."""
    connection = get_object_or_404(TenantConnection, pk=pk)
    return _shown(request, connection)


@require_POST
@needs(Permission.CONFIGURE)
def count(request: AgentRequest, pk: int) -> HttpResponse:
    """Let a worker count anew."""
    connection = get_object_or_404(TenantConnection, pk=pk)
    recounts.start(connection)
    if request.htmx:
        return _shown(request, connection)
    return redirect("imports:matches", pk)


def _shown(request: AgentRequest, connection: TenantConnection) -> HttpResponse:
    rows = visible_mappings(_complete(connection), request.rights)
    counted = coverage.stored(connection)
    groups = {
        group.group_id: group
        for group in MirrorGroup.objects.filter(connection=connection)
    }
    asked = request.GET.get("asked", "")
    times = int(asked) + 1 if asked.isdecimal() else 1
    is_under_way = recounts.is_under_way(connection)
    context = {
        "connection": connection,
        "tabs": tabs(connection, TAB),
        "rows": [
            {
                "mapping": row,
                "target": describe.target(row),
                "numbers": _numbers(row, counted),
                "note": _note(row, groups),
            }
            for row in rows
        ],
        "counted": counted,
        "is_under_way": is_under_way,
        "asked": times if times <= PATIENCE else 0,
        "is_due": counted is None or not counted.is_current,
        "is_first": not asked and request.method == "GET",
    }
    is_part = request.htmx and not request.htmx.boosted
    page = "imports/_matches.html" if is_part else "imports/matches.html"
    return render(request, page, context)


def _complete(connection: TenantConnection) -> QuerySet[SiteMapping]:
    return (
        connection.site_mappings.select_related("site__organisation", "organisation")
        .order_by("sequence")
        .all()
    )


def _numbers(row: SiteMapping, counted: Coverage | None) -> Numbers | None:
    """Return a mapping's numbers; None: it was not there when they were counted."""
    if counted is None or not row.enabled:
        return None
    found = counted.mappings.get(row.pk)
    return Numbers() if found is None and counted.is_current else found


def _note(row: SiteMapping, groups: Mapping[UUID, MirrorGroup]) -> dict[str, str]:
    """Return what the tenant last said of the mapping's group."""
    group = groups.get(row.group_id) if row.group_id else None
    if group is None or not row.enabled:
        return {}
    if group.state not in (GroupState.COMPLETE, GroupState.UNREAD):
        return {"error": group.error or "The group's members cannot be read."}
    if group.name and row.group_name and group.name != row.group_name:
        return {"name": group.name, "renamed_from": row.group_name}
    return {}


@require_safe
@needs(Permission.CONFIGURE)
def people(request: AgentRequest, pk: int, mapping: int) -> HttpResponse:
    """List whom one mapping matches, a page at a time."""
    connection = get_object_or_404(TenantConnection, pk=pk)
    visible = visible_mappings(_complete(connection), request.rights)
    row = get_object_or_404(visible, pk=mapping)
    after = request.GET.get("after", "")
    found = coverage.matched_by(
        row, after=int(after) if after.isdecimal() else 0, limit=coverage.PAGE + 1
    )
    shown = found[: coverage.PAGE]
    targets = {one.pk: describe.target(one) for one in visible}
    counted = coverage.stored(connection)
    context = {
        "connection": connection,
        "tabs": tabs(connection, TAB),
        "mapping": row,
        "target": describe.target(row),
        "numbers": _numbers(row, counted),
        "counted": counted,
        "people": [_person(one, row.pk, targets) for one in shown],
        "later": shown[-1].person_id if len(found) > len(shown) else None,
        "is_first": not after,
    }
    return render(request, "imports/mapping_people.html", context)


def _person(
    matched: Matched, mapping: int, targets: Mapping[int, str]
) -> dict[str, Any]:
    others = [
        targets.get(pk, "a mapping that you may not see")
        for pk, result in matched.answers.items()
        if pk != mapping and result in coverage.MATCHES
    ]
    return {
        "who": matched,
        "is_won": matched.answers.get(mapping) is Result.WON,
        "others": others,
    }
