"""Writing the mappings of one connection: a list of the file replaces its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common import keys
from halo_entra.configuration.known import Known, What
from halo_entra.configuration.rows import Columns, Listed, Report, read, replace
from mappings import catalogue
from mappings.models import (
    AgentRoleMapping,
    BoardMapping,
    Criterion,
    FieldMapping,
    MatchingField,
    SiteMapping,
)
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from connections.models import TenantConnection
    from halo_entra.configuration.entries import (
        FieldEntry,
        GrantEntry,
        Record,
        SiteEntry,
    )
    from halo_entra.configuration.groups import KnownGroups
    from mappings.rules import FieldRule

FIELD = ("position", "source", "target", "when_empty", "apply")
SITE = (
    "sequence",
    "enabled",
    "type",
    "is_agent",
    "site_id",
    "organisation_id",
    "field",
    "default_site_id",
    "user_role_id",
    "agent_role_id",
    "group_id",
    "group_name",
    "nested",
    "include_external",
    "match",
)
GRANT = ("position", "group_id", "group_name", "nested")


class MappingWriter:
    """Writes the lists of one connection."""

    def __init__(
        self,
        connection: TenantConnection,
        known: Known,
        groups: KnownGroups,
        report: Report,
    ) -> None:
        """Refer to the records in `known` and to the groups as they were resolved."""
        self._connection = connection
        self._known = known
        self._groups = groups
        self._report = report

    def write(self, record: Record, *, is_new: bool) -> None:
        """Replace the lists that the file names; a new connection gets defaults."""
        given = record.given
        fields = given.get("field_mappings", {})
        for kind in Kind:
            if kind in fields:
                self._fields(kind, [_field(row) for row in fields[kind]])
            elif is_new:
                self._fields(
                    kind, [_default(rule) for rule in catalogue.DEFAULTS[kind]]
                )
            if kind in given.get("matching_fields", {}):
                names = [name.text for name in given["matching_fields"][kind]]
                self._matching(kind, names)
        if "site_mappings" in given:
            self._site_mappings(given["site_mappings"])
        if "agent_role_mappings" in given:
            self._roles(given["agent_role_mappings"])
        if "board_mappings" in given:
            self._boards(given["board_mappings"])

    def _fields(self, kind: Kind, rows: Sequence[dict[str, Any]]) -> None:
        wanted = [{"position": n, **row} for n, row in enumerate(rows)]
        stored = FieldMapping.objects.filter(connection=self._connection, kind=kind)
        self._replace(
            {row.target: (row, read(row, FIELD)) for row in stored},
            {row["target"]: row for row in wanted},
            lambda columns: FieldMapping.objects.create(
                connection=self._connection, kind=kind, **columns
            ),
            lambda columns: f"field mapping {columns['target']} of {kind}",
        )

    def _matching(self, kind: Kind, targets: Sequence[str]) -> None:
        stored = MatchingField.objects.filter(connection=self._connection, kind=kind)
        self._replace(
            {row.target: (row, read(row, ("position", "target"))) for row in stored},
            {one: {"position": n, "target": one} for n, one in enumerate(targets)},
            lambda columns: MatchingField.objects.create(
                connection=self._connection, kind=kind, **columns
            ),
            lambda columns: f"matching field {columns['target']} of {kind}",
        )

    def _site_mappings(self, rows: Sequence[SiteEntry]) -> None:
        stored = self._connection.site_mappings.prefetch_related("criteria")
        self._replace(
            {row.sequence: (row, _site_columns(row)) for row in stored},
            {row.sequence: self._site(row) for row in rows},
            self._make_site_mapping,
            lambda columns: f"site mapping {columns['sequence']}",
        )

    def _site(self, row: SiteEntry) -> Columns:
        find, site = self._known.find, self._known.find_site
        user_role = row.role if not row.is_agent else None
        agent_role = row.role if row.is_agent else None
        organisation = row.organisation
        return {
            "sequence": row.sequence,
            "enabled": row.enabled,
            "type": row.type,
            "is_agent": row.is_agent,
            "site_id": site(row.site) if row.site else None,
            "organisation_id": (
                find(What.ORGANISATION, organisation) if organisation else None
            ),
            "field": row.source.text if row.source else "",
            "default_site_id": site(row.default_site) if row.default_site else None,
            "user_role_id": find(What.USER_ROLE, user_role) if user_role else None,
            "agent_role_id": find(What.AGENT_ROLE, agent_role) if agent_role else None,
            **self._groups.columns(row.group),
            "nested": row.nested,
            "include_external": row.include_external,
            "match": row.match,
            "criteria": [
                {"field": one.field.text, "operator": one.operator, "value": one.value}
                for one in row.criteria
            ],
        }

    def _make_site_mapping(self, columns: Columns) -> None:
        own = {name: columns[name] for name in SITE}
        mapping = SiteMapping.objects.create(connection=self._connection, **own)
        Criterion.objects.bulk_create(
            Criterion(mapping=mapping, position=position, **one)
            for position, one in enumerate(columns["criteria"])
        )

    def _roles(self, rows: Sequence[GrantEntry]) -> None:
        self._replace(
            {
                _grant_key(columns := read(row, (*GRANT, "role_id")), "role_id"): (
                    row,
                    columns,
                )
                for row in self._connection.role_mappings.all()
            },
            self._grants(rows, What.AGENT_ROLE, "role_id"),
            lambda columns: AgentRoleMapping.objects.create(
                connection=self._connection, **columns
            ),
            lambda columns: f"agent role mapping of group {_group(columns)}",
        )

    def _boards(self, rows: Sequence[GrantEntry]) -> None:
        self._replace(
            {
                _grant_key(columns := read(row, (*GRANT, "board_id")), "board_id"): (
                    row,
                    columns,
                )
                for row in self._connection.board_mappings.all()
            },
            self._grants(rows, What.BOARD, "board_id"),
            lambda columns: BoardMapping.objects.create(
                connection=self._connection, **columns
            ),
            lambda columns: f"board mapping of group {_group(columns)}",
        )

    def _grants(
        self, rows: Sequence[GrantEntry], what: What, column: str
    ) -> dict[Hashable, Columns]:
        found = [
            {
                "position": position,
                **self._groups.columns(row.group),
                "nested": row.nested,
                column: self._known.find(what, row.target),
            }
            for position, row in enumerate(rows)
        ]
        return {_grant_key(columns, column): columns for columns in found}

    def _replace(
        self,
        stored: dict[Any, Any],
        wanted: dict[Any, Any],
        make: Callable[[Columns], object],
        label: Callable[[Columns], str],
    ) -> None:
        name = self._connection.name
        told = Listed(stored, wanted, make, lambda columns: f"{name}: {label(columns)}")
        replace(self._report, told)


def _field(row: FieldEntry) -> dict[str, Any]:
    return {
        "source": row.source.text,
        "target": row.target.text,
        "when_empty": row.when_empty,
        "apply": row.apply,
    }


def _default(rule: FieldRule) -> dict[str, Any]:
    return {
        "source": rule.source,
        "target": rule.target,
        "when_empty": rule.when_empty,
        "apply": rule.apply,
    }


def _site_columns(row: SiteMapping) -> Columns:
    criteria = [
        {"field": one.field, "operator": one.operator, "value": one.value}
        for one in row.criteria.all()
    ]
    return {**read(row, SITE), "criteria": criteria}


def _grant_key(columns: Columns, target: str) -> Hashable:
    return columns["group_id"] or keys.key(columns["group_name"]), columns[target]


def _group(columns: Columns) -> str:
    return columns["group_name"] or str(columns["group_id"])
