"""Nobody gives more than they hold."""

from __future__ import annotations

import pytest

from common.rights import Permission, Rights
from mappings.rights import beyond
from tests.factories.directory import AgentRoleFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def rights(*permissions: Permission, organisations: set[int] | None = None) -> Rights:
    """Return the rights of an agent."""
    seen = None if organisations is None else frozenset(organisations)
    return Rights(1, frozenset(permissions), seen)


def test_a_role_within_what_one_holds_is_given() -> None:
    role = AgentRoleFactory.create(permissions=["view"])

    assert beyond(rights(Permission.VIEW, Permission.IMPORT), role) == ""


def test_a_permission_that_one_lacks_is_not_given() -> None:
    role = AgentRoleFactory.create(name="Chief", permissions=["view", "approve"])

    told = beyond(rights(Permission.VIEW), role)

    assert told.startswith("Chief may approve, reject and undo runs, and you may not")


def test_organisations_that_one_does_not_see_are_not_given() -> None:
    mine, foreign = OrganisationFactory.create(), OrganisationFactory.create()
    role = AgentRoleFactory.create(permissions=[])
    held = rights(organisations={mine.pk})

    assert "sees organisations that you do not see" in beyond(held, role)
    role.organisations.set([mine])
    assert beyond(held, role) == ""
    role.organisations.set([mine, foreign])
    assert "sees organisations that you do not see" in beyond(held, role)
    assert beyond(rights(), role) == ""
