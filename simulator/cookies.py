"""The cookie by which the sign-in host remembers who uses a browser."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.exchange import Call

_NAME = "simulator_person"
_KIND = "Path=/; Secure; HttpOnly; SameSite=Lax"
_PROVEN = "proven"

FORGET = f"{_NAME}=; Max-Age=0; {_KIND}"
"""The header that ends it."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in (`tenant/object id`), and whether by a second factor too."""

    person: str = ""
    has_second_factor: bool = False

    def header(self) -> str:
        """Return the header that remembers them until the browser is closed."""
        mark = f"/{_PROVEN}" if self.has_second_factor else ""
        return f"{_NAME}={self.person}{mark}; {_KIND}"


def read(call: Call) -> SignedIn:
    """Return who is signed in; an empty person if nobody is."""
    pairs = (part.strip().partition("=") for part in _header(call).split(";"))
    value = next((pair[2] for pair in pairs if pair[0] == _NAME), "")
    tenant_id, _, rest = value.partition("/")
    object_id, _, mark = rest.partition("/")
    person = f"{tenant_id}/{object_id}" if object_id else ""
    return SignedIn(person, mark == _PROVEN)


def _header(call: Call) -> str:
    return call.headers.get("cookie", "")
