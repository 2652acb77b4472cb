"""The question about what a tenant has bought: its subscribed SKUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from common.types import JsonObject
from connections.graph import checks
from connections.graph.client import GraphClient
from connections.graph.properties import Kind

READ_LICENCES: Final = "LicenseAssignment.Read.All"
SELECT: Final = (
    "skuId,skuPartNumber,appliesTo,capabilityStatus,consumedUnits,prepaidUnits"
)


@dataclass(frozen=True, slots=True)
class GraphSku:
    """One SKU of the tenant, with its seats by how they may be used."""

    sku_id: UUID
    part_number: str
    applies_to: str
    status: str
    consumed: int
    enabled: int = 0
    warning: int = 0
    suspended: int = 0
    locked_out: int = 0


def subscribed_skus(client: GraphClient) -> list[GraphSku]:
    """Return every SKU that the tenant has subscribed to; of two of one id the last.

    Raises LacksPermission if the application may not read them.
    """
    pages = client.pages(
        "/subscribedSkus", {"$select": SELECT}, permission=READ_LICENCES
    )
    found = [_sku(item, page.request_id) for page in pages for item in page.items]
    return list({sku.sku_id: sku for sku in found}.values())


def _sku(item: JsonObject, request_id: str) -> GraphSku:
    bought = checks.read(item, "prepaidUnits", Kind.OBJECT, request_id)
    units: JsonObject = bought if isinstance(bought, dict) else {}
    return GraphSku(
        checks.object_id({"id": item.get("skuId")}, "skuId", request_id),
        _text(item, "skuPartNumber", request_id),
        _text(item, "appliesTo", request_id),
        _text(item, "capabilityStatus", request_id),
        _number(item, "consumedUnits", request_id),
        enabled=_number(units, "enabled", request_id),
        warning=_number(units, "warning", request_id),
        suspended=_number(units, "suspended", request_id),
        locked_out=_number(units, "lockedOut", request_id),
    )


def _text(item: JsonObject, name: str, request_id: str) -> str:
    return str(checks.read(item, name, Kind.TEXT, request_id) or "")


def _number(item: JsonObject, name: str, request_id: str) -> int:
    """Return a count of seats; what is not said is none."""
    value = item.get(name)
    if value is None:
        return 0
    if type(value) is not int or value < 0:
        raise checks.odd(name, request_id)
    return value
