"""What the form of a site mapping shows at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max

from mappings import checks
from mappings.forms.places import AGENT_SITE

if TYPE_CHECKING:
    from connections.models import TenantConnection
    from mappings.models import SiteMapping

AS_USUAL, YES, NO = "", "yes", "no"
"""Whether members of nested groups count."""
STEP = 10


def next_sequence(connection: TenantConnection) -> int:
    """Return the sequence of a mapping after all others."""
    last = connection.site_mappings.aggregate(last=Max("sequence"))["last"]
    return STEP if last is None else min(last + STEP, checks.LAST_SEQUENCE)


def initial(
    connection: TenantConnection, mapping: SiteMapping | None
) -> dict[str, Any]:
    """Return a mapping as its form shows it; None: a new one."""
    if mapping is None:
        return {"sequence": next_sequence(connection)}
    return {
        "site": AGENT_SITE if mapping.is_agent else mapping.site_id,
        "organisation": mapping.organisation_id,
        "field": mapping.field,
        "default_site": mapping.default_site_id,
        "user_role": mapping.user_role_id,
        "agent_role": mapping.agent_role_id,
        "nested": YES if mapping.nested else NO,
        **{
            name: getattr(mapping, name)
            for name in ("sequence", "include_external", "match", "enabled")
        },
    }
