"""*Coverage*: whom no mapping matches, whom several do, as last counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs
from common.rights import Permission
from connections.models import TenantConnection
from imports import coverage, recounts
from imports.engine.types import Result
from imports.views.runs_view import SHOWN
from imports.views.whole import see_whole
from mappings import describe
from mappings.models import SiteMapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from imports.coverage import Coverage, Matched

LISTS = {
    "unmatched": ("Matched by nothing", coverage.unmatched),
    "several": ("Matched by several", coverage.several),
    "undecided": ("Cannot be judged", coverage.undecided),
}
"""The lists of people, by the word in the address."""
HINTS = {
    "unmatched": "No mapping selects them: nobody new among them comes in, and who has "
    "a record is treated as the policy for leavers says.",
    "several": "Two or more site mappings match them: the first in sequence decides.",
    "undecided": "A mapping that cannot be judged, because its group cannot be read or "
    "a property was not read yet, might match them.",
}
WORDS = {
    Result.WON: "decides",
    Result.MATCHED: "matches too",
    Result.UNKNOWN: "cannot be judged",
}
PATIENCE = 60
"""How often a page asks whether the count has ended, every two seconds."""


@require_safe
@needs(Permission.VIEW)
def show(request: AgentRequest) -> HttpResponse:
    """Show the numbers of one connection, and a page of the people asked for."""
    see_whole(request)
    connections = list(TenantConnection.objects.only("name", "rules_version")[:SHOWN])
    connection = _chosen(request, connections)
    context: dict[str, Any] = {"connections": connections, "connection": connection}
    if connection is not None:
        context |= _numbers(request, connection)
    return render(request, "imports/coverage.html", context)


@require_POST
@needs(Permission.VIEW, Permission.PREVIEW)
def count(request: AgentRequest, pk: int) -> HttpResponse:
    """Let a worker count anew whom the mappings match; it writes no record."""
    see_whole(request)
    connection = get_object_or_404(TenantConnection, pk=pk)
    recounts.start(connection)
    return redirect(f"{reverse('imports:coverage')}?connection={pk}")


def _chosen(
    request: AgentRequest, connections: list[TenantConnection]
) -> TenantConnection | None:
    """Return the connection asked for; without a word, the first."""
    wanted = request.GET.get("connection", "")
    if wanted.isdecimal():
        return get_object_or_404(TenantConnection, pk=int(wanted))
    return connections[0] if connections else None


def _numbers(request: AgentRequest, connection: TenantConnection) -> dict[str, Any]:
    counted = coverage.stored(connection)
    mappings = list(
        SiteMapping.objects.filter(connection=connection)
        .select_related("site__organisation", "organisation")
        .order_by("sequence")
    )
    targets = {one.pk: f"{one.sequence}: {describe.target(one)}" for one in mappings}
    asked = request.GET.get("asked", "")
    times = int(asked) + 1 if asked.isdecimal() else 1
    which = request.GET.get("show", "")
    context: dict[str, Any] = {
        "counted": counted,
        "is_under_way": recounts.is_under_way(connection),
        "asked": times if times <= PATIENCE else 0,
        "tiles": [] if counted is None else _tiles(counted, which),
        "mappings": [
            (one, targets[one.pk], _of(one, counted)) for one in mappings if counted
        ],
        "may_count": request.rights.may(Permission.PREVIEW),
        "may_configure": request.rights.may(Permission.CONFIGURE),
    }
    if counted is not None and which in LISTS:
        context |= _people(request, connection, which, targets)
    return context


def _tiles(counted: Coverage, which: str) -> list[dict[str, Any]]:
    return [
        {
            "value": value,
            "label": label,
            "number": getattr(counted, value),
            "is_current": value == which,
        }
        for value, (label, _) in LISTS.items()
    ]


def _of(mapping: SiteMapping, counted: Coverage) -> coverage.Numbers | None:
    """Return a mapping's numbers; None: it was not there when they were counted."""
    if not mapping.enabled:
        return None
    found = counted.mappings.get(mapping.pk)
    return coverage.Numbers() if found is None and counted.is_current else found


def _people(
    request: AgentRequest,
    connection: TenantConnection,
    which: str,
    targets: Mapping[int, str],
) -> dict[str, Any]:
    after = request.GET.get("after", "")
    label, listed = LISTS[which]
    size = coverage.PAGE
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    found = listed(connection, after=start, limit=size + 1)
    return {
        "show": which,
        "title": label,
        "hint": HINTS[which],
        "people": [(one, _matches(one, targets)) for one in found[:size]],
        "later": found[size - 1].person_id if len(found) > size else None,
        "is_first": not start,
    }


def _matches(person: Matched, targets: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return the mappings that answer for a person, each with its answer."""
    return [
        (targets.get(pk, "a mapping that is gone"), WORDS[result])
        for pk, result in person.answers.items()
    ]
