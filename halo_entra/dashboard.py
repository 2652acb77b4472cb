"""The page at `/`: how the connections stand, who is here, and what needs attention."""

from __future__ import annotations

import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common.charts import Bar, stacked
from common.rights import Permission
from connections.models import TenantConnection
from directory.models import Agent, EndUser
from directory.rights import visible
from imports import health
from imports.models import Run
from imports.views import health_view
from imports.words import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from common.rights import Rights

DAYS = 14
SHOWN = 10
FRESH = 60
"""Seconds for which counts over the whole directory are kept."""
TROUBLE = (Status.FAILED, Status.CRASHED, Status.PARTLY_FAILED)
GOOD = (Status.SUCCEEDED, Status.NOTHING_CHANGED)


@require_safe
@needs(Permission.VIEW)
def dashboard(request: AgentRequest) -> HttpResponse:
    """Show health, people, the last runs and what somebody should look at."""
    now = timezone.now()
    context = {
        "attention": list(_attention(request.rights, now)),
        "connections": _connections(),
        "connection_count": TenantConnection.objects.count(),
        "people": _people(request.rights),
        "chart": stacked(_days(now), height=120),
        "runs": Run.objects.select_related("connection")[:SHOWN],
    }
    return render(request, "halo_entra/dashboard.html", context)


def _connections() -> Any:
    """Return the connections with their last end; those in trouble first."""
    last = Run.objects.filter(connection=OuterRef("pk")).exclude(finished_at=None)
    rows = TenantConnection.objects.select_related("schedule").annotate(
        last_run=Subquery(last.values("pk")[:1]),
        last_status=Subquery(last.values("status")[:1]),
        last_finished=Subquery(last.values("finished_at")[:1]),
    )
    return rows.order_by("name_key")[:SHOWN]


def _attention(rights: Rights, now: datetime.datetime) -> Iterator[dict[str, Any]]:
    """Yield what somebody should look at, the gravest first."""
    for one in health_view.as_shown(health.shown(now)[:SHOWN], rights):
        text = f"{one.who}: {one.brief}"
        yield {
            "tone": one.tone,
            "text": text,
            "url": one.url or reverse("imports:health"),
        }
    unauthorised = TenantConnection.objects.filter(
        authorised_at=None, first_fetched_at=None
    )
    for connection in unauthorised[:SHOWN]:
        yield {
            "tone": "bad",
            "text": f"{connection} is not authorised yet.",
            "url": reverse("connections:details", args=[connection.pk]),
        }
    for connection in TenantConnection.objects.exclude(paused_at=None)[:SHOWN]:
        yield {
            "tone": "warn",
            "text": f"{connection} is paused. {connection.paused_reason}".strip(),
            "url": reverse("imports:imports", args=[connection.pk]),
        }


def _people(rights: Rights) -> dict[str, Any]:
    """Return counts of the people whom the agent may see, at most a minute old."""
    seen = rights.organisations
    scope = "all" if seen is None else "-".join(str(one) for one in sorted(seen))
    key = f"dashboard:{sha256(scope.encode()).hexdigest()}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = _counted(rights)
        cache.set(key, found, FRESH)
    return found


def _counted(rights: Rights) -> dict[str, Any]:
    users = visible(EndUser.objects.all(), rights)
    by_state = users.values("entra_state", "is_active").annotate(count=Count("pk"))
    by_site = users.values("site__name", "site__organisation__name")
    sites = by_site.annotate(count=Count("pk")).order_by("-count")[:8]
    return {
        "states": list(by_state.order_by("-count")),
        "users": sum(row["count"] for row in by_state),
        "active": sum(row["count"] for row in by_state if row["is_active"]),
        "agents": Agent.objects.filter(is_active=True).count(),
        "sites": list(sites),
    }


def _days(now: datetime.datetime) -> list[Bar]:
    """Return for each of the last days how many runs ended well and how many badly."""
    since = now - datetime.timedelta(days=DAYS - 1)
    rows = (
        Run.objects.filter(finished_at__date__gte=since.date())
        .annotate(day=TruncDate("finished_at"))
        .values("day")
        .annotate(
            good=Count("pk", filter=Q(status__in=GOOD)),
            bad=Count("pk", filter=Q(status__in=TROUBLE)),
            count=Count("pk"),
        )
    )
    by_day = {row["day"]: row for row in rows}
    days = [since.date() + datetime.timedelta(days=at) for at in range(DAYS)]
    return [_bar(day, by_day.get(day)) for day in days]


def _bar(day: datetime.date, row: Any) -> Bar:
    good, bad, count = (row["good"], row["bad"], row["count"]) if row else (0, 0, 0)
    parts = (("ok", good), ("bad", bad), ("info", count - good - bad))
    return Bar(f"{day:%-d %b}", parts)
