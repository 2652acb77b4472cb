"""The entry that accounts for a difference: lag, guard or policy; or there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from imports.models import Decision, MirrorGroup, MirrorMembership, Run, RunItem
from imports.words import GroupState, Outcome, Status
from tests.month.truth import Where

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from tests.month.ground import Ground


class Entry(StrEnum):
    """Why somebody is not as a full import by hand would leave them."""

    LAG = "lag"
    """Something about them has changed since the last run that ended well began."""
    GUARD = "guard"
    """A plan that waits for approval holds it, or their manager's record."""
    PROOF = "policy: proof"
    """Gone for good: a second complete walk has to say so."""
    GROUP = "policy: group"
    """A group of theirs could not be judged when it was last read."""
    KEPT = "policy: kept"
    """Somebody has rejected the loss, and decided that they keep it."""


@dataclass(slots=True)
class Accounts:
    """What could account for differences at this moment."""

    ground: Ground
    read_at: datetime
    """When the last run that ended well began."""
    held: set[UUID] = field(default_factory=set)
    groups: set[UUID] = field(default_factory=set)
    """Who is in a group that is in error."""
    kept: set[UUID] = field(default_factory=set)

    def entry(self, person: UUID) -> Entry | None:
        """Return what accounts for a difference of somebody; None: nothing."""
        truth = self.ground.truth
        known = truth.people[person]
        if person in self.held or known.manager in self.held:
            return Entry.GUARD
        if person in self.kept:
            return Entry.KEPT
        if truth.changed_at[person] >= self.read_at:
            return Entry.LAG
        if person in self.groups or known.manager in self.groups:
            return Entry.GROUP
        manager = truth.people.get(known.manager) if known.manager else None
        if Where.PURGED in {known.where, manager.where if manager else None}:
            return Entry.PROOF
        return None


def accounts(ground: Ground, read_at: datetime) -> Accounts:
    """Return what the desk's own records account for now."""
    connection = ground.desk.connection
    mine = {"connection": connection}
    rows = RunItem.objects.filter(
        run__in=Run.objects.filter(**mine, status=Status.WAITING_FOR_APPROVAL),
        outcome__in=[Outcome.HELD, Outcome.PLANNED],
    )
    bad = MirrorGroup.objects.filter(**mine).exclude(state=GroupState.COMPLETE)
    in_error = set(bad.values_list("group_id", flat=True))
    edges = MirrorMembership.objects.filter(**mine, group_id__in=in_error)
    members = set(edges.values_list("member_id", flat=True))
    for name, group in ground.ids.items():
        if group in in_error:
            members |= ground.truth.groups[name].members
    return Accounts(
        ground,
        read_at,
        held=set(rows.values_list("object_id", flat=True)),
        groups=members,
        kept=set(Decision.objects.filter(**mine).values_list("object_id", flat=True)),
    )
