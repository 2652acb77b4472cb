"""What a tenant looks like from the start: `plain`, `contoso` and `fabrikam`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator import profile_card
from simulator.directory import Directory
from simulator.groups import GROUP_BASE, Group, Groups, SeededMembers
from simulator.identifiers import Numbering
from simulator.people import Kind

PROFILES = ("plain", "contoso", "fabrikam")
_CREATED = "2022-03-01T08:00:00Z"


def group_properties(name: str, **properties: Any) -> dict[str, Any]:
    """Return the properties of a group: a security group unless said otherwise."""
    nickname = "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-"))
    return {
        "displayName": name,
        "mailNickname": nickname,
        "groupTypes": [],
        "securityEnabled": True,
        "mailEnabled": False,
        "createdDateTime": _CREATED,
        **properties,
    }


class _Seeder:
    """The group rules of one tenant, over its seeded people."""

    def __init__(self, directory: Directory) -> None:
        self._population = directory.population
        self.everybody = range(directory.population.people)

    def at(self, office: str, *, finance: bool | None = None) -> SeededMembers:
        """Members: those of an office; finance only, no finance, or all."""

        def test(number: int) -> bool:
            person = self._population.person(number)
            if profile_card.office(person) != office:
                return False
            is_finance = profile_card.department(person) == "Finance"
            return finance is None or is_finance is finance

        return SeededMembers(self.everybody, test)

    def of(self, department: str) -> SeededMembers:
        """Members: those of a department."""

        def test(number: int) -> bool:
            person = self._population.person(number)
            return profile_card.department(person) == department

        return SeededMembers(self.everybody, test)

    def staff(self, count: int) -> SeededMembers:
        """Members: the first of an evenly spread selection of enabled staff."""
        step = max(1, len(self.everybody) // 14)
        return SeededMembers(
            self.everybody[1 : 1 + count * step : step], self._is_staff
        )

    def every(self, step: int, *, start: int = 0) -> SeededMembers:
        """Members: every n-th person."""
        return SeededMembers(self.everybody[start::step])

    def _is_staff(self, number: int) -> bool:
        return self._population.kind(number) is Kind.STAFF


def _plain(seeder: _Seeder) -> Iterator[tuple[dict[str, Any], SeededMembers]]:
    yield group_properties("All-Staff"), seeder.every(1)
    for third in range(3):
        yield group_properties(f"Group-{third + 1}"), seeder.every(3, start=third)


def _company(
    seeder: _Seeder, domain: str
) -> Iterator[tuple[dict[str, Any], SeededMembers]]:
    yield group_properties("SG-London"), seeder.at("London")
    yield group_properties("SG-Leeds"), seeder.at("Leeds", finance=False)
    yield group_properties("SG-Leeds-Finance"), seeder.at("Leeds", finance=True)
    yield group_properties("SG-Agents"), seeder.staff(14)
    yield group_properties("SG-Admins"), seeder.staff(3)
    yield group_properties("SG-CAB"), seeder.staff(5)
    distribution = {"securityEnabled": False, "mailEnabled": True}
    list_mail = {"mail": f"all-hands@{domain}"}
    yield (
        group_properties("DL-All-Hands", **distribution, **list_mail),
        seeder.every(3),
    )
    unified = {"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False}
    aurora = {"mail": f"aurora@{domain}", "visibility": "Public"}
    yield group_properties("Project Aurora", **unified, **aurora), seeder.every(7)
    secret = {"mail": f"board@{domain}", "visibility": "HiddenMembership"}
    yield group_properties("Board Matters", **unified, **secret), seeder.every(101)
    dynamic = {
        "groupTypes": ["DynamicMembership"],
        "membershipRule": '(user.department -eq "Sales")',
        "membershipRuleProcessingState": "On",
    }
    yield group_properties("DYN-Sales", **dynamic), seeder.of("Sales")
    yield group_properties("SG-Twins"), seeder.every(50)
    yield group_properties("SG-Twins"), seeder.every(60)


def seed_groups(groups: Groups, *, directory: Directory, profile: str) -> None:
    """Add the groups that a profile starts with; a tenant without people has none."""
    population = directory.population
    if not population.people:
        return
    seeder = _Seeder(directory)
    domain = population.domain
    rows = _plain(seeder) if profile == "plain" else _company(seeder, domain)
    numbering = Numbering(f"group/{population.numbering.guid(0)}")
    for place, (properties, members) in enumerate(rows):
        groups.add(Group(numbering.guid(place), properties, members))
    if profile != "plain":
        groups.all[1].added.add(GROUP_BASE + 2)
