"""What tests of the form of a site mapping do again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.mappings.views.pages import filled, read, url

if TYPE_CHECKING:
    from django.test import Client

    from connections.models import TenantConnection


def new(connection: TenantConnection, kind: str = "existing_site") -> str:
    """Return the address of a new mapping."""
    return url("mapping-new", connection, kind)


def sales(page: Client, address: str, **more: Any) -> dict[str, Any]:
    """Return a form that selects the people of Sales."""
    html = page.post(address, {"add_criterion": "1"} | filled(page, address))
    row = {"criteria-0-field": "department", "criteria-0-value": "Sales"}
    return read(html.content.decode(), **row, **more)
