"""Members who join and leave by a delta: sets, so that a word said twice is one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from connections.graph.wire import Member, MemberKind
from imports import membership
from imports.models import MirrorGroup, MirrorMembership, MirrorUser
from imports.words import GroupState
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import (
    MirrorGroupFactory,
    MirrorMembershipFactory,
    MirrorUserFactory,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from connections.models import TenantConnection

pytestmark = pytest.mark.django_db
GROUP = uuid.uuid4()


@pytest.fixture
def connection() -> TenantConnection:
    found: TenantConnection = TenantConnectionFactory.create()
    return found


def change(
    connection: TenantConnection,
    *joined: Member,
    left: Iterable[UUID] = (),
    group: UUID = GROUP,
) -> int:
    return membership.change(connection.pk, group, joined=joined, left=left)


def person(connection: TenantConnection) -> MirrorUser:
    found: MirrorUser = MirrorUserFactory.create(connection=connection)
    return found


def user(someone: MirrorUser) -> Member:
    return Member(someone.object_id, MemberKind.USER)


def revision(someone: MirrorUser) -> int:
    return MirrorUser.objects.get(pk=someone.pk).revision


def test_only_who_comes_or_goes_gets_a_new_revision(
    connection: TenantConnection,
) -> None:
    stays, goes, comes = (person(connection) for _ in range(3))
    assert change(connection, user(stays), user(goes)) == 2
    before = [revision(one) for one in (stays, goes, comes)]
    count = change(connection, user(stays), user(comes), left=[goes.object_id])
    after = [revision(one) for one in (stays, goes, comes)]
    assert count == 2
    assert [now - then for now, then in zip(after, before, strict=True)] == [0, 1, 1]


def test_a_word_said_again_changes_nothing(connection: TenantConnection) -> None:
    ann, bob = person(connection), person(connection)
    change(connection, user(ann), left=[bob.object_id])
    before = revision(ann), revision(bob)
    assert change(connection, user(ann), left=[bob.object_id]) == 1
    assert (revision(ann), revision(bob)) == before


@pytest.mark.parametrize("way", ["comes", "goes"])
def test_everybody_inside_a_nested_group_gets_a_new_revision(
    connection: TenantConnection, way: str
) -> None:
    ann, inner, deep = person(connection), uuid.uuid4(), uuid.uuid4()
    nested = Member(inner, MemberKind.GROUP)
    change(connection, user(ann), group=deep)
    change(connection, Member(deep, MemberKind.GROUP), group=inner)
    if way == "goes":
        change(connection, nested)
    before = revision(ann)
    if way == "goes":
        change(connection, left=[inner])
    else:
        change(connection, nested)
    assert revision(ann) == before + 1


def test_devices_do_not_join(connection: TenantConnection) -> None:
    assert change(connection, Member(uuid.uuid4(), MemberKind.OTHER)) == 0


def test_groups_are_closed_only_where_nesting_counts(
    connection: TenantConnection,
) -> None:
    deep, flat, inner = (uuid.uuid4() for _ in range(3))
    for outer in (deep, flat):
        change(connection, Member(inner, MemberKind.GROUP), group=outer)
    assert membership.closed(connection.pk, {flat: False}) == {flat}
    assert membership.closed(connection.pk, {deep: True}) == {deep, inner}


def test_a_group_that_is_to_be_read_is_not_known(connection: TenantConnection) -> None:
    for state in (GroupState.COMPLETE, GroupState.GONE, GroupState.UNREAD):
        MirrorGroupFactory.create(connection=connection, state=state)
    known = membership.known(connection.pk)
    unread = MirrorGroup.objects.get(state=GroupState.UNREAD)
    assert len(known) == 2
    assert unread.group_id not in known


def test_groups_that_are_not_needed_go_with_their_members(
    connection: TenantConnection,
) -> None:
    kept, other = uuid.uuid4(), TenantConnectionFactory.create()
    for owner, group in ((connection, kept), (connection, GROUP), (other, GROUP)):
        MirrorGroupFactory.create(connection=owner, group_id=group)
        MirrorMembershipFactory.create(
            connection=owner, group_id=group, member_id=uuid.uuid4()
        )
    membership.drop_outside(connection.pk, {kept})
    for model in (MirrorGroup, MirrorMembership):
        left = set(model._default_manager.values_list("connection_id", "group_id"))
        assert left == {(connection.pk, kept), (other.pk, GROUP)}
