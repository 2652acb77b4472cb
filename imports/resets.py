"""*Reset Deltas*: drop a connection's cursors, or set them to now (R143-R145)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import F

from connections import access
from connections.graph import deltas
from connections.models import TenantConnection
from imports import claims, cursors, fetch_delta, fetch_groups, membership
from imports.engine import parts
from imports.runs import Busy
from mappings import catalogue
from mappings.compile import compile_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connections.graph.client import GraphClient
    from mappings.rules import RuleSet


class Fresh(NamedTuple):
    """A cursor that stands at now, before it is kept."""

    kind: str
    select: Sequence[object]
    link: str


def clear(connection: TenantConnection) -> None:
    """Drop the cursors: the next run reads everybody. Raises Busy during a run."""
    with _free(connection):
        cursors.forget(connection.pk)


def to_latest(connection: TenantConnection) -> None:
    """Set the cursors to now without reading anybody: changes before now are skipped.

    Until they are read again, what is known of people costs none of them anything.
    Raises Busy during a run, and GraphError where the tenant does not answer.
    """
    with _free(connection):
        rules = compile_rules(connection)
    with access.open_client(connection) as client:
        made = list(_latest(connection, client, rules))
    with _free(connection):
        cursors.forget(connection.pk)
        for one in made:
            cursors.add(connection.pk, one.kind, one.select, one.link)
        cursors.skip(connection.pk, fetch_groups.latest_walk(connection.pk))


def _latest(
    connection: TenantConnection, client: GraphClient, rules: RuleSet
) -> Iterator[Fresh]:
    link = deltas.latest_users_link(
        client,
        select=catalogue.needed(rules),
        managers=catalogue.needs_manager(rules),
    )
    yield Fresh(cursors.USERS, fetch_delta.selected(rules), link)
    needed = membership.closed(connection.pk, fetch_groups.named(rules))
    for ids in parts.pack(needed):
        link = deltas.latest_groups_link(client, ids)
        yield Fresh(cursors.GROUPS, ids, link)


@contextmanager
def _free(connection: TenantConnection) -> Iterator[None]:
    """Open a transaction in which no run can begin; raises Busy if one is at work."""
    with transaction.atomic():
        is_free = TenantConnection.objects.filter(
            claims.free(), pk=connection.pk
        ).update(claim_token=F("claim_token"))
        if not is_free:
            raise Busy(
                f"A run of {connection} is at work, and it goes by the deltas. Wait "
                "for its end, or cancel it, then reset them."
            )
        yield
