"""Authorisations that somebody has begun and not ended, kept in their session.

The account that began must end it. See `waiting`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from connections import waiting
from connections.authorised import Target
from connections.waiting import Session

if TYPE_CHECKING:
    from datetime import datetime

KEPT = "connections.pending"
PERSON = "connections.person"


@dataclass(frozen=True, slots=True)
class Pending:
    """One begun authorisation."""

    target: Target
    account_id: int
    nonce: str = field(default="", repr=False)
    kept: dict[str, Any] = field(default_factory=dict, repr=False)
    """msal's record of the flow, for delegated permissions."""
    person: UUID | None = None
    """Who may authorise although somebody else did the last time."""


def put(session: Session, state: str, pending: Pending, now: datetime) -> None:
    """Remember what was begun."""
    person = str(pending.person) if pending.person else None
    waiting.put(session, KEPT, state, {**asdict(pending), "person": person}, now)


def take(session: Session, state: str, now: datetime) -> Pending | None:
    """Return what was begun under a state and forget it; None: nothing, or long ago."""
    found = waiting.take(session, KEPT, state, now)
    if found is None:
        return None
    person = UUID(found["person"]) if found["person"] else None
    return Pending(**found | {"target": Target(**found["target"]), "person": person})


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
