"""Graph's objects as ours."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from connections.graph import wire
from connections.graph.errors import MalformedAnswer
from connections.graph.wire import (
    UNREAD,
    GraphPerson,
    GroupKind,
    Member,
    MemberKind,
    Removal,
)

ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OTHER = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
EXTENSION = "extension_" + "0a" * 16 + "_badge"


def read(item: dict[str, Any], *select: str, managers: bool = False) -> GraphPerson:
    plan = wire.person_plan(select, managers=managers)
    return wire.person({"id": ID, **item}, plan, request_id="r-1")


def test_a_person_has_every_property_asked_for() -> None:
    found = read({"displayName": "Ada", "extra": 1}, "id", "displayName", "mail")

    assert found.object_id == UUID(ID)
    assert found.properties == {"displayName": "Ada", "mail": None}
    assert found.removed is None


def test_ids_are_the_same_in_either_case() -> None:
    assert read({"id": ID.upper()}) == read({"id": ID})


def test_absent_and_null_are_the_same_so_that_list_and_delta_agree() -> None:
    select = ("mail", "businessPhones", "assignedLicenses", "employeeOrgData")

    assert read({}, *select) == read(dict.fromkeys(select), *select)
    assert read({}, *select).properties == {
        "mail": None,
        "businessPhones": [],
        "assignedLicenses": [],
        "employeeOrgData": {},
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("displayName", ""),
        ("displayName", "Ångström 李"),
        ("accountEnabled", False),
        ("deviceEnrollmentLimit", 15),
        ("deviceEnrollmentLimit", 1.5),
        ("employeeHireDate", "2026-01-01T00:00:00Z"),
        ("proxyAddresses", ["SMTP:a@acme.example"]),
        ("assignedLicenses", [{"skuId": ID, "disabledPlans": []}]),
        ("onPremisesExtensionAttributes", {"extensionAttribute1": "x"}),
        (EXTENSION, "x"),
        (EXTENSION, True),
        (EXTENSION, 7),
        (EXTENSION, ["a", "b"]),
    ],
)
def test_a_value_of_the_right_type_passes_unchanged(name: str, value: object) -> None:
    assert read({name: value}, name).properties == {name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("displayName", 1),
        ("displayName", ["Ada"]),
        ("accountEnabled", "true"),
        ("accountEnabled", 1),
        ("deviceEnrollmentLimit", True),
        ("employeeHireDate", 0),
        ("proxyAddresses", "SMTP:a@acme.example"),
        ("proxyAddresses", [1]),
        ("assignedLicenses", [None]),
        ("onPremisesExtensionAttributes", []),
        (EXTENSION, {}),
        (EXTENSION, [1]),
    ],
)
def test_a_wrong_type_names_the_property_and_the_request(
    name: str, value: object
) -> None:
    with pytest.raises(MalformedAnswer, match=rf"for {name} \(request r-1\)"):
        read({name: value}, name)


@pytest.mark.parametrize(
    "value", [None, 5, "", "ada", ID[:-1], "{" + ID[:-2] + "}", "z" + ID[1:]]
)
def test_an_odd_id_is_refused(value: object) -> None:
    with pytest.raises(MalformedAnswer, match="for id"):
        read({"id": value})


def test_a_person_without_id_refuses_the_whole_page() -> None:
    plan = wire.person_plan(("mail",), managers=False)

    with pytest.raises(MalformedAnswer):
        wire.people([{"id": ID}, {"mail": None}], plan)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"manager": {"id": OTHER}}, UUID(OTHER)),
        ({"manager": {"@odata.type": "#x", "id": OTHER.upper()}}, UUID(OTHER)),
        ({"manager": None}, None),
        ({}, None),
    ],
)
def test_a_manager_that_was_asked_for_is_there_or_none(
    item: dict[str, Any], expected: UUID | None
) -> None:
    assert read(item, managers=True).manager == expected


def test_a_manager_that_nobody_asked_for_is_unread() -> None:
    assert read({"manager": {"id": OTHER}}).manager is UNREAD


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([{"id": OTHER}], UUID(OTHER)),
        ([{"id": OTHER, "@removed": {"reason": "deleted"}}], None),
        ([{"id": ID, "@removed": {"reason": "deleted"}}, {"id": OTHER}], UUID(OTHER)),
        ([{"id": OTHER}, {"id": ID, "@removed": {"reason": "deleted"}}], UUID(OTHER)),
        ([{"id": OTHER}, {"id": OTHER, "@removed": {"reason": "deleted"}}], None),
        ([], None),
    ],
)
def test_a_delta_names_the_manager_that_stays(
    listed: list[object], expected: UUID | None
) -> None:
    assert read({"manager@delta": listed}).manager == expected


@pytest.mark.parametrize("managers", ["x", {"id": 5}, {}])
def test_an_odd_manager_is_refused(managers: object) -> None:
    with pytest.raises(MalformedAnswer, match="manager"):
        read({"manager": managers}, managers=True)
    with pytest.raises(MalformedAnswer, match="manager@delta"):
        read({"manager@delta": managers})


@pytest.mark.parametrize("reason", ["changed", "deleted"])
def test_somebody_removed_comes_with_the_reason_and_nothing_else(reason: str) -> None:
    found = read({"@removed": {"reason": reason}}, "displayName")

    assert found == GraphPerson(UUID(ID), {}, Removal(reason), UNREAD)


@pytest.mark.parametrize("mark", [None, {}, {"reason": "moved"}, "deleted"])
def test_a_removal_without_a_known_reason_is_no_evidence(mark: object) -> None:
    with pytest.raises(MalformedAnswer, match="@removed"):
        read({"@removed": mark})


def test_an_unknown_property_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="shoeSize"):
        wire.person_plan(("shoeSize",), managers=False)


@pytest.mark.parametrize(
    ("types", "mail", "security", "kind"),
    [
        (["Unified"], True, False, GroupKind.MICROSOFT_365),
        (["Unified", "DynamicMembership"], True, True, GroupKind.MICROSOFT_365),
        ([], False, True, GroupKind.SECURITY),
        ([], True, True, GroupKind.MAIL_SECURITY),
        ([], True, False, GroupKind.DISTRIBUTION),
        (None, None, None, GroupKind.SECURITY),
    ],
)
def test_a_group_is_of_one_kind(
    types: object, mail: object, security: object, kind: GroupKind
) -> None:
    item = {"id": ID, "groupTypes": types, "mailEnabled": mail}

    found = wire.group({**item, "securityEnabled": security, "displayName": None})

    assert found.kind is kind
    assert found.dynamic is ("DynamicMembership" in str(types))


def test_a_group_tells_how_far_it_can_be_trusted() -> None:
    found = wire.group(
        {
            "id": ID,
            "displayName": "SG",
            "visibility": "Public",
            "membershipRule": "user.department -eq 'IT'",
            "groupTypes": ["DynamicMembership"],
            "onPremisesSyncEnabled": True,
            "isAssignableToRole": True,
        }
    )

    assert (found.name, found.visibility, found.synced) == ("SG", "Public", True)
    assert found.membership_rule == "user.department -eq 'IT'"
    assert found.role_assignable


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ({"displayName": 5}, "displayName"),
        ({"groupTypes": "Unified"}, "groupTypes"),
        ({"mailEnabled": "yes"}, "mailEnabled"),
        ({"id": None}, "id"),
    ],
)
def test_an_odd_group_is_refused(item: dict[str, Any], named: str) -> None:
    with pytest.raises(MalformedAnswer, match=named):
        wire.group({"id": ID, **item})


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("#microsoft.graph.user", MemberKind.USER),
        ("#Microsoft.Graph.Group", MemberKind.GROUP),
        ("#microsoft.graph.device", MemberKind.OTHER),
        ("#microsoft.graph.servicePrincipal", MemberKind.OTHER),
    ],
)
def test_a_member_is_a_user_a_group_or_something_else(
    named: str, kind: MemberKind
) -> None:
    assert wire.member({"@odata.type": named, "id": ID}) == Member(UUID(ID), kind)


def test_a_member_of_unknown_type_is_not_guessed() -> None:
    with pytest.raises(MalformedAnswer, match=r"@odata\.type"):
        wire.member({"id": ID})
