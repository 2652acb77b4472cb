"""Health: is it working, since when, and what do I do; in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common import paging
from common.pages import page_or_fragment
from common.paging import Column
from common.rights import Permission
from connections.models import TenantConnection
from imports import health, schedule
from imports.integrator_settings import standing, timetable
from imports.models import Run, SyncSchedule
from imports.notice_texts import DESK, TITLES
from imports.words import Status, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from common.rights import Rights
    from imports.engine.facts import Alert
    from imports.words import Walk

COLUMNS = (
    Column("connection", "Connection", order="name_key"),
    Column("state", "State"),
    Column("success", "Last success"),
    Column("run", "Last run"),
    Column("next", "Next run"),
    Column("failures", "Failures", is_number=True),
)
SHOWN = 25
"""How many troubles are shown; the gravest."""
STANDSTILL = {
    *(Trouble.SILENT, Trouble.STUCK, Trouble.FAILING, Trouble.AUTHORISATION_LOST),
}
"""With these nothing is synced; with the others, almost everything is."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A trouble as the page shows it; `url` is "" for who may not mend it."""

    tone: str
    title: str
    who: str
    alert: Alert
    url: str

    @property
    def brief(self) -> str:
        """Return the trouble in its first sentence."""
        return f"{self.alert.text.partition('. ')[0].rstrip('.')}."


@dataclass(frozen=True, slots=True)
class Row:
    """A connection as the table shows it."""

    connection: TenantConnection
    word: str
    tone: str
    succeeded_at: datetime | None = None
    next_start: tuple[datetime, Walk] | None = None
    failures: int = 0


@require_safe
@needs(Permission.VIEW)
def show(request: AgentRequest) -> HttpResponse:
    """Show what is wrong, how each connection stands, and whether workers answer."""
    now = timezone.now()
    found = health.shown(now)
    listing = paging.listing(_connections(), COLUMNS, request.GET, sort="connection")
    gravest = _gravest(found)
    context: dict[str, Any] = {
        "is_on": health.is_on(),
        "troubles": as_shown(found[:SHOWN], request.rights),
        "count": len(found),
        "more": max(0, len(found) - SHOWN),
        "summary": SyncSchedule.objects.aggregate(
            last=Max("succeeded_at"), on=Count("pk", filter=Q(enabled=True))
        ),
        "listing": listing,
        "rows": [_row(one, gravest.get(one.pk), now) for one in listing.page.rows],
        "heard_at": health.heard_at(),
        "queue": Run.objects.aggregate(
            queued=Count("pk", filter=Q(status=Status.QUEUED)),
            oldest=Min("created_at", filter=Q(status=Status.QUEUED)),
            running=Count("pk", filter=Q(status=Status.RUNNING)),
        ),
        "may_configure": request.rights.may(Permission.CONFIGURE),
    }
    return page_or_fragment(
        request, "imports/health.html", "imports/_health.html", context
    )


def as_shown(alerts: Sequence[Alert], rights: Rights) -> list[Shown]:
    """Return troubles with their titles, and links where the agent may follow them."""
    return [
        Shown(
            tone="bad" if alert.trouble in STANDSTILL else "warn",
            title=TITLES[alert.trouble].capitalize(),
            who=alert.name or DESK,
            alert=alert,
            url=health.address(alert.link) if _may_follow(alert, rights) else "",
        )
        for alert in alerts
    ]


def _may_follow(alert: Alert, rights: Rights) -> bool:
    is_set_up = alert.link.name.startswith(("connections:", "mappings:"))
    return not is_set_up or rights.may(Permission.CONFIGURE)


def _connections() -> Any:
    last = Run.objects.filter(connection=OuterRef("pk")).exclude(started_at=None)
    return TenantConnection.objects.select_related("schedule").annotate(
        last_run=Subquery(last.values("pk")[:1]),
        last_status=Subquery(last.values("status")[:1]),
        last_started=Subquery(last.values("started_at")[:1]),
    )


def _gravest(alerts: Sequence[Alert]) -> Mapping[int | None, Alert]:
    """Return the gravest trouble of each connection."""
    return {alert.connection: alert for alert in reversed(alerts)}


def _row(connection: TenantConnection, alert: Alert | None, now: datetime) -> Row:
    row: SyncSchedule | None = getattr(connection, "schedule", None)
    word, tone = _state(connection, row, alert)
    if row is None:
        return Row(connection, word, tone)
    is_due = row.enabled and connection.paused_at is None
    return Row(
        connection,
        word,
        tone,
        row.succeeded_at,
        schedule.next_start(timetable(row), standing(row), now) if is_due else None,
        row.failures,
    )


def _state(
    connection: TenantConnection, row: SyncSchedule | None, alert: Alert | None
) -> tuple[str, str]:
    if alert is not None:
        tone = "bad" if alert.trouble in STANDSTILL else "warn"
        return TITLES[alert.trouble], tone
    if connection.paused_at:
        return "paused", "warn"
    if not (connection.authorised_at or connection.first_fetched_at):
        return "not authorised yet", "warn"
    if row is None or not row.enabled:
        return "by hand only", ""
    return ("in step", "ok") if row.succeeded_at else ("not synced yet", "info")
