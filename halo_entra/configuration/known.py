"""The names that a configuration file may refer to, and the records behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from common import keys
from common.hints import nearest
from directory.models import (
    AgentRole,
    ChangeAdvisoryBoard,
    CustomField,
    Organisation,
    Site,
    Team,
    UserRole,
)
from halo_entra.configuration.document import Node
from halo_entra.configuration.entries import SiteName
from halo_entra.configuration.problems import Wrong
from halo_entra.configuration.readers import Name


class What(StrEnum):
    """The records that are referred to by a single name."""

    ORGANISATION = "organisation"
    USER_ROLE = "user role"
    AGENT_ROLE = "agent role"
    TEAM = "team"
    BOARD = "change advisory board"


MODELS = {
    What.ORGANISATION: Organisation,
    What.USER_ROLE: UserRole,
    What.AGENT_ROLE: AgentRole,
    What.TEAM: Team,
    What.BOARD: ChangeAdvisoryBoard,
}
LISTS = {
    What.ORGANISATION: "organisations",
    What.USER_ROLE: "user_roles",
    What.AGENT_ROLE: "agent_roles",
    What.TEAM: "teams",
    What.BOARD: "change_advisory_boards",
}
NEW = 0
"""The id of a record that the file is about to make."""


@dataclass(frozen=True, slots=True)
class Known:
    """Records by key, as (id, name). Made by `stored`, then widened by `with_file`."""

    records: dict[What, dict[str, tuple[int, str]]]
    sites: dict[tuple[str, str], tuple[int, str]]
    custom_fields: set[str] = field(default_factory=set)

    def find(self, what: What, name: Name) -> int:
        """Return the record's id; raises Wrong if there is none of that name."""
        records = self.records[what]
        if name.key not in records:
            near = nearest(name.text, (text for _, text in records.values()))
            raise Wrong(name.place, f"There is no {what} {name.text!r}.{near}")
        return records[name.key][0]

    def find_site(self, name: SiteName) -> int:
        """Return the site's id; raises Wrong if none, or more than one, is meant."""
        found = [self.sites[key] for key in name.keys if key in self.sites]
        if len(found) > 1:
            raise Wrong(
                name.place,
                f"{name.text!r} may be read in more than one way: write "
                "{organisation: …, site: …}.",
            )
        if not found:
            near = nearest(name.text, (text for _, text in self.sites.values()))
            raise Wrong(name.place, f"There is no site {name.text!r}.{near}")
        return found[0][0]

    def site_organisation(self, name: SiteName) -> str:
        """Return the key of the organisation of a site that `find_site` finds."""
        return next(key[0] for key in name.keys if key in self.sites)


def stored() -> Known:
    """Return what the database holds."""
    records = {
        what: {
            key: (pk, name)
            for pk, key, name in model._default_manager.values_list(
                "pk", "name_key", "name"
            )
        }
        for what, model in MODELS.items()
    }
    sites = {
        (organisation, key): (pk, f"{shown} / {name}")
        for pk, organisation, shown, key, name in Site.objects.values_list(
            "pk", "organisation__name_key", "organisation__name", "name_key", "name"
        )
    }
    fields = set(CustomField.objects.values_list("name", flat=True))
    return Known(records, sites, fields)


def with_file(known: Known, root: Node) -> Known:
    """Return `known` and the names that the file makes.

    Rows that are wrong elsewhere count too: whoever refers to them is not at fault.
    """
    records = {
        what: {keys.key(name): (NEW, name) for name, _ in _rows(root, LISTS[what])}
        | known.records[what]
        for what in What
    }
    sites = {
        (keys.key(organisation), keys.key(site)): (NEW, f"{organisation} / {site}")
        for organisation, row in _rows(root, LISTS[What.ORGANISATION])
        for site, _ in _rows(row, "sites")
    }
    fields = {name for name, _ in _rows(root, "custom_fields")}
    return Known(records, sites | known.sites, fields | known.custom_fields)


def _rows(node: Node, key: str) -> Iterable[tuple[str, Node]]:
    """Yield the names in the list under `key`, each with its row."""
    listed = node.value.get(key) if isinstance(node.value, dict) else None
    for row in listed.value if listed and isinstance(listed.value, list) else ():
        named = row.value.get("name") if isinstance(row.value, dict) else row
        if named and isinstance(named.value, str) and keys.key(named.value):
            yield keys.tidy(named.value), row
