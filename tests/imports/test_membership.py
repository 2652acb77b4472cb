"""Members are compared as sets once a group is complete; nesting is closed by us."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from connections.graph.wire import Member, MemberKind
from imports import membership
from imports.models import MemberRead, MirrorMembership, MirrorUser
from imports.words import GroupState
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import (
    MirrorGroupFactory,
    MirrorMembershipFactory,
    MirrorUserFactory,
)

if TYPE_CHECKING:
    from uuid import UUID

    from connections.models import TenantConnection

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> TenantConnection:
    found: TenantConnection = TenantConnectionFactory.create()
    return found


def read(connection: TenantConnection, group_id: UUID, *members: Member) -> int:
    membership.keep_page(connection.pk, group_id, members)
    return membership.complete(connection.pk, group_id)


def user(object_id: UUID) -> Member:
    return Member(object_id, MemberKind.USER)


def nest(connection: TenantConnection, parent: UUID, child: UUID) -> None:
    MirrorMembershipFactory.create(
        connection=connection, group_id=parent, member_id=child, is_group=True
    )


def revision(person: MirrorUser) -> int:
    return MirrorUser.objects.get(pk=person.pk).revision


def test_a_complete_group_replaces_its_members(connection: TenantConnection) -> None:
    group, stays, goes, comes = (uuid.uuid4() for _ in range(4))
    read(connection, group, user(stays), user(goes))
    assert read(connection, group, user(stays), user(comes), user(comes)) == 2
    members = MirrorMembership.objects.values_list("member_id", flat=True)
    assert set(members) == {stays, comes}
    assert not MemberRead.objects.exists()


def test_only_who_came_or_went_gets_a_new_revision(
    connection: TenantConnection,
) -> None:
    stays, goes, comes = (
        MirrorUserFactory.create(connection=connection) for _ in range(3)
    )
    group = uuid.uuid4()
    read(connection, group, user(stays.object_id), user(goes.object_id))
    before = [revision(one) for one in (stays, goes, comes)]
    read(connection, group, user(stays.object_id), user(comes.object_id))
    after = [revision(one) for one in (stays, goes, comes)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [0, 1, 1]


def test_people_of_a_group_that_is_nested_now_get_a_new_revision(
    connection: TenantConnection,
) -> None:
    person = MirrorUserFactory.create(connection=connection)
    parent, child, grandchild = (uuid.uuid4() for _ in range(3))
    nest(connection, child, grandchild)
    read(connection, grandchild, user(person.object_id))
    before = revision(person)
    read(connection, parent, Member(child, MemberKind.GROUP))
    assert revision(person) == before + 1


def test_a_group_that_is_read_again_unchanged_touches_nobody(
    connection: TenantConnection,
) -> None:
    person, group = MirrorUserFactory.create(connection=connection), uuid.uuid4()
    read(connection, group, user(person.object_id))
    before = revision(person)
    read(connection, group, user(person.object_id))
    assert revision(person) == before


def test_devices_and_contacts_are_no_members(connection: TenantConnection) -> None:
    group = uuid.uuid4()
    assert read(connection, group, Member(uuid.uuid4(), MemberKind.OTHER)) == 0


def test_nesting_is_closed_however_deep_and_through_loops(
    connection: TenantConnection,
) -> None:
    top, middle, low = (uuid.uuid4() for _ in range(3))
    for group_id in (top, middle, low):
        MirrorGroupFactory.create(
            connection=connection, group_id=group_id, state=GroupState.COMPLETE
        )
    nest(connection, top, middle)
    nest(connection, middle, low)
    nest(connection, low, top)
    groups = membership.known_groups(connection.pk)
    assert groups.inside[low] == {top, middle, low}


def test_an_unread_nested_group_makes_those_around_it_uncertain(
    connection: TenantConnection,
) -> None:
    top, inner = uuid.uuid4(), uuid.uuid4()
    MirrorGroupFactory.create(
        connection=connection, group_id=top, state=GroupState.COMPLETE
    )
    MirrorGroupFactory.create(
        connection=connection,
        group_id=inner,
        state=GroupState.UNREADABLE,
        error="403",
    )
    nest(connection, top, inner)
    groups = membership.known_groups(connection.pk)
    assert groups.errors == {inner: "403"}
    assert groups.uncertain == {top}


def test_what_an_unread_group_held_once_proves_nothing_around_it(
    connection: TenantConnection,
) -> None:
    person = MirrorUserFactory.create(connection=connection)
    top, inner = uuid.uuid4(), uuid.uuid4()
    MirrorGroupFactory.create(
        connection=connection, group_id=top, state=GroupState.UNREADABLE, error="403"
    )
    MirrorGroupFactory.create(
        connection=connection, group_id=inner, state=GroupState.COMPLETE
    )
    nest(connection, top, inner)
    read(connection, inner, user(person.object_id))
    assert membership.known_groups(connection.pk).inside[inner] == {inner}
