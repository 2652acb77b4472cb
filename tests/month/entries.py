"""The entry that accounts for a difference: lag, guard or policy; or there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from imports.models import (
    Decision,
    MirrorGroup,
    MirrorUser,
    Run,
    RunItem,
)
from imports.words import GroupState, MirrorState, Outcome, Status
from tests.month.ground import AGENTS
from tests.month.records import MANAGER

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from tests.month.ground import Ground

OVER = (Status.REJECTED, Status.FAILED, Status.EXPIRED)


class Entry(StrEnum):
    """Why somebody is not as a full import by hand would leave them."""

    LAG = "lag"
    """Something about them has changed since the last run that ended well began."""
    GUARD = "guard"
    """A plan that waits for approval holds it, or their manager's record."""
    PROOF = "policy: proof"
    """Nowhere to be found, or looked up in vain: that has to be proven yet."""
    GROUP = "policy: group"
    """A group of theirs could not be judged when it was last read."""
    RESTORED = "lag: restored manager"
    """Read in full while the manager was deleted: no delta names them once restored."""
    KEPT = "policy: kept"
    """Somebody has rejected the loss, and decided that they keep it."""


@dataclass(slots=True)
class Accounts:
    """What could account for differences at this moment."""

    ground: Ground
    read_at: datetime
    """When the last run that ended well began."""
    held: set[UUID] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    """The groups that are in error."""
    kept: set[UUID] = field(default_factory=set)
    absent: set[UUID] = field(default_factory=set)

    def entry(self, kind: str, person: UUID, columns: Collection[str]) -> Entry | None:
        """Return what accounts for a difference of a record; None: nothing."""
        truth = self.ground.truth
        manager = truth.people[person].manager
        # Whose manager alone differs: it is the manager about whom something is amiss.
        about = {person} if set(columns) - {MANAGER} else set()
        about |= {manager} if manager and MANAGER in columns else set()
        if about & self.held:
            return Entry.GUARD
        if about & self.kept:
            return Entry.KEPT
        if truth.changed_at[person] >= self.read_at:
            return Entry.LAG
        if about & self.absent:
            return Entry.PROOF
        if any(self._is_unsure(kind, one) for one in about):
            return Entry.GROUP
        is_back = MANAGER in columns and manager in truth.restored
        return Entry.RESTORED if is_back else None

    def _is_unsure(self, kind: str, person: UUID) -> bool:
        """Return whether what is to be true hangs on a group that is in error."""
        if kind == "agent":
            return not self.unknown.isdisjoint(AGENTS)
        return self.ground.truth.expected(person, self.unknown).user is None


def accounts(ground: Ground, read_at: datetime) -> Accounts:
    """Return what the desk's own records account for now."""
    connection = ground.desk.connection
    mine = {"connection": connection}
    waits = Q(status=Status.WAITING_FOR_APPROVAL)
    # A plan that came to nothing is made anew by the next run that ends well.
    is_over = Q(status__in=OVER, finished_at__gte=read_at)
    rows = RunItem.objects.filter(
        run__in=Run.objects.filter(waits | is_over, **mine),
        outcome__in=[Outcome.HELD, Outcome.PLANNED],
    )
    absent = MirrorUser.objects.filter(**mine, state=MirrorState.ABSENT)
    bad = MirrorGroup.objects.filter(**mine).exclude(state=GroupState.COMPLETE)
    in_error = set(bad.values_list("group_id", flat=True))
    return Accounts(
        ground,
        read_at,
        held=set(rows.values_list("object_id", flat=True)),
        unknown={name for name, group in ground.ids.items() if group in in_error},
        absent=set(absent.values_list("object_id", flat=True)),
        kept=set(Decision.objects.filter(**mine).values_list("object_id", flat=True)),
    )
