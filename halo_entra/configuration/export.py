"""The configuration as a file: applied to an empty database it makes the same again.

Secrets leave as where they came from, never as themselves.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from common import keys
from common.errors import NotFound
from common.rights import Permission
from connections.models import Module, TenantConnection
from directory.models import (
    AgentRole,
    ChangeAdvisoryBoard,
    CustomField,
    Organisation,
    Site,
    Team,
    UserRole,
)
from directory.states import CustomKind
from halo_entra.configuration import export_connections, export_sign_in
from halo_entra.configuration.export_sign_in import is_untouched
from sso.models import SsoConnection

if TYPE_CHECKING:
    from common.types import Json, JsonObject

WIDTH = 10_000
"""Lines are never folded: a difference between two exports is a difference."""


def export(connection: str = "") -> str:
    """Return the configuration as YAML; with a name, that connection and the desk.

    Raises NotFound if there is no connection of that name.
    """
    tenants = TenantConnection.objects.order_by("name_key")
    sign_ins = SsoConnection.objects.order_by("name_key")
    if connection:
        tenants = tenants.filter(name_key=keys.key(connection))
        sign_ins = sign_ins.filter(name_key=keys.key(connection))
        if not tenants and not sign_ins:
            raise NotFound(f"There is no connection {connection!r}.")
    # A Default with nothing set is wherever the file is applied.
    told = [one for one in sign_ins if connection or not is_untouched(one)]
    content: JsonObject = {
        "version": 1,
        **_desk(),
        "connections": [export_connections.connection(row) for row in tenants],
        "sso_connections": [export_sign_in.connection(row) for row in told],
    }
    return _yaml({key: value for key, value in content.items() if value})


def _yaml(content: JsonObject) -> str:
    writer = YAML()
    writer.allow_unicode = True
    writer.width = WIDTH
    stream = io.StringIO()
    writer.dump(content, stream)
    return stream.getvalue()


def _desk() -> JsonObject:
    organisations = Organisation.objects.order_by("name_key").prefetch_related("sites")
    roles = AgentRole.objects.order_by("name_key").prefetch_related("organisations")
    boards = ChangeAdvisoryBoard.objects.order_by("name_key")
    fields = CustomField.objects.order_by("name")
    return {
        "organisations": [_organisation(row) for row in organisations],
        "user_roles": _names(UserRole),
        "agent_roles": [_agent_role(row) for row in roles],
        "teams": _names(Team),
        "change_advisory_boards": [
            {"name": row.name, "approvals_needed": row.approvals_needed}
            for row in boards
        ],
        "custom_fields": [_custom_field(row) for row in fields],
        "modules": {row.slug: row.enabled for row in Module.objects.order_by("slug")},
    }


def _names(model: type[UserRole | Team]) -> list[str]:
    rows = model._default_manager.order_by("name_key")
    return list(rows.values_list("name", flat=True))


def _organisation(row: Organisation) -> JsonObject:
    sites = sorted(row.sites.all(), key=lambda site: site.name_key)
    return {
        "name": row.name,
        **({} if row.is_active else {"is_active": False}),
        "sites": [_site(site) for site in sites],
    }


def _site(row: Site) -> Json:
    return row.name if row.is_active else {"name": row.name, "is_active": False}


def _agent_role(row: AgentRole) -> JsonObject:
    held = [one.value for one in Permission if one in row.permissions]
    organisations = sorted(row.organisations.all(), key=lambda one: one.name_key)
    rights: JsonObject = {"permissions": held}
    if len(held) == len(Permission):
        rights = {"administrator": True}
    if organisations:
        rights["organisations"] = [one.name for one in organisations]
    return {"name": row.name, **rights}


def _custom_field(row: CustomField) -> JsonObject:
    found: JsonObject = {"name": row.name, "label": row.label, "kind": row.kind}
    if row.kind == CustomKind.CHOICE:
        found["choices"] = list(row.choices)
    return found
