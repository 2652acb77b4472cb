"""/subscribedSkus: what the tenant has bought, and how much of it is used."""

from __future__ import annotations

from typing import Any

from simulator import errors
from simulator.ask import Ask
from simulator.exchange import Answer, json_answer
from simulator.tenant import Tenant

_UNKNOWN = ("$filter", "$search", "$orderby", "$expand")


def list_skus(ask: Ask) -> Answer:
    """GET /subscribedSkus: one page; only $select is understood."""
    for name in _UNKNOWN:
        if name in ask.parameters:
            raise errors.unsupported(f"'{name}' is not supported for subscribedSkus.")
    select = ask.query("subscribedSku").select
    cards = [_card(ask.tenant, sku_id) for sku_id in ask.tenant.skus.all]
    # The id comes with whatever is selected.
    found = [{name: card[name] for name in ("id", *select)} for card in cards]
    return json_answer(
        {"@odata.context": ask.context("subscribedSkus"), "value": found}
    )


def _card(tenant: Tenant, sku_id: str) -> dict[str, Any]:
    spec = tenant.skus.all[sku_id]
    return {
        "id": f"{tenant.id}_{sku_id}",
        "accountId": tenant.id,
        "accountName": tenant.name,
        "appliesTo": spec.get("applies_to", "User"),
        "capabilityStatus": spec.get("status", "Enabled"),
        "consumedUnits": tenant.skus.consumed(sku_id),
        "prepaidUnits": {
            "enabled": spec.get("enabled", 0),
            "suspended": spec.get("suspended", 0),
            "warning": spec.get("warning", 0),
            "lockedOut": spec.get("locked_out", 0),
        },
        "servicePlans": [],
        # Graph sends ids in either case.
        "skuId": sku_id.upper() if spec.get("upper_case") else sku_id,
        "skuPartNumber": spec["part_number"],
        "subscriptionIds": [],
    }
