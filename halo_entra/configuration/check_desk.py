"""What must hold of the desk's own records in the file."""

from __future__ import annotations

from collections.abc import Iterable

from halo_entra.configuration.entries import Desk
from halo_entra.configuration.known import Known, What
from halo_entra.configuration.problems import Problems
from halo_entra.configuration.readers import Name


def check(desk: Desk, known: Known, problems: Problems) -> None:
    """Note names that stand twice in a list, and roles for unknown organisations."""
    for records in (
        desk.organisations,
        desk.user_roles,
        desk.agent_roles,
        desk.teams,
        desk.change_advisory_boards,
        desk.custom_fields,
        *(one.given.get("sites", ()) for one in desk.organisations),
    ):
        once((record.name for record in records), problems)
    for role in desk.agent_roles:
        for organisation in role.given.get("organisations", ()):
            with problems.caught():
                known.find(What.ORGANISATION, organisation)


def once(names: Iterable[Name], problems: Problems) -> None:
    """Note each name that stood in the list before, whatever its case."""
    lines: dict[str, int] = {}
    for name in names:
        if name.key in lines:
            problems.add(
                name.place,
                f"{name.text!r} stands twice in this list: also on line "
                f"{lines[name.key]}.",
            )
        lines.setdefault(name.key, name.place.line)
