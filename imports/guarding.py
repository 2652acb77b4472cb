"""The guard over a stored plan: what it would take away, and who is spared.

`imports.engine.guard` decides; this counts the rows of the run. A plan that takes too
much waits for approval with the sentences that say why (AM-45).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from directory.models import Agent
from imports.engine import guard, whole
from imports.engine.types import Action, PlanItem, Reason
from imports.models import Run, RunItem
from imports.records import MODELS
from imports.words import Outcome, RunKind, Stage, Status, Trigger, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db import models

    from imports.work import Work
    from mappings.rules import RuleSet

LAST_DAY = timedelta(hours=24)
LOSING = (Action.DEACTIVATE, Action.REACTIVATE, Action.MOVE)
"""The actions under which a user's item may hide a loss."""


def breaches(work: Work) -> tuple[guard.Breach, ...]:
    """Return every limit that the plan's ticked rows exceed."""
    return guard.judge(_counts(work), work.rules.guard)


def spare(work: Work) -> None:
    """Take the teeth out of rows against whoever must never be locked out.

    That is the agent who runs the import, and the last active administrator (R121).
    """
    losing = {
        item.record_id: item
        for item in _planned(work).filter(kind=Kind.AGENTS).exclude(record_id=None)
        if item.action != Action.REVIEW and guard.losses(as_planned(item))
    }
    spared = whole.sparing(
        (as_planned(item) for item in losing.values()),
        indispensable(work.rules, work.run.started_by_id),
    )
    for record_id, reason in spared:
        _disarm(losing[record_id], reason)


def _counts(work: Work) -> guard.Counts:
    rules, run = work.rules, work.run
    ticked = _planned(work).filter(is_ticked=True)
    agents = [as_planned(item) for item in ticked.filter(kind=Kind.AGENTS)]
    administrators = rules.administrator_roles
    people, people_before = _walks(work, ticked)
    return guard.Counts(
        losses=tuple(_losses(work, kind) for kind in Kind),
        administrators_lost=sum(guard.takes_any(one, administrators) for one in agents),
        administrators_made=sum(guard.gives_any(one, administrators) for one in agents),
        new_agents=sum(one.action is Action.CREATE for one in agents),
        linked_agents=_linked(work, Kind.AGENTS),
        new_sites=_new_sites(work, ticked),
        people=people,
        people_before=people_before,
        is_first_import=not Run.objects.filter(
            connection=work.connection, kind__in=[RunKind.IMPORT, RunKind.DELTA]
        )
        .filter(status__in=[Status.SUCCEEDED, Status.PARTLY_FAILED])
        .exists(),
        is_unattended=run.trigger == Trigger.SCHEDULE,
    )


def _new_sites(work: Work, ticked: models.QuerySet[RunItem]) -> int:
    """Return how many sites the ticked rows would make.

    Rows are looked into only where there are enough planned sites to matter.
    """
    if work.run.planned_sites.count() <= work.rules.guard.new_sites:
        return 0
    users = ticked.filter(kind=Kind.USERS, changes__has_key="site")
    return len(
        {
            planned
            for changes in users.values_list("changes", flat=True).iterator()
            if (planned := changes["site"][1].get("planned")) is not None
        }
    )


def _walks(work: Work, ticked: models.QuerySet[RunItem]) -> tuple[int, int]:
    """Return how many people the run's complete walk listed, and the one before.

    A plan that writes nothing has nothing to wait for.
    """
    run = work.run
    before = (
        Run.objects.filter(connection=work.connection, walk=Walk.FULL, only="")
        .filter(place__walked=True, generation__lt=run.generation)
        .order_by("-generation")
        .first()
    )
    is_whole = run.walk == Walk.FULL and not run.only
    is_writing = ticked.exclude(action=Action.REVIEW).exists()
    if before is None or not is_whole or not is_writing:
        return 0, 0
    return int(run.place.get("people", 0)), int(before.place.get("people", 0))


def _losses(work: Work, kind: Kind) -> guard.Losses:
    """Count who loses something; where nobody does, the day before does not matter."""
    planned = _losing(_planned(work).filter(is_ticked=True), kind)
    before = _lost_last_day(work, kind) if planned else set()
    return guard.Losses(
        kind,
        linked=_linked(work, kind),
        planned=len(planned),
        with_last_day=len(planned | before),
    )


def _lost_last_day(work: Work, kind: Kind) -> set[UUID]:
    since = timezone.now() - LAST_DAY
    items = RunItem.objects.filter(
        run__connection=work.connection,
        run__kind__in=[RunKind.IMPORT, RunKind.DELTA],
        outcome=Outcome.APPLIED,
    )
    # A plan that waited counts from the day on which it was approved.
    recent = Q(run__started_at__gte=since) | Q(run__finished_at__gte=since)
    return _losing(items.filter(recent).exclude(run=work.run), kind)


def _losing(items: models.QuerySet[RunItem], kind: Kind) -> set[UUID]:
    """Return the people who lose something by these rows."""
    of_kind = Q(kind=kind)
    if kind is Kind.USERS:
        of_kind &= Q(action__in=LOSING)
    rows: Iterator[RunItem] = items.filter(of_kind).iterator()
    return {item.object_id for item in rows if guard.losses(as_planned(item))}


def _planned(work: Work) -> models.QuerySet[RunItem]:
    return RunItem.objects.filter(
        run=work.run, stage=Stage.APPLY, outcome=Outcome.PLANNED
    ).order_by("id")


def _linked(work: Work, kind: Kind) -> int:
    model = MODELS[kind]
    linked = model._default_manager.filter(source=work.connection)
    return linked.exclude(entra_object_id=None).count()


def as_planned(item: RunItem) -> PlanItem:
    """Return a stored row as the engine planned it."""
    return PlanItem(
        Kind(item.kind),
        Action(item.action),
        item.object_id,
        item.record_id,
        changes={
            name: (before, after) for name, (before, after) in item.changes.items()
        },
    )


def active_administrators(rules: RuleSet) -> set[int]:
    """Return the active agents who may administer the product."""
    holders = Agent.objects.filter(
        is_active=True, role_grants__role__in=rules.administrator_roles
    )
    return set(holders.values_list("pk", flat=True))


def indispensable(rules: RuleSet, account_id: int | None) -> whole.Indispensable:
    """Return who must never be locked out by a run that this account starts."""
    return whole.Indispensable(
        frozenset(active_administrators(rules)),
        rules.administrator_roles,
        None if account_id is None else _agent_of(account_id),
    )


def agent_who_started(run: Run) -> int | None:
    """Return the agent who started the run."""
    return None if run.started_by_id is None else _agent_of(run.started_by_id)


def _agent_of(account_id: int) -> int | None:
    agents = Agent.objects.filter(account=account_id)
    return agents.values_list("pk", flat=True).first()


def _disarm(item: RunItem, reason: Reason) -> None:
    harmless = guard.without_losses(as_planned(item), reason)
    item.action, item.reason = harmless.action, reason
    item.changes = {name: list(change) for name, change in harmless.changes.items()}
    item.save(update_fields=["action", "reason", "changes"])
