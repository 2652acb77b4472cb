"""A chunk's values are one parameter, and find what many would."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from common.lookups import any_of
from imports.models import MirrorUser
from tests.factories.imports import MirrorUserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

ODD = 'o\'neill "the é" 100%, {a,b} \\ null'
"""A text that an array and a JSON text must quote."""


def test_ids_numbers_and_texts_find_their_rows() -> None:
    row, other = MirrorUserFactory.create(upn=ODD), MirrorUserFactory.create()
    for column, value in (("object_id", row.object_id), ("pk", row.pk), ("upn", ODD)):
        assert MirrorUser.objects.get(any_of(column, [value])) == row
    both = MirrorUser.objects.filter(any_of("pk", {row.pk, other.pk, 0}))
    assert set(both) == {row, other}


def test_a_null_is_none_of_the_values() -> None:
    MirrorUserFactory.create(manager_id=None)
    assert not MirrorUser.objects.filter(any_of("manager_id", [uuid.uuid4()])).exists()


def test_without_values_nothing_is_asked(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    MirrorUserFactory.create()
    with django_assert_num_queries(0):
        assert not list(MirrorUser.objects.filter(any_of("pk", [])))
        assert MirrorUser.objects.filter(any_of("pk", [])).update(generation=9) == 0


def test_a_thousand_values_are_one_parameter() -> None:
    row = MirrorUserFactory.create()
    given: list[int] = []

    def note(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        given.append(len(params))
        return execute(sql, params, *rest)

    many = [*(uuid.uuid4() for _ in range(1000)), row.object_id]
    with connection.execute_wrapper(note):
        assert list(MirrorUser.objects.filter(any_of("object_id", many))) == [row]
    assert given == [1]
