"""What a page changes in the mirror, and what it leaves alone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from connections.graph.wire import UNREAD
from imports import mirror
from imports.models import MirrorUser
from imports.words import MirrorState
from tests.factories.connections import TenantConnectionFactory

if TYPE_CHECKING:
    from connections.models import TenantConnection

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> TenantConnection:
    found: TenantConnection = TenantConnectionFactory.create()
    return found


def seen(object_id: uuid.UUID, manager: Any = UNREAD, **properties: Any) -> mirror.Seen:
    upn = f"{object_id}@x.example"
    return mirror.Seen(object_id, {"userPrincipalName": upn, **properties}, manager)


def only() -> MirrorUser:
    return MirrorUser.objects.get()


def test_a_new_person_is_written_whole(connection: TenantConnection) -> None:
    person, boss = uuid.uuid4(), uuid.uuid4()
    mirror.store(connection.pk, 3, [seen(person, boss, mail="Ann@X.example")])
    row = only()
    assert (row.mail_key, row.manager_id, row.manager_known) == (
        *("ann@x.example", boss, True),
    )
    assert (row.revision, row.generation, row.state) == (1, 3, MirrorState.PRESENT)


def test_an_unchanged_person_is_only_stamped(connection: TenantConnection) -> None:
    person = uuid.uuid4()
    mirror.store(connection.pk, 1, [seen(person, mail="a@x.example")])
    changed = mirror.store(connection.pk, 2, [seen(person, mail="a@x.example")])
    assert (changed, only().revision, only().generation) == (0, 1, 2)


def test_a_changed_person_gets_a_new_revision(connection: TenantConnection) -> None:
    person = uuid.uuid4()
    mirror.store(connection.pk, 1, [seen(person, mail="a@x.example")])
    mirror.store(connection.pk, 1, [seen(person, mail=None)])
    assert (only().revision, only().properties["mail"]) == (2, None)


def test_a_manager_that_was_not_read_stays(connection: TenantConnection) -> None:
    person, boss = uuid.uuid4(), uuid.uuid4()
    mirror.store(connection.pk, 1, [seen(person, boss)])
    mirror.store(connection.pk, 2, [seen(person)])
    assert (only().manager_id, only().revision) == (boss, 1)


def test_a_new_manager_is_a_change(connection: TenantConnection) -> None:
    person = uuid.uuid4()
    mirror.store(connection.pk, 1, [seen(person, uuid.uuid4())])
    mirror.store(connection.pk, 2, [seen(person, None)])
    assert (only().manager_id, only().revision) == (None, 2)


def test_of_two_entries_in_a_page_the_last_counts(
    connection: TenantConnection,
) -> None:
    person = uuid.uuid4()
    page = [seen(person, mail="first@x.example"), seen(person, mail="last@x.example")]
    mirror.store(connection.pk, 1, page)
    assert only().mail_key == "last@x.example"


def test_who_was_not_in_a_complete_walk_is_absent(
    connection: TenantConnection,
) -> None:
    gone, here = uuid.uuid4(), uuid.uuid4()
    mirror.store(connection.pk, 1, [seen(gone), seen(here)])
    mirror.store(connection.pk, 2, [seen(here)])
    assert mirror.mark_absent(connection.pk, 2) == 1
    absent = MirrorUser.objects.get(state=MirrorState.ABSENT)
    assert (absent.object_id, absent.revision) == (gone, 2)


def test_who_comes_back_is_present_again(connection: TenantConnection) -> None:
    person = uuid.uuid4()
    mirror.store(connection.pk, 1, [seen(person)])
    mirror.mark_absent(connection.pk, 2)
    mirror.store(connection.pk, 3, [seen(person)])
    assert (only().state, only().revision) == (MirrorState.PRESENT, 3)


def test_another_connection_is_never_touched(connection: TenantConnection) -> None:
    person, other = uuid.uuid4(), TenantConnectionFactory.create()
    mirror.store(connection.pk, 1, [seen(person)])
    mirror.store(other.pk, 5, [seen(person, mail="b@x.example")])
    mirror.mark_absent(other.pk, 9)
    row = MirrorUser.objects.get(connection=connection)
    assert (row.state, row.revision, row.generation) == (MirrorState.PRESENT, 1, 1)
