"""Which licences somebody is linked to, from what Entra says they hold.

`assignedLicenses` says what, `licenseAssignmentStates` how: directly, or through a
group. Nobody is linked to a licence of another organisation than their own (AM-41).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from uuid import UUID

from common import keys
from common.types import Json

ASSIGNED: Final = "assignedLicenses"
STATES: Final = "licenseAssignmentStates"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that comes from a SKU of the tenant."""

    pk: int
    software_id: int
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Held:
    """How somebody holds a SKU."""

    is_direct: bool = False
    groups: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """A person's link to a licence; `pk` once it is stored."""

    licence_id: int
    is_direct: bool
    inherited_from: str
    is_ours: bool = True
    """Whether this connection made it; others are left alone."""
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """What is to be written for one person."""

    create: Sequence[Link] = ()
    update: Sequence[Link] = ()
    end: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The links that somebody is to have, and whether others are in the way."""

    links: Mapping[int, Link] = field(default_factory=dict)
    is_elsewhere: bool = False
    """They hold a licence of another organisation: they are not linked to it."""


def held(assigned: Json, states: Json) -> dict[UUID, Held] | None:
    """Return how somebody holds which SKU; None: it was not read.

    A SKU of which nobody says how it came is held directly.
    """
    if not isinstance(assigned, list):
        return None
    ways: dict[UUID, Held] = {}
    for sku_id, group_id in _ways(states):
        before = ways.get(sku_id, Held())
        ways[sku_id] = Held(
            before.is_direct or group_id is None,
            before.groups | ({group_id} if group_id else frozenset()),
        )
    skus = (_id(one.get("skuId")) for one in assigned if isinstance(one, dict))
    return {sku_id: ways.get(sku_id, Held(is_direct=True)) for sku_id in skus if sku_id}


def wanted(
    holds: Mapping[UUID, Held],
    licences: Mapping[UUID, Licence],
    names: Mapping[UUID, str],
    *,
    organisation_id: int,
) -> Wanted:
    """Return the links of somebody in an organisation; `names` are those of groups."""
    links, is_elsewhere = {}, False
    for sku_id, how in holds.items():
        licence = licences.get(sku_id)
        if licence is None:
            continue
        if licence.organisation_id != organisation_id:
            is_elsewhere = True
            continue
        through = sorted(names.get(one) or str(one) for one in how.groups)
        links[licence.pk] = Link(
            licence.pk, how.is_direct, keys.cut(", ".join(through))
        )
    return Wanted(links, is_elsewhere)


def decide(want: Mapping[int, Link], present: Iterable[Link]) -> Links:
    """Return what brings the links that are present in step with those wanted."""
    rest, update, end = dict(want), [], []
    for link in present:
        wish = rest.pop(link.licence_id, None)
        if not link.is_ours or link.pk is None:
            continue
        if wish is None:
            end.append(link.pk)
        elif (wish.is_direct, wish.inherited_from) != (
            link.is_direct,
            link.inherited_from,
        ):
            update.append(
                Link(wish.licence_id, wish.is_direct, wish.inherited_from, pk=link.pk)
            )
    return Links(tuple(rest.values()), tuple(update), tuple(end))


def _ways(states: Json) -> Iterator[tuple[UUID, UUID | None]]:
    for state in states if isinstance(states, list) else ():
        if isinstance(state, dict) and (sku_id := _id(state.get("skuId"))):
            yield sku_id, _id(state.get("assignedByGroup"))


def _id(value: Json) -> UUID | None:
    return _uuid(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)  # A tenant has few SKUs and groups, however many people.
def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
