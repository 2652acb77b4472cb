"""Agents and the user record of the same person: linked once both are here (R102).

Part of the second pass. Each link has an item of its own, so that it can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import OuterRef, Subquery

from common import bulk
from directory.models import Agent, EndUser
from imports import record, settle
from imports.engine.types import Action, PlanItem
from imports.models import MirrorUser
from imports.words import Outcome, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from imports.work import Work

PAGE = 500


class Pair(NamedTuple):
    """An agent without a user record, and the user record of the same person."""

    agent_id: int
    user_id: int
    revision: int
    object_id: UUID


def link_users(work: Work) -> None:
    """Link agents that have no user record to that of the same person.

    A run about one person links nobody else.
    A settled agent stays settled: the link is the import's own doing.
    """
    while True:
        with work.claim.writing():
            pairs = _pairs(work)
            if not pairs:
                return
            rows = [(one.agent_id, one.user_id, one.revision + 1) for one in pairs]
            bulk.update(Agent, "id", ("user_id", "revision"), rows)
            moved = {one.object_id: one.revision for one in pairs}
            settle.follow(Kind.AGENTS, work.connection.pk, moved)
            _record(work, pairs)


def _pairs(work: Work) -> list[Pair]:
    user = EndUser.objects.filter(
        entra_tenant_id=OuterRef("entra_tenant_id"),
        entra_object_id=OuterRef("entra_object_id"),
        agent=None,
    )
    agents = Agent.objects.filter(
        entra_tenant_id=work.connection.tenant_id, source=work.connection, user=None
    )
    if work.only is not None:
        agents = agents.filter(entra_object_id=work.only)
    found = (
        agents.select_for_update(of=("self",))
        .annotate(found=Subquery(user.values("id")[:1]))
        .exclude(found=None)
        .values_list("id", "found", "revision", "entra_object_id")
    )
    return [Pair._make(row) for row in found.order_by("id")[:PAGE]]


def _record(work: Work, pairs: Sequence[Pair]) -> None:
    people = MirrorUser.objects.filter(
        connection=work.connection, object_id__in=[one.object_id for one in pairs]
    )
    users = EndUser.objects.filter(pk__in=[one.user_id for one in pairs])
    revisions = dict(people.values_list("object_id", "revision"))
    names = dict(users.values_list("id", "name"))
    items = [(one, _item(one, names[one.user_id])) for one in pairs]
    planned = [
        record.Planned(
            item,
            revisions.get(one.object_id, 0),
            changes=record.stored_changes(item),
        )
        for one, item in items
    ]
    record.keep(work, planned, stage=Stage.MANAGERS, outcome=Outcome.APPLIED)


def _item(pair: Pair, name: str) -> PlanItem:
    return PlanItem(
        Kind.AGENTS,
        Action.UPDATE,
        pair.object_id,
        pair.agent_id,
        changes={"user": (None, {"id": pair.user_id, "name": name})},
        record_revision=pair.revision,
    )
