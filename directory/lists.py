"""The directory's lists: what each shows, finds and filters, declared once.

A list is a ListSpec; `list_views.records` turns it into a page, a fragment or CSV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Count, QuerySet

from common.paging import Column
from directory.filters import (
    ActiveFilters,
    AssetFilters,
    FieldFilters,
    LicenceFilters,
    NameFilters,
    PersonFilters,
    SiteFilters,
    UserFilters,
)
from directory.models import (
    Agent,
    AgentRole,
    Asset,
    ChangeAdvisoryBoard,
    CustomField,
    EndUser,
    Licence,
    Organisation,
    Site,
    Software,
    Team,
    UserRole,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list: its rows, columns, filters, and the url names that belong to it."""

    title: str
    noun: str
    plural: str
    rows: Callable[[], QuerySet[Any]]
    columns: Sequence[Column]
    filters: type[django_filters.FilterSet]
    row_template: str
    sort: str = "name"
    icon: str = "inbox"
    empty: str = ""
    new: str = ""
    """The url name of the form for a new one; "" where only imports make them."""
    bulk: bool = False
    exports: str = ""
    """The kind of `directory.export` that its CSV is, if any."""


NAME = Column("name", "Name", order="name_key")
LISTS = {
    "users": ListSpec(
        "Users",
        "user",
        "users",
        lambda: EndUser.objects.select_related("site__organisation", "user_role"),
        (
            NAME,
            Column("email", "E-mail", order="email_key"),
            Column("login", "Network Login", order="login_key"),
            Column("site", "Site"),
            Column("role", "Role"),
            Column("state", "State"),
        ),
        UserFilters,
        "directory/_user_row.html",
        icon="users",
        empty="Users come from a tenant: connect one under Integrations, or make one "
        "by hand.",
        new="directory:user-new",
        bulk=True,
        exports="users",
    ),
    "agents": ListSpec(
        "Agents",
        "agent",
        "agents",
        lambda: Agent.objects.select_related("default_team").prefetch_related("roles"),
        (
            NAME,
            Column("email", "E-mail", order="email_key"),
            Column("login", "AD Login", order="login_key"),
            Column("team", "Team"),
            Column("roles", "Roles"),
            Column("state", "State"),
        ),
        PersonFilters,
        "directory/_agent_row.html",
        icon="headset",
        empty="Agents come from *Agent* mappings of a tenant.",
        exports="agents",
    ),
    "organisations": ListSpec(
        "Organisations",
        "organisation",
        "organisations",
        lambda: Organisation.objects.annotate(site_count=Count("sites", distinct=True)),
        (NAME, Column("sites", "Sites", is_number=True), Column("state", "State")),
        ActiveFilters,
        "directory/_organisation_row.html",
        icon="building",
        new="directory:organisation-new",
    ),
    "sites": ListSpec(
        "Sites",
        "site",
        "sites",
        lambda: Site.objects.select_related("organisation"),
        (
            Column("name", "Site", order="name_key"),
            Column("organisation", "Organisation", order="organisation__name_key"),
            Column("from", "Made from"),
            Column("state", "State"),
        ),
        SiteFilters,
        "directory/_site_row.html",
        icon="map-pin",
        new="directory:site-new",
        exports="sites",
    ),
    "assets": ListSpec(
        "Assets",
        "asset",
        "assets",
        lambda: Asset.objects.select_related("site__organisation", "user"),
        (
            Column("number", "Number", order="pk", is_number=True),
            Column("name", "Name"),
            Column("serial", "Serial number", order="serial_key"),
            Column("user", "User"),
            Column("site", "Site"),
            Column("status", "Status"),
        ),
        AssetFilters,
        "directory/_asset_row.html",
        sort="number",
        icon="laptop",
        empty="Devices come from Intune once their import is switched on.",
        exports="devices",
    ),
    "licences": ListSpec(
        "Licences",
        "licence",
        "licences",
        lambda: Licence.objects.select_related("organisation", "software"),
        (
            Column("name", "Product", order="software__name_key"),
            Column("organisation", "Organisation", order="organisation__name_key"),
            Column("sku", "SKU"),
            Column("total", "Seats", order="total", is_number=True),
            Column("consumed", "Used", order="consumed", is_number=True),
            Column("available", "Available", order="available", is_number=True),
            Column("state", "State"),
        ),
        LicenceFilters,
        "directory/_licence_row.html",
        icon="key-round",
        empty="Microsoft 365 licences are imported from a tenant.",
        exports="licences",
    ),
    "user-roles": ListSpec(
        "User roles",
        "user role",
        "user roles",
        UserRole.objects.all,
        (NAME,),
        NameFilters,
        "directory/_named_row.html",
        icon="id-card",
        new="directory:user-role-new",
    ),
    "agent-roles": ListSpec(
        "Agent roles",
        "agent role",
        "agent roles",
        lambda: AgentRole.objects.prefetch_related("organisations").annotate(
            holders=Count("grants")
        ),
        (
            NAME,
            Column("permissions", "Permissions"),
            Column("organisations", "Organisations"),
            Column("holders", "Agents", is_number=True),
        ),
        NameFilters,
        "directory/_agent_role_row.html",
        icon="shield",
        new="directory:agent-role-new",
    ),
    "teams": ListSpec(
        "Teams",
        "team",
        "teams",
        lambda: Team.objects.annotate(members=Count("agents")),
        (NAME, Column("members", "Agents", is_number=True)),
        NameFilters,
        "directory/_team_row.html",
        icon="users-round",
        new="directory:team-new",
    ),
    "boards": ListSpec(
        "Change Advisory Boards (CAB)",
        "board",
        "boards",
        lambda: ChangeAdvisoryBoard.objects.annotate(members=Count("seats")),
        (
            NAME,
            Column("approvals", "Approvals needed", is_number=True),
            Column("members", "Members", is_number=True),
        ),
        NameFilters,
        "directory/_board_row.html",
        icon="landmark",
        new="directory:board-new",
    ),
    "custom-fields": ListSpec(
        "Custom fields",
        "custom field",
        "custom fields",
        CustomField.objects.all,
        (
            Column("name", "Name", order="name"),
            Column("label", "Label", order="label"),
            Column("kind", "Kind"),
        ),
        FieldFilters,
        "directory/_custom_field_row.html",
        icon="text-cursor-input",
        empty="A custom field is made here before Entra's values are mapped to it.",
        new="directory:custom-field-new",
    ),
    "software": ListSpec(
        "Software",
        "product",
        "products",
        lambda: Software.objects.annotate(users=Count("assignments")),
        (NAME, Column("users", "Users", is_number=True)),
        NameFilters,
        "directory/_software_row.html",
        icon="app-window",
        new="directory:software-product-new",
    ),
}
