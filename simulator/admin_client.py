"""The typed client of the admin API, for tests, the demo and benchmarks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, Unpack

import requests

from simulator.contract import (
    ApplicationSpec,
    FaultRule,
    NewTenant,
    SkuSpec,
    TenantInfo,
    TenantSettings,
)

Truth = Literal["people", "groups", "memberships"]


class AdminRefused(Exception):
    """The simulator could not do it; the text says why."""


class Admin:
    """Arranges tenants in a running simulator."""

    def __init__(self, origin: str, ca: str) -> None:
        """Talk to the simulator at an origin, trusting its CA file."""
        self._base = f"{origin}/admin"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca

    def create_tenant(self, **spec: Unpack[NewTenant]) -> TenantInfo:
        """Make a tenant with an application that may read it."""
        return TenantInfo(**self._do("create_tenant", **spec))

    def put_user(
        self, tenant_id: str, object_id: str | None = None, **properties: Any
    ) -> dict[str, Any]:
        """Create a person, or patch the one with this id; returns the default set."""
        card: dict[str, Any] = self._do(
            "put_user", tenant_id=tenant_id, object_id=object_id, properties=properties
        )
        return card

    def delete_user(self, tenant_id: str, object_id: str) -> None:
        """Delete softly: restorable for 30 days."""
        self._do("delete_user", tenant_id=tenant_id, object_id=object_id)

    def restore_user(self, tenant_id: str, object_id: str) -> None:
        """Bring a softly deleted person back under the same id."""
        self._do("restore_user", tenant_id=tenant_id, object_id=object_id)

    def purge_user(self, tenant_id: str, object_id: str) -> None:
        """Delete for good, from wherever the person is."""
        self._do("purge_user", tenant_id=tenant_id, object_id=object_id)

    def set_manager(self, tenant_id: str, user_id: str, manager_id: str | None) -> None:
        """Set or clear somebody's manager."""
        self._do(
            "set_manager", tenant_id=tenant_id, user_id=user_id, manager_id=manager_id
        )

    def put_group(
        self, tenant_id: str, group_id: str | None = None, **properties: Any
    ) -> dict[str, Any]:
        """Create a group (a security group by default), or patch it."""
        card: dict[str, Any] = self._do(
            "put_group", tenant_id=tenant_id, group_id=group_id, properties=properties
        )
        return card

    def delete_group(self, tenant_id: str, group_id: str) -> None:
        """Delete: Microsoft 365 groups softly, others for good."""
        self._do("delete_group", tenant_id=tenant_id, group_id=group_id)

    def restore_group(self, tenant_id: str, group_id: str) -> None:
        """Bring a softly deleted group back."""
        self._do("restore_group", tenant_id=tenant_id, group_id=group_id)

    def add_member(self, tenant_id: str, group_id: str, member_id: str) -> None:
        """Make a person or a group a direct member."""
        self._do(
            "add_member", tenant_id=tenant_id, group_id=group_id, member_id=member_id
        )

    def remove_member(self, tenant_id: str, group_id: str, member_id: str) -> None:
        """End a direct membership."""
        self._do(
            "remove_member", tenant_id=tenant_id, group_id=group_id, member_id=member_id
        )

    def put_sku(self, tenant_id: str, sku_id: str, **spec: Unpack[SkuSpec]) -> None:
        """Subscribe to a SKU, or change what is bought; what is not given stays."""
        self._do("put_sku", tenant_id=tenant_id, sku_id=sku_id, properties=spec)

    def remove_sku(self, tenant_id: str, sku_id: str) -> None:
        """End a subscription; what people hold of it stays with them."""
        self._do("remove_sku", tenant_id=tenant_id, sku_id=sku_id)

    def assign_sku(
        self,
        tenant_id: str,
        sku_id: str,
        *user_ids: str,
        group_id: str | None = None,
        remove: bool = False,
    ) -> None:
        """Give a SKU to people, directly or through a group; or take it back.

        With a group and nobody named, the people who are its direct members now.
        """
        self._do(
            "assign_sku",
            tenant_id=tenant_id,
            sku_id=sku_id,
            user_ids=user_ids,
            group_id=group_id,
            remove=remove,
        )

    def set_application(
        self, tenant_id: str, application_id: str, **spec: Unpack[ApplicationSpec]
    ) -> None:
        """Register or change an application; what is not given stays.

        In a further tenant it begins as it is registered in the first, without consent.
        """
        self._do(
            "set_application",
            tenant_id=tenant_id,
            application_id=application_id,
            **spec,
        )

    def remove_application(self, tenant_id: str, application_id: str) -> None:
        """Take an application out of the tenant."""
        self._do(
            "set_application",
            tenant_id=tenant_id,
            application_id=application_id,
            remove=True,
        )

    def revoke_sessions(self, tenant_id: str, object_id: str) -> None:
        """End the refresh tokens that somebody has until now."""
        self._do("revoke_sessions", tenant_id=tenant_id, object_id=object_id)

    def rotate_keys(self) -> None:
        """Sign tokens with a new key; the oldest one is no longer published."""
        self._do("rotate_keys")

    def fault(self, **rule: Unpack[FaultRule]) -> None:
        """Put a fault rule in force (see FaultRule)."""
        self._do("fault", **rule)

    def clear_faults(self, tenant_id: str | None = None) -> None:
        """Forget the fault rules of a tenant, or all."""
        self._do("clear_faults", tenant_id=tenant_id)

    def settings(self, tenant_id: str, **settings: Unpack[TenantSettings]) -> None:
        """Change how a tenant behaves; what is not given stays."""
        self._do("settings", tenant_id=tenant_id, **settings)

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock forward, for all tenants; tokens expire by it."""
        self._do("advance", seconds=seconds)

    def reset_clock(self) -> None:
        """Set the simulator's clock back to the real time."""
        self._do("reset_clock")

    def requests(self, tenant_id: str | None = None) -> list[dict[str, Any]]:
        """Return what was asked: method, path, query, status, ru, batched."""
        log: list[dict[str, Any]] = self._do("requests", tenant_id=tenant_id)
        return log

    def request_counts(self, tenant_id: str | None = None) -> dict[str, int]:
        """Return how often each 'METHOD path' was asked."""
        log = self.requests(tenant_id)
        return dict(Counter(f"{row['method']} {row['path']}" for row in log))

    def reset_requests(self) -> None:
        """Forget the log of requests."""
        self._do("reset_requests")

    def oracle(self, tenant_id: str, what: Truth) -> Iterator[dict[str, Any]]:
        """Yield the truth about a tenant, row by row."""
        url = f"{self._base}/oracle/{tenant_id}/{what}"
        with self._session.get(url, stream=True, timeout=600) as response:
            response.raise_for_status()
            for line in response.iter_lines(chunk_size=65_536):
                yield json.loads(line)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _do(self, action: str, **body: Any) -> Any:
        response = self._session.post(f"{self._base}/{action}", json=body, timeout=60)
        if response.status_code >= 400:
            raise AdminRefused(f"{action}: {response.text}")
        return response.json()
