"""One authenticated Graph request, as its handler sees it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator import query
from simulator.exchange import Call
from simulator.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks what: the tenant and roles come from the token."""

    tenant: Tenant
    roles: frozenset[str]
    call: Call
    # What the route's pattern caught from the path.
    keys: tuple[str, ...]
    parameters: dict[str, str]
    # https://host:port/v1.0
    base: str
    now: float

    @property
    def address(self) -> str:
        """The request's own address without its query."""
        return self.base + self.call.path.removeprefix("/v1.0")

    def query(self, of_type: str) -> query.Query:
        """Return the OData options, checked."""
        return query.read(self.parameters, self.call.headers, of_type=of_type)

    def may(self, *permissions: str) -> bool:
        """Say whether the token carries one of these permissions."""
        return not self.roles.isdisjoint(permissions)

    def may_read_people(self) -> bool:
        """Say whether full profiles may be read."""
        return self.may("User.Read.All", "User.ReadWrite.All", "Directory.Read.All")

    def context(self, what: str) -> str:
        """Return the value of @odata.context."""
        return f"{self.base}/$metadata#{what}"
