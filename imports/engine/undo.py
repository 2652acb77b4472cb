"""The inverse of what a run did to one record, against the record as it is now.

Only the fields that the run changed are looked at. Where what it wrote still holds,
by value and by giver, what was before comes back; what has moved since stays and is
named. A record that the run made goes, unless something refers to it: then it stays,
inactive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from common.types import Json
from imports.engine import guard, plan
from imports.engine.types import Action, Change, PlanItem, Reason
from mappings.rules import Ref
from mappings.words import Kind

BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    "site": ("site_set_by_id",),
    "user_role": ("user_role_set_by_id",),
    "manager": ("manager_set_by_id",),
    "is_active": ("deactivated_by_id", "deactivated_reason"),
    plan.IDENTITY: ("entra_tenant_id", plan.IDENTITY, "source_id"),
    "entra_state": ("entra_state_at",),
}
"""The columns that go with a field: who gave it, since when."""
GIVERS: Final[Mapping[str, str]] = {
    "site": "site_set_by_id",
    "user_role": "user_role_set_by_id",
    "manager": "manager_set_by_id",
    plan.IDENTITY: "source_id",
}
"""The column that names who gave a value."""
HELD: Final = ("roles", "boards")


@dataclass(frozen=True, slots=True)
class Done:
    """What one applied item did; `behind` holds the columns as they were before."""

    kind: Kind
    action: Action
    object_id: UUID
    record_id: int
    changes: Mapping[str, Change]
    behind: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Now:
    """The record as it is now, in the words of changes, and who gave what.

    `held` tells for roles and boards the giver of each; `exists` which references of
    an old value are still there, by field; `used_by` what refers to the record from
    outside the run.
    """

    connection_id: int
    revision: int
    values: Mapping[str, Json]
    behind: Mapping[str, Json] = field(default_factory=dict)
    held: Mapping[str, Mapping[int, int | None]] = field(default_factory=dict)
    exists: Mapping[str, Collection[int]] = field(default_factory=dict)
    used_by: tuple[str, ...] = ()
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Inverse:
    """What undoing one item does, and which fields it leaves since they have moved."""

    action: Action = Action.NONE
    changes: Mapping[str, Change] = field(default_factory=dict)
    behind: Mapping[str, Json] = field(default_factory=dict)
    moved: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    reason: Reason | None = None

    @property
    def says_anything(self) -> bool:
        """Return whether there is something to do, or to tell."""
        return bool(self.changes or self.moved or self.used_by or self.reason)


GONE: Final = Inverse(moved=("record",))
"""The record is no longer here."""


def inverse(done: Done, now: Now | None) -> Inverse:
    """Return what brings the record back to where it was before the item."""
    if now is None:
        # What the run made and somebody removed is as it was before the run.
        return Inverse() if done.action is Action.CREATE else GONE
    if done.action is Action.CREATE:
        return _unmade(done, now)
    changes, moved = _back(done, now)
    behind = _behind(done, changes, now)
    return Inverse(_gravest(changes), changes, behind, tuple(sorted(moved)))


def spared(done: Done, found: Inverse, reason: Reason) -> Inverse:
    """Return the inverse without what it takes away, for the reason."""
    if found.action is Action.DELETE:
        return Inverse(reason=reason)
    harmless = guard.without_losses(as_planned(done, found), reason)
    if harmless.changes == found.changes:
        return found
    lost = set(found.changes) - set(harmless.changes)
    dropped = {column for name in lost for column in BEHIND.get(name, ())}
    behind = {name: one for name, one in found.behind.items() if name not in dropped}
    return replace(
        found,
        action=harmless.action,
        changes=harmless.changes,
        behind=behind,
        reason=reason,
    )


def as_planned(done: Done, found: Inverse, *, revision: int | None = None) -> PlanItem:
    """Return the inverse as an item of a plan, made for a revision of the record."""
    return PlanItem(
        done.kind,
        found.action,
        done.object_id,
        done.record_id,
        changes=found.changes,
        reason=found.reason,
        notes=found.used_by,
        record_revision=revision,
    )


def gives(found: Inverse) -> bool:
    """Return whether the inverse gives somebody access, roles or seats back."""
    is_active = found.changes.get("is_active", (None, None))[1] is True
    return is_active or any(
        set(_refs(after)) - set(_refs(before))
        for name, (before, after) in found.changes.items()
        if name in HELD
    )


def behind(changes: Collection[str]) -> tuple[str, ...]:
    """Return the columns that go with these fields."""
    return tuple(column for name in changes for column in BEHIND.get(name, ()))


def _unmade(done: Done, now: Now) -> Inverse:
    """Return how a record goes that the run made; one in use only loses access."""
    if not now.used_by:
        changes: dict[str, Change] = {
            name: (now.values.get(name), [] if name in HELD else None)
            for name in done.changes
        }
        return Inverse(Action.DELETE, changes)
    if now.is_pinned:
        return Inverse(used_by=now.used_by, reason=Reason.KEPT_ACTIVE)
    if not now.values["is_active"]:
        return Inverse(used_by=now.used_by, reason=Reason.STILL_IN_USE)
    return Inverse(
        Action.DEACTIVATE,
        {"is_active": (True, False)},
        used_by=now.used_by,
        reason=Reason.STILL_IN_USE,
    )


def _back(done: Done, now: Now) -> tuple[dict[str, Change], set[str]]:
    """Return the changes that go back, and the fields that have moved since."""
    changes: dict[str, Change] = {}
    moved: set[str] = set()
    for name, (before, after) in done.changes.items():
        if name in HELD:
            _back_held(name, (before, after), now, changes, moved)
        elif _same(before, now.values.get(name)):
            continue
        elif _holds(name, after, now) and _may_return(name, before, now):
            changes[name] = (now.values.get(name), before)
        else:
            moved.add(name)
    state = done.changes.get("entra_state")
    if plan.IDENTITY in changes and state is not None and "entra_state" in moved:
        # How a person stands in Entra means nothing without the person.
        changes["entra_state"] = (now.values["entra_state"], state[0])
        moved.discard("entra_state")
    return changes, moved


def _back_held(
    name: str, change: Change, now: Now, changes: dict[str, Change], moved: set[str]
) -> None:
    """Take back what was given and is still ours; give back what was taken."""
    before, after = _refs(change[0]), _refs(change[1])
    held, current = now.held.get(name, {}), _refs(now.values.get(name))
    given = [pk for pk in after if pk not in before and pk in held]
    ours = {pk for pk in given if held[pk] == now.connection_id}
    if len(ours) < len(given):
        moved.add(name)
    missing = {
        pk: ref for pk, ref in before.items() if pk not in after and pk not in held
    }
    exists = now.exists.get(name, ())
    returned = {pk: ref for pk, ref in missing.items() if pk in exists}
    if len(returned) < len(missing):
        moved.add(name)
    kept = {pk: ref for pk, ref in current.items() if pk not in ours} | returned
    if set(kept) != set(current):
        changes[name] = (plan.refs(current.values()), plan.refs(kept.values()))


def _holds(name: str, after: Json, now: Now) -> bool:
    """Return whether what the run wrote is still there, and still the run's."""
    if not _same(after, now.values.get(name)):
        return False
    if name == "is_active" and after is False:
        return now.behind.get("deactivated_by_id") == now.connection_id
    giver = GIVERS.get(name)
    if giver is None or after is None:
        return True
    return now.behind.get(giver) == now.connection_id


def _may_return(name: str, before: Json, now: Now) -> bool:
    """Return whether what was before can be again."""
    if name == "is_active" and before is False:
        return not now.is_pinned
    if isinstance(before, dict):
        return before.get("id") in now.exists.get(name, ())
    return True


def _behind(done: Done, changes: Collection[str], now: Now) -> dict[str, Json]:
    """Return the columns that come back with the fields.

    The second pass keeps none: it replaces only managers that the connection gave.
    """
    found = {
        column: done.behind[column]
        for column in behind(changes)
        if column in done.behind
    }
    if "manager" in changes and "manager_set_by_id" not in found:
        was = done.changes["manager"][0]
        found["manager_set_by_id"] = now.connection_id if was else None
    return found


def _gravest(changes: Mapping[str, Change]) -> Action:
    return plan.gravest(changes, is_new=False)


def _same(one: Json, other: Json) -> bool:
    """Return whether two values are the same: empty is nothing, however written."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.get("id") == other.get("id")
    return (None if one == "" else one) == (None if other == "" else other)


def _refs(held: Json) -> dict[int, Ref]:
    rows = held if isinstance(held, list) else []
    return {
        row["id"]: Ref(row["id"], row["name"]) for row in rows if isinstance(row, dict)
    }
