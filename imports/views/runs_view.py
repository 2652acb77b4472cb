"""The history of all runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_safe

from accounts.doors import needs
from common import paging
from common.pages import page_or_fragment
from common.paging import Column
from common.rights import Permission
from connections.models import TenantConnection
from imports.models import Run
from imports.words import RunKind, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

COLUMNS = (
    Column("run", "Run", order="id", is_number=True),
    Column("connection", "Connection"),
    Column("kind", "Kind"),
    Column("status", "Status"),
    Column("did", "What it did"),
    Column("started", "Started"),
    Column("duration", "Took"),
)
SHOWN = 300
"""How many connections the filter offers."""


@require_safe
@needs(Permission.VIEW)
def runs(request: AgentRequest) -> HttpResponse:
    """List the runs, newest first."""
    rows = _asked(Run.objects.select_related("connection"), request)
    rows = rows.defer("rules", "traceback", "breakdown", "place")
    context = {
        "listing": paging.listing(rows, COLUMNS, request.GET, sort="-run"),
        "connections": TenantConnection.objects.only("name")[:SHOWN],
        "kinds": list(RunKind),
        "statuses": [(one, one.replace("_", " ").capitalize()) for one in Status],
        "asked": request.GET,
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
    }
    return page_or_fragment(request, "imports/runs.html", "imports/_runs.html", context)


FILTERS = {
    "connection": "connection",
    "kind": "kind",
    "status": "status",
}
"""What may be filtered by, and the column."""


def _asked(rows: QuerySet[Run], request: AgentRequest) -> QuerySet[Run]:
    """Return the runs that the query asks for; nonsense asks for nothing."""
    words: dict[str, set[str]] = {"kind": set(RunKind), "status": set(Status)}
    for name, column in FILTERS.items():
        value = request.GET.get(name, "")
        is_known = value.isdecimal() if name == "connection" else value in words[name]
        if is_known:
            rows = rows.filter(**{column: value})
    return rows
