"""The practice tenant, what is asked of it, and the desk that imports it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.process import Simulator

NAME = "Plain"
PAGE = 999
SECRET_VARIABLE = "BENCHMARK_SECRET"

PLAIN = {
    "displayName": "name",
    "givenName": "first_name",
    "surname": "last_name",
    "mail": "email",
    "userPrincipalName": "network_login",
    "jobTitle": "job_title",
    "department": "department",
    "first_business_phone": "phone",
    "mobilePhone": "mobile",
}
"""Source of each user field that every desk has."""

CUSTOM = (
    *("companyName", "employeeId", "employeeType", "employeeHireDate", "city"),
    *("country", "usageLocation", "preferredLanguage", "mailNickname", "state"),
    *("postalCode", "onPremisesSamAccountName", "createdDateTime"),
    "extensionAttribute1",
)
"""Sources that fill a custom field each."""

PROPERTIES = (
    *("id", "accountEnabled", "userType", "officeLocation"),
    *("displayName", "givenName", "surname", "mail", "userPrincipalName"),
    *("jobTitle", "department", "businessPhones", "mobilePhone"),
    *CUSTOM[:-1],
    "onPremisesExtensionAttributes",
)
"""The 27 properties that this configuration needs, as Graph names them."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant of a running simulator, and the application that may read it."""

    origin: str
    ca: str
    tenant_id: str
    application_id: str
    secret: str

    @classmethod
    def of(cls, simulator: Simulator) -> Tenant:
        """Return the first tenant of a simulator."""
        first = simulator.tenants[0]
        return cls(
            simulator.origin,
            simulator.ca,
            first["tenant_id"],
            first["application_id"],
            first["secret"],
        )


def fewest_requests(people: int) -> int:
    """Return how many requests to Graph list so many people, if none is wasted."""
    return max(1, math.ceil(people / PAGE))


def configuration(tenant: Tenant) -> str:
    """Return the desk's configuration file: everybody gets a record, by office.

    JSON is YAML. Nobody is left out: the floor leaves nobody out either.
    """
    return _file(tenant, [_by_office(100)])


def edited(tenant: Tenant) -> str:
    """Return the configuration after an edit: four mappings more, before the one."""
    criteria = (
        ("department", "equals", "Sales"),
        ("jobTitle", "contains", "lead"),
        ("city", "in", ["London", "Leeds", "Bristol"]),
        ("userType", "equals", "Guest"),
    )
    named = [
        {
            "sequence": 10 * place,
            "type": "existing_site",
            "site": f"{NAME} / Elsewhere",
            "role": "Standard User",
            "include_external": True,
            "criteria": [{"field": field, "operator": operator, "value": value}],
        }
        for place, (field, operator, value) in enumerate(criteria, 1)
    ]
    return _file(tenant, [*named, _by_office(100)])


def _file(tenant: Tenant, mappings: list[dict[str, Any]]) -> str:
    return json.dumps(
        {
            "version": 1,
            "organisations": [{"name": NAME, "sites": ["Elsewhere"]}],
            "user_roles": ["Standard User"],
            "custom_fields": [
                {"name": name.lower(), "label": name, "kind": "text"} for name in CUSTOM
            ],
            "modules": {"microsoft-entra-id": True},
            "connections": [_connection(tenant) | {"site_mappings": mappings}],
        },
        indent=1,
    )


def _connection(tenant: Tenant) -> dict[str, Any]:
    fields = PLAIN | {name: f"custom.{name.lower()}" for name in CUSTOM}
    return {
        "name": NAME,
        "cloud": "custom",
        "tenant_id": tenant.tenant_id,
        "application_id": tenant.application_id,
        "client_secret": {"env": SECRET_VARIABLE},
        "authorisation": "application",
        "own_tenant": True,
        "field_mappings": {
            "users": [
                {"source": source, "target": target}
                for source, target in fields.items()
            ]
        },
        "matching_fields": {"users": ["email", "network_login"]},
        "leavers": {"disabled": "leave"},
    }


def _by_office(sequence: int) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "type": "organisation_by_field",
        "organisation": NAME,
        "field": "officeLocation",
        "default_site": f"{NAME} / Elsewhere",
        "role": "Standard User",
        "include_external": True,
    }
