"""Sign-ins that have begun, kept in the session of whoever began. See `waiting`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from accounts.words import Audience
from connections import waiting

if TYPE_CHECKING:
    from datetime import datetime

KEPT = "sso.pending"


class Purpose(StrEnum):
    """What an identity is asked for."""

    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    """Somebody signed in proves again who they are."""
    TEST = "test"
    """An administrator tries a connection; nothing changes."""


@dataclass(frozen=True, slots=True)
class Begun:
    """One begun sign-in."""

    connection_id: int
    application: str
    """Cloud, tenant type, tenant and application as they were."""
    door: Audience
    purpose: Purpose
    account_id: int | None
    """Whose session it was; None: nobody's."""
    follow: str
    """Where to go in the end: a path of ours, empty for the door's own page."""
    nonce: str = field(repr=False)
    kept: dict[str, Any] = field(repr=False)
    """msal's record of the flow."""


def put(session: waiting.Session, state: str, begun: Begun, now: datetime) -> None:
    """Remember what was begun."""
    waiting.put(session, KEPT, state, asdict(begun), now)


def take(session: waiting.Session, state: str, now: datetime) -> Begun | None:
    """Return what was begun under a state and forget it; None: nothing, or long ago."""
    found = waiting.take(session, KEPT, state, now)
    if found is None:
        return None
    words = {"door": Audience(found["door"]), "purpose": Purpose(found["purpose"])}
    return Begun(**found | words)
