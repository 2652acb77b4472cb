"""Authorisations that somebody has begun and not ended, kept in their session.

So the state that comes back works in that session only, once, for ten minutes, and
for the account that began. A session holds a few, for several tabs of a browser.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from connections.authorised import Target

KEPT = "connections.pending"
PERSON = "connections.person"
LIFE = timedelta(minutes=10)
MOST = 5

Session: TypeAlias = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pending:
    """One begun authorisation."""

    target: Target
    account_id: int
    began_at: datetime
    nonce: str = field(default="", repr=False)
    kept: dict[str, Any] = field(default_factory=dict, repr=False)
    """msal's record of the flow, for delegated permissions."""
    person: UUID | None = None
    """Who may authorise although somebody else did the last time."""


def put(session: Session, state: str, pending: Pending) -> None:
    """Remember what was begun; the oldest ones make way."""
    rows = dict(session.get(KEPT, {}))
    rows[state] = {
        **asdict(pending),
        "began_at": pending.began_at.timestamp(),
        "person": str(pending.person) if pending.person else None,
    }
    session[KEPT] = dict(list(rows.items())[-MOST:])


def take(session: Session, state: str, now: datetime) -> Pending | None:
    """Return what was begun under a state and forget it; None: nothing, or long ago."""
    rows = dict(session.get(KEPT, {}))
    found = rows.pop(state, None)
    session[KEPT] = rows
    if found is None:
        return None
    began_at = datetime.fromtimestamp(found["began_at"], UTC)
    if not timedelta(0) <= now - began_at <= LIFE:
        return None
    return Pending(
        Target(**found["target"]),
        found["account_id"],
        began_at,
        nonce=found["nonce"],
        kept=found["kept"],
        person=UUID(found["person"]) if found["person"] else None,
    )


def propose(session: Session, connection_id: int, person: UUID, username: str) -> None:
    """Remember whom the account is asked to confirm, as the next one to authorise."""
    session[PERSON] = {
        "connection": connection_id,
        "person": str(person),
        "username": username,
    }


def confirmed(session: Session, connection_id: int) -> tuple[UUID, str] | None:
    """Return whom the account was asked to confirm, once; None: nobody."""
    found = session.pop(PERSON, None)
    if found is None or found["connection"] != connection_id:
        return None
    return UUID(found["person"]), str(found["username"])
