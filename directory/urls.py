"""Addresses of the directory."""

from __future__ import annotations

from django.urls import path

from directory import (
    access_views,
    break_glass_views,
    bulk_views,
    licence_views,
    list_views,
    named_views,
    person_views,
    search_views,
)

app_name = "directory"
SETTINGS = "configuration/directory/"
PLACES = {
    "users": "people/users/",
    "agents": "people/agents/",
    "organisations": "organisations/",
    "sites": "sites/",
    "assets": "assets/",
    "licences": "licences/",
    "user-roles": f"{SETTINGS}user-roles/",
    "agent-roles": f"{SETTINGS}agent-roles/",
    "teams": f"{SETTINGS}teams/",
    "boards": f"{SETTINGS}boards/",
    "custom-fields": f"{SETTINGS}custom-fields/",
    "software": f"{SETTINGS}software/",
}
"""Where each list lives; its records lie below it by their number."""


def _named(kind: str) -> list[object]:
    base = PLACES[named_views.NAMED[kind].list]
    with_kind = {"kind": kind}
    return [
        path(f"{base}new/", named_views.named, with_kind, name=f"{kind}-new"),
        path(f"{base}<int:pk>/", named_views.named, with_kind, name=kind),
        path(
            f"{base}<int:pk>/delete",
            named_views.remove,
            with_kind,
            name=f"{kind}-delete",
        ),
    ]


USERS, AGENTS = PLACES["users"], PLACES["agents"]
LICENCES = PLACES["licences"]
urlpatterns = [
    *(
        path(place, list_views.records, {"name": name}, name=name)
        for name, place in PLACES.items()
    ),
    *(one for kind in named_views.NAMED for one in _named(kind)),
    path(f"{USERS}new/", person_views.edit_user, name="user-new"),
    path(f"{USERS}bulk/", bulk_views.users, name="users-bulk"),
    path(f"{USERS}<int:pk>/", person_views.user, name="user"),
    path(f"{USERS}<int:pk>/edit/", person_views.edit_user, name="user-edit"),
    path(f"{USERS}<int:pk>/follow", person_views.follow, name="user-follow"),
    path(f"{AGENTS}<int:pk>/", person_views.agent, name="agent"),
    path(f"{AGENTS}<int:pk>/edit/", person_views.edit_agent, name="agent-edit"),
    path(f"{AGENTS}<int:pk>/give/", access_views.give, name="agent-give"),
    path(
        f"{AGENTS}<int:pk>/break-glass",
        break_glass_views.set_flag,
        name="agent-break-glass",
    ),
    path(
        f"{AGENTS}<int:pk>/roles/<int:grant>/take",
        access_views.take_role,
        name="agent-take-role",
    ),
    path(
        f"{AGENTS}<int:pk>/seats/<int:seat>/take",
        access_views.take_seat,
        name="agent-take-seat",
    ),
    path(f"{LICENCES}<int:pk>/", licence_views.licence, name="licence"),
    path(f"{LICENCES}<int:pk>/rename", licence_views.rename, name="licence-rename"),
    path("search/", search_views.search, name="search"),
    path("pick/sites", person_views.pick_sites, name="pick-sites"),
]
