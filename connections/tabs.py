"""The tabs of a tenant connection, in the order and with the labels of Halo's guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from common.tabs import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connections.models import TenantConnection

TABS = (
    ("Details", "connections:details", "connecting"),
    ("Field Mappings", "mappings:fields", "field-mappings"),
    ("Agent/User Mappings", "mappings:mappings", "mappings"),
    ("Advanced Configuration", "mappings:advanced", "advanced"),
    ("Imports", "imports:imports", "imports"),
    ("Inbound Requests", "imports:inbound", "inbound-requests"),
)
"""The label of each, its address, and the page of the guide about it (R007)."""
LOCKED = "Save and authorise the connection first (Details)."


def is_open(connection: TenantConnection) -> bool:
    """Return whether the tenant was ever reached; other tabs wait for it (R065)."""
    return bool(connection.authorised_at or connection.first_fetched_at)


def tabs(connection: TenantConnection, current: str) -> list[Tab]:
    """Return the tabs with `current` (the name of its address) marked.

    Before the connection is authorised all but Details are locked.
    """
    return list(_tabs(connection, current))


def _tabs(connection: TenantConnection, current: str) -> Iterator[Tab]:
    for label, name, guide in TABS:
        url = reverse(name, args=[connection.pk])
        locked = "" if name == TABS[0][1] or is_open(connection) else LOCKED
        page = reverse("guide-page", args=[guide])
        yield Tab(label, url, is_current=name == current, locked=locked, guide=page)
