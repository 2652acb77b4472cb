"""Rules are saved in one transaction, under one new version, by who has seen them."""

from __future__ import annotations

import pytest

from connections.models import TenantConnection
from mappings.models import FieldMapping
from mappings.saving import Moved, changing
from tests.factories.connections import TenantConnectionFactory
from tests.factories.mappings import FieldMappingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> TenantConnection:
    """A connection with one field mapping."""
    found = TenantConnectionFactory.create()
    FieldMappingFactory.create(connection=found)
    return found


def version(connection: TenantConnection) -> int:
    connection.refresh_from_db()
    return connection.rules_version


def another(connection: TenantConnection) -> FieldMapping:
    """Return a row that is not stored yet."""
    return FieldMapping(connection=connection, kind="users")


def test_several_changes_are_one_version(connection: TenantConnection) -> None:
    [row] = connection.field_mappings.all()

    with changing(connection, 1) as change:
        change.put(another(connection), {"source": "mail", "target": "email"})
        change.delete(row)

    assert list(connection.field_mappings.values_list("target")) == [("email",)]
    assert version(connection) == 2


def test_what_is_so_already_is_no_change(connection: TenantConnection) -> None:
    [row] = connection.field_mappings.all()

    with changing(connection, 1) as change:
        is_changed = change.put(row, {"source": "displayName", "target": "name"})

    assert not is_changed
    assert version(connection) == 1


@pytest.mark.parametrize("seen", [0, 2, None])
def test_another_version_than_was_seen_saves_nothing(
    connection: TenantConnection, seen: int | None
) -> None:
    with pytest.raises(Moved), changing(connection, seen) as change:
        change.put(another(connection), {"source": "mail", "target": "email"})

    assert connection.field_mappings.count() == 1


def test_what_the_database_refuses_takes_all_back(connection: TenantConnection) -> None:
    with pytest.raises(Moved), changing(connection, 1) as change:
        change.put(another(connection), {"source": "mail", "target": "email"})
        change.put(another(connection), {"source": "city", "target": "name"})

    assert list(connection.field_mappings.values_list("target")) == [("name",)]
    assert version(connection) == 1
