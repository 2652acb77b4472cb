"""Whether what somebody lost was ever to be lost: by the truth, not by the product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.month.truth import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tests.month.records import Record, Records
    from tests.month.truth import Expected, Truth


def undue(
    truth: Truth, before: Records, after: Records, since: datetime
) -> Iterator[str]:
    """Yield what people lost though it was theirs at every moment since."""
    for (kind, person), was in before.items():
        now = after.get((kind, person))
        if now is None:
            yield f"the {kind} record of {person} is gone"
            continue
        if was == now:
            continue
        told = [one for one in truth.since(person, since) if one is not None]
        for loss in _losses(kind, was, now, told):
            yield f"{truth.people[person].upn} ({kind}): {loss}"


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
    if (
        was["is_active"]
        and not now["is_active"]
        and not any(
            one.state is not State.PRESENT or (kind == "agent" and not one.is_agent)
            for one in told
        )
    ):
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


def _lives_at(expected: Expected, site: str | None) -> bool:
    return expected.site == (site.strip().casefold() if site else None)


def _held(expected: Expected, name: str) -> frozenset[str]:
    """Return what is held; whoever leaves holds nothing for certain."""
    if expected.state in {State.DELETED, State.UNMATCHED}:
        return frozenset()
    return expected.roles if name == "roles" else expected.boards


def standing(truth: Truth, found: Records) -> Iterator[str]:
    """Yield who does not stand as is true now: state, site, roles and seats."""
    for (kind, person), record in found.items():
        expected = truth.expected(person)
        if expected is None:
            continue
        for text in _amiss(kind, record, expected):
            yield f"{truth.people[person].upn} ({kind}): {text}"
    for person in truth.people:
        expected = truth.expected(person)
        if expected is None or expected.state is not State.PRESENT:
            continue
        if expected.site and ("user", person) not in found:
            yield f"{truth.people[person].upn} has no user record"
        if expected.is_agent and ("agent", person) not in found:
            yield f"{truth.people[person].upn} has no agent record"


def _amiss(kind: str, record: Record, expected: Expected) -> Iterator[str]:
    state = expected.state
    if state is State.PRESENT and kind == "agent" and not expected.is_agent:
        state = State.UNMATCHED
    if record["entra_state"] != state:
        yield f"is {record['entra_state']} instead of {state}"
    if bool(record["is_active"]) is not (state is State.PRESENT):
        yield f"is {'' if record['is_active'] else 'in'}active, being {state}"
    if state is State.PRESENT:
        yield from _misplaced(kind, record, expected)


def _misplaced(kind: str, record: Record, expected: Expected) -> Iterator[str]:
    if kind == "user":
        if not _lives_at(expected, record["site__name"]):
            yield f"is in {record['site__name']} instead of {expected.site}"
        return
    for name in ("roles", "boards"):
        if record[name] != _held(expected, name):
            yield f"has {name} {record[name]} instead of {_held(expected, name)}"
