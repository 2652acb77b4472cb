"""Writing the desk's own records: found by name, added and changed, never removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from common.rights import Permission
from connections.models import Module
from directory.models import (
    AgentRole,
    ChangeAdvisoryBoard,
    CustomField,
    Organisation,
    Site,
    Team,
    UserRole,
)
from halo_entra.configuration.rows import Report, changed, put

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halo_entra.configuration.entries import Desk, Record

Named = TypeVar("Named", Organisation, UserRole, AgentRole, Team, ChangeAdvisoryBoard)


def write(desk: Desk, modules: Mapping[str, bool], report: Report) -> None:
    """Make and change the records that the file names."""
    for record in desk.organisations:
        _write_organisation(record, report)
    for record in desk.user_roles:
        role = _found(UserRole, record)
        put(report, role, _columns(record), label=f"user role {record.name.text}")
    for record in desk.agent_roles:
        _write_agent_role(record, report)
    for record in desk.teams:
        team = _found(Team, record)
        put(report, team, _columns(record), label=f"team {record.name.text}")
    for record in desk.change_advisory_boards:
        board = _found(ChangeAdvisoryBoard, record)
        label = f"change advisory board {record.name.text}"
        put(report, board, _columns(record, "approvals_needed"), label=label)
    for record in desk.custom_fields:
        _write_custom_field(record, report)
    for slug, enabled in modules.items():
        module = Module.objects.filter(slug=slug).first() or Module(slug=slug)
        put(report, module, {"enabled": enabled}, label=f"module {slug}")


def _found(model: type[Named], record: Record) -> Named:
    """Return the record of that name, or a new one."""
    stored = model._default_manager.filter(name_key=record.name.key).first()
    return stored or model(name=record.name.text)


def _columns(record: Record, *names: str) -> dict[str, Any]:
    given = {name: record.given[name] for name in names if name in record.given}
    return {"name": record.name.text, **given}


def _write_organisation(record: Record, report: Report) -> None:
    organisation = _found(Organisation, record)
    label = f"organisation {record.name.text}"
    put(report, organisation, _columns(record, "is_active"), label=label)
    for row in record.given.get("sites", ()):
        site = Site.objects.filter(
            organisation=organisation, name_key=row.name.key
        ).first() or Site(organisation=organisation)
        label = f"site {organisation.name} / {row.name.text}"
        put(report, site, _columns(row, "is_active"), label=label)


def _write_agent_role(record: Record, report: Report) -> None:
    role = _found(AgentRole, record)
    label = f"agent role {record.name.text}"
    columns = _columns(record)
    if "permissions" in record.given:
        held = record.given["permissions"]
        columns["permissions"] = [one.value for one in Permission if one in held]
    elif role._state.adding:
        columns["permissions"] = [Permission.VIEW.value]
    put(report, role, columns, label=label)
    if "organisations" in record.given:
        wanted = {name.key for name in record.given["organisations"]}
        present = set(role.organisations.values_list("name_key", flat=True))
        if wanted != present:
            role.organisations.set(Organisation.objects.filter(name_key__in=wanted))
            changed(report, label=label)


def _write_custom_field(record: Record, report: Report) -> None:
    name = record.name.text
    field = CustomField.objects.filter(name=name).first()
    field = field or CustomField(name=name, label=name)
    columns: dict[str, Any] = {
        key: record.given[key]
        for key in ("label", "kind", "choices")
        if key in record.given
    }
    put(report, field, columns, label=f"custom field {name}")
