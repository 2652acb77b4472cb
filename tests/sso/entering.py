"""What tests of letting people in share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core import mail

from connections.id_tokens import Identity
from tests.sso import signing

if TYPE_CHECKING:
    from tests.sso.signing import Visit

PORTAL = {"portal": "user"}


def change(visit: Visit, **settings: Any) -> None:
    """Change the connection."""
    for name, value in settings.items():
        setattr(visit.connection, name, value)
    visit.connection.save()


def address(visit: Visit, name: str = "ada") -> str:
    """Return an address in the tenant's domain."""
    return f"{name}@{visit.tenant.domain}"


def refused(visit: Visit, answer: Any, before: tuple[int, ...]) -> None:
    """Demand that nobody came in and nothing but the log was written."""
    assert signing.denied(answer) == "not_imported"
    assert signing.counts() == before
    assert signing.events() == ["not_imported"]
    assert not signing.is_in(visit.client)
    assert mail.outbox == []


def identity(**columns: Any) -> Identity:
    """Return somebody whose identity is proven."""
    return Identity(
        **{
            "tenant_id": uuid4(),
            "object_id": uuid4(),
            "subject": "s",
            "username": "ada@acme.example",
            "name": "Ada",
            "is_guest": False,
            "claims": {},
            **columns,
        }
    )
