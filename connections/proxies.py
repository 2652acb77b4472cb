"""Which proxy a request goes through: HTTPS_PROXY and NO_PROXY, as given to us."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from connections.clouds import is_loopback


def host(url: str) -> str:
    """Return the host and port of `url` for a message, without user or password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def choose(url: str, proxy: str, no_proxy: str) -> dict[str, str]:
    """Return requests' `proxies` for `url`: empty when it is reached directly.

    Loopback never goes through a proxy: the proxy's loopback is another machine's.
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").lower()
    if not proxy or is_loopback(name) or _is_listed(name, parts.port, no_proxy):
        return {}
    return {"https": proxy, "http": proxy}


def _is_listed(name: str, port: int | None, no_proxy: str) -> bool:
    rules = [rule.strip().lower() for rule in no_proxy.split(",")]
    return any(_fits(name, port, rule) for rule in rules if rule)


def _fits(name: str, port: int | None, rule: str) -> bool:
    """Say whether `rule` (`*`, a domain, a host:port, a network) covers the host."""
    if rule == "*":
        return True
    try:
        return ipaddress.ip_address(name) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        pass
    domain, _, wanted = rule.partition(":")
    if wanted and wanted != str(port or 443):
        return False
    domain = domain.removeprefix("*").lstrip(".")
    return name == domain or name.endswith(f".{domain}")
