"""What the practice tenants have bought of Microsoft 365, and who holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.admin_client import Admin
    from simulator.contract import SkuSpec

E3: Final = "6fd2c87f-b296-42f0-b197-1e91e994b900"
E5: Final = "c7df2760-2c81-4ef7-b578-5b5392b571df"
FLOW: Final = "f30db892-07e9-47e9-837c-80727f46fd3d"
CRM: Final = "d17b27af-3f49-4822-99f9-56a661538792"
BOUGHT: Final[dict[str, SkuSpec]] = {
    E3: {"part_number": "ENTERPRISEPACK", "enabled": 400, "warning": 25},
    E5: {"part_number": "ENTERPRISEPREMIUM", "enabled": 20},
    FLOW: {"part_number": "FLOW_FREE", "enabled": 10_000},
    # More in use than may be: a subscription that was let run out.
    CRM: {
        "part_number": "CRMSTANDARD",
        "status": "Suspended",
        "suspended": 25,
        "consumed": 14,
    },
}
THROUGH: Final = {"SG-London": E3, "SG-Leeds": E3, "DYN-Sales": FLOW}
"""The groups that bring a licence, by name."""
DIRECTLY: Final = {"SG-Admins": E5, "SG-CAB": FLOW}
"""The groups whose members hold a licence of their own."""


def subscribe(admin: Admin, tenant_id: str) -> None:
    """Let a practice tenant buy licences and give them to its people."""
    for sku_id, spec in BOUGHT.items():
        admin.put_sku(tenant_id, sku_id, **spec)
    named = {
        group["properties"]["displayName"]: group["id"]
        for group in admin.oracle(tenant_id, "groups")
    }
    for name, sku_id in THROUGH.items():
        admin.assign_sku(tenant_id, sku_id, group_id=named[name])
    chosen = {named[name]: sku_id for name, sku_id in DIRECTLY.items()}
    for row in admin.oracle(tenant_id, "memberships"):
        if row["group"] in chosen and row["type"] == "user":
            admin.assign_sku(tenant_id, chosen[row["group"]], row["member"])
