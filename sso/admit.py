"""Who is let in: one decision over policy, identity and the desk's records.

Free of Django, clock and network: values in, a decision out. The identity has been
proven by an ID token that holds; here only `tid` and `oid` found `record`, never an
address. An address may link an end user once, where the connection says so (AM-10).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from accounts.words import Audience
from sso.words import AllowedAudience, Reason

DOORS = {
    AllowedAudience.AGENTS: frozenset({Audience.AGENT}),
    AllowedAudience.USERS: frozenset({Audience.USER}),
    AllowedAudience.BOTH: frozenset(Audience),
}
"""Who may sign in by a connection, by its dropdown (AM-08)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a connection lets through."""

    allow: AllowedAudience
    is_published: bool = True
    allows_guests: bool = False
    links_by_address: bool = False
    creates_users: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """The record of the door's kind that carries the identity."""

    record_id: int
    is_active: bool
    """With its account, site and organisation."""


@dataclass(frozen=True, slots=True)
class Namesake:
    """An end user whose address is a trusted one of whoever signs in."""

    record_id: int
    is_active: bool
    is_free: bool
    """Whether it has no other Entra identity, and nobody could have set a password."""


@dataclass(frozen=True, slots=True)
class Admit:
    """Let them in as this record."""

    record_id: int


@dataclass(frozen=True, slots=True)
class LinkOnce:
    """Give this end user the identity, then let them in."""

    record_id: int


@dataclass(frozen=True, slots=True)
class Create:
    """Bring them in as the import would, then decide once more."""


@dataclass(frozen=True, slots=True)
class Deny:
    """Refuse them."""

    reason: Reason


Decision: TypeAlias = Admit | LinkOnce | Create | Deny


def closed(policy: Policy, door: Audience) -> Reason | None:
    """Return why nobody comes in by this connection at this door; None: some do."""
    if not policy.is_published:
        return Reason.NOT_PUBLISHED
    return None if door in DOORS[policy.allow] else Reason.AUDIENCE


def admit(
    *,
    is_guest: bool,
    door: Audience,
    policy: Policy,
    record: Standing | None,
    namesakes: Sequence[Namesake] = (),
) -> Decision:
    """Return what to do with somebody whose identity is proven."""
    if reason := closed(policy, door):
        return Deny(reason)
    if is_guest and not policy.allows_guests:
        return Deny(Reason.GUEST)
    if record is not None:
        return Admit(record.record_id) if record.is_active else Deny(Reason.INACTIVE)
    if door is Audience.AGENT:  # agents are imported, or made by an administrator
        return Deny(Reason.NOT_IMPORTED)
    return _newcomer(policy, namesakes, is_guest=is_guest)


def _newcomer(
    policy: Policy, namesakes: Sequence[Namesake], *, is_guest: bool
) -> Decision:
    """Decide about an end user's identity that no record carries.

    With a namesake nobody is made: the desk would have the same person twice.
    """
    if not namesakes:
        return Create() if policy.creates_users else Deny(Reason.NOT_IMPORTED)
    may_link = policy.links_by_address and not is_guest and len(namesakes) == 1
    if not may_link or not namesakes[0].is_free:
        return Deny(Reason.NOT_IMPORTED)
    if not namesakes[0].is_active:
        return Deny(Reason.INACTIVE)
    return LinkOnce(namesakes[0].record_id)


def trusted(addresses: Collection[str], domains: Collection[str]) -> frozenset[str]:
    """Return those addresses, as keys, that lie in a verified domain of the tenant."""
    verified = {domain.casefold() for domain in domains}
    keys = {address.strip().casefold() for address in addresses}
    return frozenset(
        key for key in keys if key.count("@") == 1 and key.split("@")[1] in verified
    )
