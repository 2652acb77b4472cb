"""What comes of an authorisation: it is kept, or somebody has to be confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from connections import authorise_refusals as refusals
from connections import authorised
from connections.authorised import Authorisation, Target
from connections.models import TenantConnection
from connections.probe import Need, Permission


@dataclass(frozen=True, slots=True)
class Authorised:
    """It worked: what was granted, and what lacks for features not used so far."""

    connection: TenantConnection
    lacking: Sequence[Permission] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Somebody else than last time signed in; nothing was stored.

    Pressing Authorize once more with `is_confirmed` accepts them.
    """

    connection: TenantConnection
    person: UUID
    username: str
    previous: str


Outcome = Authorised | Confirm
Needs = Callable[[TenantConnection], Sequence[Need]]
"""What a connection is set up to do, asked when the answer is there."""


def keep(
    target: Target,
    granted: Authorisation,
    found: Sequence[Permission],
    *,
    warning: str = "",
) -> Authorised:
    """Keep what was granted; raise AuthorisationRefused if the connection changed."""
    connection = authorised.keep(target, granted)
    if connection is None:
        raise refusals.changed()
    lacking = [one for one in found if one.granted is False]
    return Authorised(connection, lacking, warning)
