"""Set-based writes do the same on both databases."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction

from common import bulk
from imports.models import MemberRead, MirrorUser
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import MirrorUserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

COLUMNS = ("connection_id", "object_id", "upn", "properties", "digest", "revision")
KEY = ("connection_id", "object_id")
REST = ("upn_key", "mail_key", "state", "manager_known", "generation")
DEFAULTS = ("", "", "present", False, 0)


def _upsert(*rows: tuple[object, ...]) -> None:
    bulk.upsert(
        MirrorUser,
        (*COLUMNS, *REST),
        [(*row, *DEFAULTS) for row in rows],
        key=KEY,
        add=("revision",),
    )


def test_upsert_inserts_what_is_not_there() -> None:
    connection, person = TenantConnectionFactory.create(), uuid.uuid4()
    _upsert((connection.pk, person, "a@x.example", {"mail": None}, -5, 1))
    row = MirrorUser.objects.get(object_id=person)
    assert (row.upn, row.properties, row.digest, row.revision) == (
        *("a@x.example", {"mail": None}, -5, 1),
    )


def test_upsert_updates_what_is_there_and_counts_up() -> None:
    row = MirrorUserFactory.create(upn="old@x.example", revision=7)
    _upsert((row.connection_id, row.object_id, "new@x.example", {"a": "é"}, 1, 1))
    row.refresh_from_db()
    assert (row.upn, row.properties, row.revision) == ("new@x.example", {"a": "é"}, 8)


def test_insert_refuses_what_a_constraint_refuses() -> None:
    read = (TenantConnectionFactory.create().pk, uuid.uuid4(), uuid.uuid4(), False)
    columns = ("connection_id", "group_id", "member_id", "is_group")
    with pytest.raises(IntegrityError):
        bulk.insert(MemberRead, columns, [read, read])


def test_insert_leaves_out_what_a_constraint_refuses_if_asked() -> None:
    read = (TenantConnectionFactory.create().pk, uuid.uuid4(), uuid.uuid4(), False)
    columns = ("connection_id", "group_id", "member_id", "is_group")
    bulk.insert(MemberRead, columns, [read, read], ignore=True)
    assert MemberRead.objects.count() == 1


def test_update_sets_the_named_rows_only() -> None:
    one, other = (
        MirrorUserFactory.create(upn="one"),
        MirrorUserFactory.create(upn="other"),
    )
    bulk.update(MirrorUser, "id", ("upn", "digest"), [(one.pk, "changed", 9)])
    rows = dict(MirrorUser.objects.values_list("pk", "upn"))
    assert rows == {one.pk: "changed", other.pk: "other"}


def test_text_with_every_odd_character_survives() -> None:
    odd = "tab\t newline\n back\\slash quote' \\N \u202e ünïcode 💡"
    row = MirrorUserFactory.create()
    bulk.update(MirrorUser, "id", ("upn",), [(row.pk, odd)])
    row.refresh_from_db()
    assert row.upn == odd


def test_several_writes_in_one_transaction_do_not_mix() -> None:
    rows = [MirrorUserFactory.create(digest=number) for number in range(3)]
    for number, row in enumerate(rows):
        bulk.update(MirrorUser, "id", ("digest",), [(row.pk, number + 10)])
    digests = MirrorUser.objects.order_by("pk").values_list("digest", flat=True)
    assert list(digests) == [10, 11, 12]


def test_without_rows_nothing_is_sent(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        _upsert()
        bulk.insert(MemberRead, ("connection_id",), iter(()))
        bulk.update(MirrorUser, "id", ("upn",), [])


def test_a_write_that_was_rolled_back_leaves_nothing_for_the_next() -> None:
    row = MirrorUserFactory.create(upn="old@x.example")
    with pytest.raises(RuntimeError), transaction.atomic():
        bulk.update(MirrorUser, "id", ("upn",), [(row.pk, "lost@x.example")])
        raise RuntimeError
    bulk.update(MirrorUser, "id", ("upn",), [(0, "nobody@x.example")])
    row.refresh_from_db()
    assert row.upn == "old@x.example"


def test_statistics_are_refreshed_at_every_doubling(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    growth = bulk.Growth(MirrorUser, "id", "connection_id")
    with django_assert_num_queries(3 if connection.vendor == "postgresql" else 0):
        for _ in range(5):
            growth.step()
