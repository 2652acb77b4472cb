"""A bare Graph caller for the simulator's own tests: requests and a token, no more."""

from __future__ import annotations

from typing import Any

import requests

from simulator.contract import TenantInfo
from simulator.process import Simulator

SCOPE = "https://graph.microsoft.com/.default"
EVENTUAL = {"ConsistencyLevel": "eventual"}
"""The header that advanced queries need."""


def session(simulator: Simulator) -> requests.Session:
    """Return a session that trusts the simulator and ignores the environment."""
    made = requests.Session()
    made.trust_env = False
    made.verify = simulator.ca
    return made


def ask_token(
    simulator: Simulator, tenant: TenantInfo, *, at: str = "", **changes: str
) -> requests.Response:
    """Ask the token endpoint of a tenant, or `at` another, with changes."""
    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.application_id,
        "client_secret": tenant.secret,
        "scope": SCOPE,
        **changes,
    }
    url = f"{simulator.origin}/{at or tenant.tenant_id}/oauth2/v2.0/token"
    return session(simulator).post(url, data=form, timeout=30)


class GraphCaller:
    """Calls Graph as a tenant's application."""

    def __init__(self, simulator: Simulator, tenant: TenantInfo) -> None:
        """Get a token."""
        self.base = f"{simulator.origin}/v1.0"
        self.session = session(simulator)
        token = ask_token(simulator, tenant).json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **headers: str) -> requests.Response:
        """GET a path or a whole link."""
        url = path if path.startswith("https://") else self.base + path
        return self.session.get(url, headers=headers, timeout=60)

    def post(self, path: str, body: Any) -> requests.Response:
        """POST JSON."""
        return self.session.post(self.base + path, json=body, timeout=60)

    def walk(self, path: str, **headers: str) -> list[dict[str, Any]]:
        """Return the items of all pages."""
        items, _ = self.round(path, **headers)
        return items

    def round(self, path: str, **headers: str) -> tuple[list[dict[str, Any]], str]:
        """Return the items of all pages and the delta link, if there is one."""
        items: list[dict[str, Any]] = []
        page = self.get(path, **headers).json()
        items += page["value"]
        while "@odata.nextLink" in page:
            page = self.get(page["@odata.nextLink"], **headers).json()
            items += page["value"]
        return items, page.get("@odata.deltaLink", "")
