"""The Integrator's settings of one connection, as its tab shows and stores them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from imports import schedule as rules
from imports.models import Cursor, Run, SyncSchedule
from imports.words import RunKind, Status, Thing, Trigger

if TYPE_CHECKING:
    from datetime import datetime

    from connections.models import TenantConnection

DAY, WEEK = timedelta(days=1), timedelta(days=7)
QUARTER = timedelta(minutes=15)
LOOKED = (
    *(Status.PLANNED, Status.WAITING_FOR_APPROVAL, Status.SUCCEEDED),
    *(Status.NOTHING_CHANGED, Status.PARTLY_FAILED, Status.EXPIRED),
)
"""How a run has ended that has shown what the mappings return."""
DUE_TIMES = ("full_due_at", "delta_due_at", "retry_at")
"""The columns of a schedule that say when it is due."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator sets; the windows are like "22:00-06:00"."""

    enabled: bool = False
    kinds: tuple[str, ...] = ()
    full_every: timedelta = DAY
    delta: bool = False
    delta_every: timedelta = QUARTER
    log_full: bool = False
    quiet: tuple[str, ...] = ()
    time_zone: str = "UTC"


def schedule(connection: TenantConnection) -> SyncSchedule:
    """Return the connection's schedule; unsaved while nobody has set one (R134)."""
    stored = SyncSchedule.objects.filter(connection=connection).first()
    return stored or SyncSchedule(connection=connection)


def save(connection: TenantConnection, settings: Settings) -> None:
    """Store the settings; what is due is worked out anew where an interval moved."""
    row = schedule(connection)
    values = asdict(settings)
    values["kinds"], values["quiet"] = list(settings.kinds), list(settings.quiet)
    if row.full_every != settings.full_every:
        row.full_due_at = None
    if (row.delta, row.delta_every) != (settings.delta, settings.delta_every):
        row.delta_due_at = None
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def was_previewed(connection: TenantConnection) -> bool:
    """Return whether anybody has looked at what the present mappings return (R135)."""
    previews = Run.objects.filter(
        connection=connection,
        rules_version=connection.rules_version,
        trigger__in=[Trigger.MANUAL, Trigger.COMMAND],
        kind__in=[RunKind.PREVIEW, RunKind.IMPORT],
        status__in=LOOKED,
        only="",
    )
    # Licences alone say nothing of what mappings return.
    return previews.exclude(kinds=list(Thing)).exists()


def next_is_full(connection: TenantConnection) -> bool:
    """Return whether the next delta run reads everybody: there is no delta (R145)."""
    return not Cursor.objects.filter(connection=connection).exclude(link="").exists()


def timetable(row: SyncSchedule) -> rules.Timetable:
    """Return a schedule as the pure rules take it."""
    return rules.Timetable(
        row.full_every,
        row.delta_every if row.delta else None,
        tuple(row.quiet),
        row.time_zone,
    )


def standing(row: SyncSchedule) -> rules.Standing:
    """Return when the walks of a schedule are due."""
    return rules.Standing(row.full_due_at, row.delta_due_at, row.retry_at)


def next_start(row: SyncSchedule, now: datetime) -> datetime | None:
    """Return when the next run starts, windows and retries told; None: not at all.

    A time in the past: as soon as a worker is free.
    """
    if not row.enabled:
        return None
    found = rules.next_start(timetable(row), standing(row), now)
    return None if found is None else found[0]
