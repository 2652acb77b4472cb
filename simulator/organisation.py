"""/organization: the tenant itself."""

from __future__ import annotations

from typing import Any

from simulator import schema
from simulator.ask import Ask
from simulator.clock import graph_time
from simulator.exchange import Answer, json_answer
from simulator.tenant import Tenant


def initial_domain(tenant: Tenant) -> str:
    """Return the domain that the tenant was born with."""
    return f"{tenant.domain.removesuffix('.example')}.onmicrosoft.example"


def _domain(name: str, *, is_default: bool) -> dict[str, Any]:
    return {
        "capabilities": "Email, OfficeCommunicationsOnline",
        "isDefault": is_default,
        "isInitial": not is_default,
        "name": name,
        "type": "Managed",
    }


def list_organisations(ask: Ask) -> Answer:
    """GET /organization: a list with exactly one entry."""
    tenant = ask.tenant
    known: dict[str, Any] = {
        "id": tenant.id,
        "displayName": tenant.name,
        "tenantType": "AAD",
        "countryLetterCode": "GB",
        "createdDateTime": graph_time(tenant.created_at),
        "verifiedDomains": [
            _domain(tenant.domain, is_default=True),
            _domain(initial_domain(tenant), is_default=False),
        ],
    }
    value = {
        name: known.get(name, schema.empty("organization", name))
        for name in ("id", *ask.query("organization").select)
    }
    return json_answer(
        {"@odata.context": ask.context("organization"), "value": [value]}
    )
