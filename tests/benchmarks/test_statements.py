"""Statements are counted by kind, those to directory tables apart."""

from __future__ import annotations

import pytest
from django.db import connection

from benchmarks.statements import Statements
from common import bulk
from directory.models import Asset, UserRole

pytestmark = pytest.mark.django_db


def test_writes_to_the_directory_are_told_apart() -> None:
    statements = Statements()

    with statements.counted():
        Asset.objects.create(name="Laptop")
        Asset.objects.filter(name="Laptop").exists()

    assert statements.kinds["INSERT"] == statements.directory["INSERT"] == 1
    assert statements.kinds["SELECT"] == 1


def test_a_bulk_write_is_one_statement_and_none_without_rows() -> None:
    statements = Statements()

    with statements.counted():
        bulk.insert(UserRole, ("name", "name_key"), [("A", "a"), ("B", "b")])
        bulk.insert(UserRole, ("name", "name_key"), [])

    copies = 1 if connection.vendor == "postgresql" else 0
    assert statements.kinds["COPY"] == copies
    assert statements.kinds["INSERT"] == 1


def test_nothing_is_counted_outside_the_block() -> None:
    statements = Statements()
    with statements.counted():
        pass

    UserRole.objects.count()

    assert not statements.kinds
