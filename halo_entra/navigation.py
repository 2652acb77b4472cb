"""The menu of the agents' app: names of addresses, and which permission shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from django.conf import settings
from django.urls import reverse

from common.rights import NOBODY, Permission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest

    from common.rights import Rights


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu; it is current on every page whose address it begins."""

    label: str
    icon: str
    name: str
    needs: Permission = Permission.VIEW


Menu: TypeAlias = "Sequence[tuple[str, Sequence[Item]]]"

PRACTICE = (
    "Demo",
    (Item("Practice tenants", "flask-conical", "practice", Permission.ADMINISTER),),
)
MENU: Menu = (
    (
        "Desk",
        (
            Item("Dashboard", "layout-dashboard", "dashboard"),
            Item("Users", "users", "directory:users"),
            Item("Agents", "headset", "directory:agents"),
            Item("Organisations", "building", "directory:organisations"),
            Item("Sites", "map-pin", "directory:sites"),
            Item("Assets", "laptop", "directory:assets"),
            Item("Licences", "key-round", "directory:licences"),
        ),
    ),
    (
        "Imports",
        (
            Item("Health", "heart-pulse", "imports:health"),
            Item("Runs", "cloud-download", "imports:runs"),
            Item("Needs review", "list-checks", "imports:review"),
            Item("Explain", "circle-question-mark", "imports:explain"),
            Item("Coverage", "radar", "imports:coverage"),
            Item("Inbound Requests", "inbox", "imports:inbound-all"),
        ),
    ),
    (
        "Configuration",
        (
            Item(
                "Integrations",
                "plug",
                "connections:integrations",
                Permission.CONFIGURE,
            ),
            Item("Agent roles", "shield", "directory:agent-roles"),
            Item("User roles", "id-card", "directory:user-roles"),
            Item("Teams", "users-round", "directory:teams"),
            Item("Boards (CAB)", "landmark", "directory:boards"),
            Item("Custom fields", "text-cursor-input", "directory:custom-fields"),
            Item("Software", "app-window", "directory:software"),
            Item("History", "history", "history", Permission.CONFIGURE),
            Item("Sign-ins", "log-in", "sign-ins", Permission.CONFIGURE),
            Item("Back office", "database", "admin:index", Permission.ADMINISTER),
            Item("Guide", "book-open", "guide"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the menu as the agent behind the request may use it."""
    rights: Rights = getattr(request, "rights", NOBODY)
    menu = (PRACTICE, *MENU) if settings.DEMO else MENU
    return {"navigation": list(_sections(menu, request.path, rights))}


def _sections(menu: Menu, path: str, rights: Rights) -> Iterator[dict[str, Any]]:
    for title, items in menu:
        shown = [
            {
                "label": item.label,
                "icon": item.icon,
                "url": (url := reverse(item.name)),
                "is_current": path == url or (url != "/" and path.startswith(url)),
            }
            for item in items
            if rights.may(item.needs)
        ]
        if shown:
            yield {"title": title, "items": shown}
