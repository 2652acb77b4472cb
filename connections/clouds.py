"""Where a tenant's sign-in host and Graph host are.

The hosts come from this table or, for the cloud `custom`, from the environment;
never from the database. Free of Django: values are passed in.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from common.errors import InvalidInput

CUSTOM = "custom"
CUSTOM_VARIABLES = "ENTRA_CUSTOM_AUTHORITY and ENTRA_CUSTOM_GRAPH"


@dataclass(frozen=True, slots=True)
class Cloud:
    """One Microsoft cloud: `https://host[:port]` of sign-in and Graph, no slash."""

    name: str
    authority: str
    graph: str
    ca_bundle: str = ""
    """A file of trusted authorities; empty: those that come with the product."""

    @property
    def scope(self) -> str:
        """Return the scope that asks for every permission granted at this Graph."""
        return f"{self.graph}/.default"


# https://learn.microsoft.com/en-us/graph/deployments
CLOUDS = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "global", "https://login.microsoftonline.com", "https://graph.microsoft.com"
        ),
        Cloud(
            "us_gov", "https://login.microsoftonline.us", "https://graph.microsoft.us"
        ),
        Cloud(
            "us_dod",
            "https://login.microsoftonline.us",
            "https://dod-graph.microsoft.us",
        ),
        Cloud(
            "china",
            "https://login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn",
        ),
    )
}
NAMES = (*CLOUDS, CUSTOM)


def cloud(name: str, custom: Cloud | None = None) -> Cloud:
    """Return the cloud of that name; `custom` is what the environment names.

    Raises InvalidInput for an unknown name, and for `custom` while it is not set.
    """
    if name == CUSTOM:
        if custom is None:
            raise InvalidInput(
                f"The cloud 'custom' is not set up: set {CUSTOM_VARIABLES} in the "
                "environment, or choose another cloud."
            )
        return custom
    if name not in CLOUDS:
        raise InvalidInput(f"Unknown cloud {name!r}: choose one of {', '.join(NAMES)}.")
    return CLOUDS[name]


def custom_cloud(*, authority: str, graph: str, ca_bundle: str = "") -> Cloud | None:
    """Return the cloud that the environment names; None while both hosts are unset.

    Raises InvalidInput naming the variable if one is missing or not an origin, if
    sign-in is not https, or if Graph is plain http anywhere but on loopback.
    """
    if not authority and not graph:
        return None
    if not authority or not graph:
        raise InvalidInput(f"Set {CUSTOM_VARIABLES}, both or neither.")
    login = _origin("ENTRA_CUSTOM_AUTHORITY", authority, schemes=("https",))
    place = _origin("ENTRA_CUSTOM_GRAPH", graph, schemes=("https", "http"))
    if place.scheme == "http" and not is_loopback(place.hostname or ""):
        raise InvalidInput(
            "ENTRA_CUSTOM_GRAPH may be plain http on loopback only: use https, or "
            "tokens travel unprotected."
        )
    return Cloud(
        CUSTOM,
        f"{login.scheme}://{login.netloc}",
        f"{place.scheme}://{place.netloc}",
        ca_bundle,
    )


def is_loopback(host: str) -> bool:
    """Return whether `host` (a name or an address, no port) is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _origin(variable: str, value: str, *, schemes: tuple[str, ...]) -> SplitResult:
    refused = InvalidInput(
        f"{variable} must look like {schemes[0]}://host:port, without a path."
    )
    try:
        parts = urlsplit(value.rstrip("/"))
        odd_port = parts.port == 0
    except ValueError as exc:
        raise refused from exc
    extra = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in schemes or not parts.hostname or extra or odd_port:
        raise refused
    return parts
