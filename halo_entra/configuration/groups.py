"""The ids of the groups that the file names, asked of their tenants.

Nothing is written here, and no transaction is open. A tenant that cannot be asked
leaves its names unresolved: the first run resolves them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from common import keys
from common.errors import AppError
from common.rights import Permission
from connections.graph import groups as graph
from connections.graph.errors import NoSuchObject
from connections.graph.wire import GraphGroup
from connections.models import (
    TenantConnection,
)
from directory.models import AgentRole
from halo_entra.configuration import clients
from mappings import groups
from mappings.risk import Gives

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from connections.graph.client import GraphClient
    from halo_entra.configuration.entries import (
        Configuration,
        GroupEntry,
        Record,
    )
    from halo_entra.configuration.identities import Identity
    from halo_entra.configuration.problems import Problems
    from halo_entra.configuration.secrets import Secrets

GIVES = {False: Gives.AGENT, True: Gives.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class Use:
    """One place of the file that names a group, and what its members get there."""

    group: GroupEntry
    gives: Gives

    @property
    def key(self) -> str:
        """Return what the group's name is compared by."""
        return keys.key(self.group.name)


@dataclass(slots=True)
class Resolved:
    """What is known of the groups of each connection, and the names that wait."""

    groups: dict[str, KnownGroups] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)


@dataclass(slots=True)
class KnownGroups:
    """The groups of one tenant that we have met, by name and by id."""

    ids: dict[str, UUID] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)

    def columns(self, group: GroupEntry | None) -> dict[str, UUID | str | None]:
        """Return a mapping's group as it is stored; no id while its name waits."""
        if group is None:
            return {"group_id": None, "group_name": ""}
        group_id = group.id or self.ids.get(keys.key(group.name))
        name = group.name or (self.names.get(group_id, "") if group_id else "")
        return {"group_id": group_id, "group_name": name}


def resolve(
    configuration: Configuration,
    identities: Sequence[Identity],
    secrets: Secrets,
    problems: Problems,
) -> Resolved:
    """Return the ids of all groups named by the connections; refusals are noted."""
    resolved = Resolved()
    by_name = {one.name.key: one for one in identities if one.imports}
    administrators = _administrator_roles(configuration)
    for record in configuration.connections:
        identity = by_name[record.name.key]
        known = resolved.groups[record.name.key] = _known(identity)
        uses = [
            use
            for use in _uses(record, administrators)
            if use.key not in known.ids and use.group.id not in known.names
        ]
        if not uses:
            continue
        try:
            with clients.open_client(record, identity, secrets) as client:
                _ask_names(client, uses, known, problems)
                _ask_ids(client, uses, known, problems)
        except AppError as exc:
            problems.warn(record.place, f"Its groups could not be looked up. {exc}")
        _refuse_twins(record, known, problems)
        resolved.waiting |= {
            use.group.name
            for use in uses
            if not use.group.id and use.key not in known.ids
        }
    return resolved


def _uses(record: Record, administrators: set[str]) -> Iterator[Use]:
    for row in record.given.get("site_mappings", ()):
        if row.group and not row.is_agent:
            yield Use(row.group, Gives.SITE)
        elif row.group:
            is_administrator = row.role is not None and row.role.key in administrators
            yield Use(row.group, GIVES[is_administrator])
    for row in record.given.get("agent_role_mappings", ()):
        yield Use(row.group, GIVES[row.target.key in administrators])
    for row in record.given.get("board_mappings", ()):
        yield Use(row.group, Gives.AGENT)


def _administrator_roles(configuration: Configuration) -> set[str]:
    """Return the keys of the roles that may administer, once the file is applied."""
    held = {role.name_key: role.permissions for role in AgentRole.objects.all()}
    for role in configuration.desk.agent_roles:
        if "permissions" in role.given:
            held[role.name.key] = list(role.given["permissions"])
    return {
        key for key, permissions in held.items() if Permission.ADMINISTER in permissions
    }


def _known(identity: Identity) -> KnownGroups:
    """Return what the connection's rows know of its tenant's groups.

    A name that stands for two ids is asked again.
    """
    connection = TenantConnection.objects.filter(name_key=identity.name.key).first()
    if connection is None or connection.tenant_id != identity.tenant_id:
        return KnownGroups()
    names: dict[UUID, str] = {}
    for rows in (
        connection.site_mappings,
        connection.role_mappings,
        connection.board_mappings,
    ):
        pairs = rows.values_list("group_id", "group_name")
        names |= {group_id: name for group_id, name in pairs if group_id}
    count = Counter(keys.key(name) for name in names.values())
    ids = {
        key: group_id
        for group_id, name in names.items()
        if (key := keys.key(name)) and count[key] == 1
    }
    return KnownGroups(ids, names)


def _ask_names(
    client: GraphClient, uses: Sequence[Use], known: KnownGroups, problems: Problems
) -> None:
    answers: dict[str, GraphGroup | groups.GroupRefused] = {}
    for use in uses:
        if use.group.id:
            continue
        if use.key not in answers:
            answers[use.key] = _find(client, use.group.name)
        answer = answers[use.key]
        if isinstance(answer, groups.GroupRefused):
            problems.add(use.group.place, str(answer))
        elif _is_allowed(answer, use, problems):
            known.ids[use.key] = answer.object_id


def _find(client: GraphClient, name: str) -> GraphGroup | groups.GroupRefused:
    try:
        return groups.find(client, name)
    except groups.GroupRefused as refused:
        return refused


def _ask_ids(
    client: GraphClient, uses: Sequence[Use], known: KnownGroups, problems: Problems
) -> None:
    """Look at groups that are named by id for the first time."""
    with_id = [use for use in uses if use.group.id]
    answers = graph.groups(client, [use.group.id for use in with_id if use.group.id])
    for use in with_id:
        answer = answers.get(use.group.id) if use.group.id else None
        if isinstance(answer, GraphGroup):
            known.names[answer.object_id] = keys.cut(keys.tidy(answer.name))
            _is_allowed(answer, use, problems)
        elif isinstance(answer, NoSuchObject):
            problems.warn(
                use.group.place,
                f"The tenant has no group {use.group.id}; the mapping selects nobody "
                "until it has.",
            )


def _refuse_twins(record: Record, known: KnownGroups, problems: Problems) -> None:
    """Note two rows that say the same, one by the group's name and one by its id."""
    for key in ("agent_role_mappings", "board_mappings"):
        lines: dict[tuple[UUID, str], int] = {}
        for row in record.given.get(key, ()):
            group_id = row.group.id or known.ids.get(keys.key(row.group.name))
            if group_id is None:
                continue
            pair = (group_id, row.target.key)
            if pair in lines:
                problems.add(row.place, f"This says the same as line {lines[pair]}.")
            lines.setdefault(pair, row.place.line)


def _is_allowed(group: GraphGroup, use: Use, problems: Problems) -> bool:
    try:
        risk = groups.check(group, gives=use.gives)
    except groups.GroupRefused as refused:
        problems.add(use.group.place, str(refused))
        return False
    if risk.sentence:
        problems.warn(use.group.place, risk.sentence)
    return True
