"""What is known of every connection's health, in as many queries for one as for 1,000.

`imports.engine.troubles` says what is wrong; this reads what it needs to know.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, Exists, Max, Min, OuterRef
from django.urls import reverse

from common.lookups import any_of
from common.rights import Rights
from connections.models import Credential, Module, TenantConnection
from connections.switch import ENTRA
from imports import heartbeat, reviewing
from imports.claims import SILENT
from imports.engine import troubles
from imports.engine.facts import Desk, Expiry, Facts, Failing, Review, Stuck, Waiting
from imports.models import MirrorGroup, MirrorMembership, Notice, Run, SyncSchedule
from imports.words import ACTIVE, Cause, GroupState, Status
from mappings.models import AgentRoleMapping, BoardMapping, SiteMapping

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from imports.engine.facts import Alert, Link

WAITED = timedelta(minutes=15)
"""A run that waits for a worker for longer is stuck."""
COUNTED = 60
"""Seconds for which what costs most is kept."""
IN_ERROR = (GroupState.GONE, GroupState.UNREADABLE, GroupState.AMBIGUOUS)
NAMED = 100
"""How many runs are read to be named."""
EVERYONE = Rights(agent_id=None, permissions=frozenset(), organisations=None)
"""Whose eyes count: nobody's in particular."""


def is_on() -> bool:
    """Return whether the module is on: off, nothing is wrong."""
    return Module.objects.filter(slug=ENTRA, enabled=True).exists()


def alerts(now: datetime) -> Sequence[Alert]:
    """Return what is wrong now, the gravest first, each since it was first seen."""
    found = troubles.alerts(desk(), facts(now), now) if is_on() else []
    seen = Notice.objects.filter(ended_at=None)
    since: dict[tuple[int | None, str], datetime] = {
        (connection, trouble): begun
        for connection, trouble, begun in seen.values_list(
            "connection", "trouble", "since"
        )
    }
    return [
        replace(one, since=since.get((one.connection, one.trouble.value), one.since))
        for one in found
    ]


def shown(now: datetime) -> list[Alert]:
    """Return what somebody should look at, each cause once."""
    return [one for one in alerts(now) if not one.is_quiet]


def address(link: Link) -> str:
    """Return the path that a link leads to."""
    return reverse(link.name, args=link.args) + link.tail


def desk() -> Desk:
    """Return what is known of the installation."""
    active = Run.objects.filter(status__in=ACTIVE).select_related("connection")
    named = active.only("connection__name").order_by("pk")[:NAMED]
    standing = tuple(f"run {run.pk} of {run.connection.name}" for run in named)
    is_used = bool(standing) or SyncSchedule.objects.filter(enabled=True).exists()
    return Desk(heard_at(), is_used, standing)


def heard_at() -> datetime | None:
    """Return when a worker was last heard of; None: never yet.

    A worker that is alone does not tick while it works: its run's beat counts as well.
    """
    beats = TenantConnection.objects.aggregate(at=Max("claim_beat_at"))["at"]
    heard = [at for at in (heartbeat.last(heartbeat.TICK), beats) if at is not None]
    return max(heard, default=None)


def facts(now: datetime) -> list[Facts]:
    """Return what is known of the connections of which there is anything to say."""
    told: dict[int, dict[str, Any]] = defaultdict(dict)
    for name, found in (
        ("failing", _failing()),
        ("lost_at", _lost()),
        ("waiting", _waiting()),
        ("expiries", _expiries(now)),
        ("groups", _groups()),
        ("stuck", _stuck(now)),
        ("review", reviews()),
    ):
        for connection, what in found.items():
            told[connection][name] = what
    rows = TenantConnection.objects.filter(any_of("pk", told)).only("name")
    working = SyncSchedule.objects.filter(enabled=True, connection__paused_at=None)
    works = set(
        working.filter(connection__in=list(told)).values_list("connection", flat=True)
    )
    return [
        Facts(row.pk, row.name, row.pk not in works, **told[row.pk]) for row in rows
    ]


def _failing() -> Mapping[int, Failing]:
    rows = SyncSchedule.objects.filter(failures__gt=0).values_list(
        *("connection", "failures", "failing_since", "retry_at", "failed_run"),
        *("failed_run__cause", "failed_run__reason", "failed_run__finished_at"),
    )
    return {
        pk: Failing(
            times,
            since or ended,
            run,
            Cause(cause) if cause else None,
            reason or "",
            retry_at,
        )
        for pk, times, since, retry_at, run, cause, reason, ended in rows
        if since or ended
    }


def _lost() -> Mapping[int, datetime]:
    rows = TenantConnection.objects.exclude(authorised_at=None)
    lost = rows.exclude(authorisation_lost_at=None)
    return {pk: at for pk, at in lost.values_list("pk", "authorisation_lost_at") if at}


def _waiting() -> Mapping[int, Waiting]:
    rows = Run.objects.filter(status=Status.WAITING_FOR_APPROVAL).values_list(
        *("connection", "pk", "started_at", "created_at", "reason", "place__losses")
    )
    return {
        connection: Waiting(pk, started or made, reason, losses or "")
        for connection, pk, started, made, reason, losses in rows
    }


def _expiries(now: datetime) -> Mapping[int, tuple[Expiry, ...]]:
    """Return all secrets of the connections of which one expires soon."""
    until = now.date() + timedelta(days=troubles.THRESHOLDS[-1])
    soon = Credential.objects.filter(
        registration=OuterRef("registration"), expires_on__lte=until
    )
    rows = Credential.objects.filter(Exists(soon)).values_list(
        "registration__connections", "expires_on", "set_at"
    )
    found: dict[int, list[Expiry]] = defaultdict(list)
    for connection, expires_on, set_at in rows:
        if connection is not None:
            found[connection].append(Expiry(expires_on, set_at))
    return {connection: tuple(all_of) for connection, all_of in found.items()}


def _groups() -> Mapping[int, tuple[str, ...]]:
    """Return the groups in error that mappings name, or that are nested in another."""
    same = {"connection": OuterRef("connection"), "group_id": OuterRef("group_id")}
    member = {"connection": OuterRef("connection"), "member_id": OuterRef("group_id")}
    is_named = (
        Exists(SiteMapping.objects.filter(enabled=True, **same))
        | Exists(AgentRoleMapping.objects.filter(**same))
        | Exists(BoardMapping.objects.filter(**same))
        | Exists(MirrorMembership.objects.filter(is_group=True, **member))
    )
    rows = MirrorGroup.objects.filter(is_named, state__in=IN_ERROR)
    found: dict[int, list[str]] = defaultdict(list)
    for connection, name, group_id in rows.order_by("pk").values_list(
        "connection", "name", "group_id"
    ):
        found[connection].append(name or str(group_id))
    return {connection: tuple(names) for connection, names in found.items()}


def _stuck(now: datetime) -> Mapping[int, Stuck]:
    """Return each connection's oldest run that nobody works on.

    A run waits for a worker only since the connection was free for it.
    """
    active = Run.objects.filter(status__in=ACTIVE).order_by("pk")
    rows = list(
        active.filter(created_at__lt=now - SILENT).values_list(
            "connection", "pk", "status", "created_at", "connection__claim_beat_at"
        )
    )
    ends = _last_ends({connection for connection, *_ in rows})
    found: dict[int, Stuck] = {}
    for connection, pk, status, made, beat in rows:
        is_running = status == Status.RUNNING
        free = max(made, beat or made, ends.get(connection) or made)
        since = beat if is_running and beat else free
        if since < now - (SILENT if is_running else WAITED):
            found.setdefault(connection, Stuck(pk, since, is_running))
    return found


def _last_ends(connections: Collection[int]) -> Mapping[int, datetime | None]:
    """Return when the last run of each connection ended."""
    if not connections:
        return {}
    rows = Run.objects.filter(connection__in=connections).order_by()
    return dict(
        rows.values("connection")
        .annotate(at=Max("finished_at"))
        .values_list("connection", "at")
    )


def reviews() -> Mapping[int, Review]:
    """Return who needs review, at most a minute old."""
    found: dict[int, Review] | None = cache.get("imports.reviews")
    if found is None:
        rows = reviewing.waiting(EVERYONE).order_by().values("run__connection")
        counted = rows.annotate(people=Count("pk"), since=Min("run__created_at"))
        found = {
            row["run__connection"]: Review(row["people"], row["since"])
            for row in counted
        }
        cache.set("imports.reviews", found, COUNTED)
    return found
