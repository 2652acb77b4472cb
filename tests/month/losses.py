"""Whether what somebody lost was ever to be lost: by the truth, not by the product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.month.truth import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from tests.month.records import Record, Records
    from tests.month.truth import Expected, Truth


def undue(
    truth: Truth, before: Records, after: Records, since: datetime
) -> Iterator[tuple[UUID, str]]:
    """Yield who lost what, though it was theirs at every moment since."""
    for (kind, person), was in before.items():
        now = after.get((kind, person))
        if now is None:
            yield person, f"the {kind} record is gone"
            continue
        if was == now:
            continue
        told = list(truth.since(person, since))
        for loss in _losses(kind, was, now, told):
            yield person, f"{truth.people[person].upn} ({kind}): {loss}"


def deactivated(before: Records, after: Records) -> int:
    """Return how many records became inactive."""
    return sum(
        bool(was["is_active"]) and not after[key]["is_active"]
        for key, was in before.items()
        if key in after
    )


def _losses(
    kind: str, was: Record, now: Record, told: Sequence[Expected]
) -> Iterator[str]:
    left = any(_state(kind, one) not in {State.PRESENT, None} for one in told)
    if was["is_active"] and not now["is_active"] and not left:
        yield f"deactivated ({now['deactivated_reason']})"
    if kind == "user":
        before, after = was["site__name"], now["site__name"]
        if before != after and not any(_lives_at(one, after) for one in told):
            yield f"moved from {before} to {after}"
        return
    for name in ("roles", "boards"):
        for held in was[name] - now[name]:
            if not any(held not in _held(one, name) for one in told):
                yield f"stripped of {held}"


def _state(kind: str, expected: Expected) -> State | None:
    return expected.user if kind == "user" else expected.agent


def _lives_at(expected: Expected, site: str | None) -> bool:
    if expected.user is None:
        return False
    return expected.site == (site.strip().casefold() if site else None)


def _held(expected: Expected, name: str) -> frozenset[str]:
    return expected.roles if name == "roles" else expected.boards


def standing(truth: Truth, found: Records) -> Iterator[str]:
    """Yield who does not stand as is true now: state, site, roles and seats."""
    for (kind, person), record in found.items():
        for text in _amiss(kind, record, truth.expected(person)):
            yield f"{truth.people[person].upn} ({kind}): {text}"
    for person in truth.people:
        for kind in ("user", "agent"):
            is_wanted = _state(kind, truth.expected(person)) is State.PRESENT
            if is_wanted and (kind, person) not in found:
                yield f"{truth.people[person].upn} has no {kind} record"


def _amiss(kind: str, record: Record, expected: Expected) -> Iterator[str]:
    state = _state(kind, expected)
    if state is None:
        return
    if record["entra_state"] != state:
        yield f"is {record['entra_state']} instead of {state}"
    if bool(record["is_active"]) is not (state is State.PRESENT):
        yield f"is {'' if record['is_active'] else 'in'}active, being {state}"
    if state is State.PRESENT:
        yield from _misplaced(kind, record, expected)


def _misplaced(kind: str, record: Record, expected: Expected) -> Iterator[str]:
    if kind == "user":
        if record["user_role__name"] != expected.role:
            yield f"has the role {record['user_role__name']}, not {expected.role}"
        if not _lives_at(expected, record["site__name"]):
            yield f"is in {record['site__name']} instead of {expected.site}"
        return
    for name in ("roles", "boards"):
        if record[name] != _held(expected, name):
            yield f"has {name} {record[name]} instead of {_held(expected, name)}"
