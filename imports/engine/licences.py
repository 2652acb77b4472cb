"""What a tenant's SKUs make of our licences, and who is to be linked to which.

Seats that may be used are those bought and those of a subscription that has run out a
short while ago; more may be in use than that, and then fewer than none are left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from common import keys
from connections.graph.licences import GraphSku
from directory.states import USABLE, LicenceState
from imports.engine.sku_names import NAMES

Value = str | int | bool | None
_STATES: Mapping[str, LicenceState] = {
    "enabled": LicenceState.ENABLED,
    "warning": LicenceState.WARNING,
    "suspended": LicenceState.SUSPENDED,
    "deleted": LicenceState.DELETED,
    "lockedout": LicenceState.LOCKED_OUT,
}
_GONE: Mapping[str, Value] = {"state": LicenceState.GONE.value, "is_active": False}


@dataclass(frozen=True, slots=True)
class Stored:
    """A licence as it is stored: its row, its SKU, and its columns by name."""

    pk: int
    sku_id: UUID
    columns: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Licences:
    """What is to be written: new ones, and the columns that change of stored ones."""

    create: Sequence[tuple[UUID, Mapping[str, Value]]] = ()
    update: Mapping[int, Mapping[str, Value]] = field(default_factory=dict)


def decide(
    skus: Sequence[GraphSku], stored: Sequence[Stored], *, into: int, source: int
) -> Licences:
    """Return what brings the licences of a tenant in step with its SKUs.

    They go into the organisation `into`. One that the tenant no longer lists is
    marked, never deleted: people, and history, may refer to it.
    """
    known = {one.sku_id: one for one in stored}
    create, update = [], {}
    for sku in skus:
        wanted = _columns(sku, into=into, source=source)
        held = known.pop(sku.sku_id, None)
        if held is None:
            create.append((sku.sku_id, wanted))
        elif moved := _moved(held, _named(wanted, held)):
            update[held.pk] = moved
    for held in known.values():
        if moved := _moved(held, _GONE):
            update[held.pk] = moved
    return Licences(create, update)


def name(sku: GraphSku) -> str:
    """Return what people call a SKU: by our table, else its part number."""
    known = NAMES.get(str(sku.sku_id))
    return known or keys.cut(keys.tidy(sku.part_number)) or str(sku.sku_id)


def _columns(sku: GraphSku, *, into: int, source: int) -> dict[str, Value]:
    state = _STATES.get(sku.status.casefold(), LicenceState.UNKNOWN)
    total = sku.enabled + sku.warning
    return {
        "organisation_id": into,
        "source_id": source,
        "sku_part_number": keys.cut(keys.tidy(sku.part_number)),
        "name": name(sku),
        "imported_name": name(sku),
        "state": state.value,
        "total": total,
        "consumed": sku.consumed,
        "available": total - sku.consumed,
        "is_active": state in USABLE,
    }


def _named(wanted: Mapping[str, Value], held: Stored) -> Mapping[str, Value]:
    """Return what is wanted, but the name that somebody gave (AM-41)."""
    if held.columns["name"] == held.columns["imported_name"]:
        return wanted
    return {**wanted, "name": held.columns["name"]}


def _moved(held: Stored, wanted: Mapping[str, Value]) -> dict[str, Value]:
    return {
        column: value
        for column, value in wanted.items()
        if held.columns[column] != value
    }
