"""How an item of the plan is made: its action is the gravest of its changes.

Shared by `plan_user` and `plan_agent`. Nothing here decides; it says what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from common.types import JsonObject
from directory.states import EntraState
from imports.engine.types import (
    Action,
    Change,
    Local,
    Match,
    Place,
    PlanItem,
    Reason,
    Remote,
)
from mappings.rules import Ref
from mappings.words import Kind

BY_IDENTITY = "object_id"
IDENTITY = "entra_object_id"


@dataclass(frozen=True, slots=True)
class Subject:
    """One person and the record of one kind that is planned for them."""

    kind: Kind
    remote: Remote
    match: Match
    sequence: int | None = None

    @property
    def local(self) -> Local | None:
        """The person's record."""
        return self.match.local

    @property
    def is_known(self) -> bool:
        """Whether the record carried the person's identity before this plan."""
        return self.local is not None and self.match.by == BY_IDENTITY

    def item(
        self,
        changes: Mapping[str, Change],
        reason: Reason | None = None,
        *,
        place: Place | None = None,
        notes: tuple[str, ...] = (),
    ) -> PlanItem:
        """Return the item that makes these changes."""
        action = gravest(changes, is_new=self.local is None)
        item = self._empty(action, reason)
        # A place is named where the record goes there, so that it can be made.
        place = place if "site" in changes else None
        return replace(item, changes=dict(changes), place=place, notes=notes)

    def skip(self, reason: Reason) -> PlanItem:
        """Return the item that leaves the person out."""
        return self._empty(Action.SKIP, reason)

    def review(self) -> PlanItem:
        """Return the item that waits for somebody's decision."""
        return self._empty(Action.REVIEW, self.match.reason)

    def _empty(self, action: Action, reason: Reason | None) -> PlanItem:
        local = self.local
        return PlanItem(
            self.kind,
            action,
            self.remote.object_id,
            local.id if local else None,
            reason=reason,
            sequence=self.sequence,
            record_revision=local.revision if local else None,
            candidates=self.match.candidates,
            matched_by=self.match.by,
        )


def gravest(changes: Mapping[str, Change], *, is_new: bool) -> Action:
    """Return the gravest thing that changes do, by the order of `Action`."""
    if not changes:
        return Action.NONE
    if is_new:
        return Action.CREATE
    return min((_action(*one) for one in changes.items()), key=_GRAVITY.__getitem__)


_GRAVITY = {action: place for place, action in enumerate(Action)}


def _action(field: str, change: Change) -> Action:
    after = change[1]
    if field == "is_active":
        return Action.REACTIVATE if after else Action.DEACTIVATE
    if field == "site":
        return Action.MOVE
    if field == IDENTITY:
        return Action.LINK
    # A flag that is cleared is no flag, but an update.
    is_flag = field == "entra_state" and after != EntraState.PRESENT
    return Action.FLAG if is_flag else Action.UPDATE


def identity(subject: Subject) -> dict[str, Change]:
    """Return the change that makes the record this person's, from this connection."""
    local = subject.local
    before = str(local.object_id) if local and local.object_id else None
    return {IDENTITY: (before, str(subject.remote.object_id))}


def ref(target: Ref | None) -> JsonObject | None:
    """Return a reference as changes hold it."""
    return None if target is None else {"id": target.id, "name": target.name}


def refs(targets: Iterable[Ref]) -> list[JsonObject]:
    """Return references as changes hold them, by name."""
    ordered = sorted(targets, key=lambda target: (target.name, target.id))
    return [{"id": target.id, "name": target.name} for target in ordered]


def place_ref(place: Place) -> JsonObject:
    """Return a site as changes hold it; one still to be made has no id."""
    if place.site_id is None:
        return {"planned": None, "name": place.name}
    return {"id": place.site_id, "name": place.name}
