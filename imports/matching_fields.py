"""The matching fields of a connection, and who is at risk of being doubled without.

They find records that have no Entra id yet, in the order in which they were added
(R126, R127).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from connections.models import TenantConnection
from directory.models import Agent, EndUser, Organisation
from mappings import catalogue
from mappings.models import FieldMapping, MatchingField
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 10_000
"""Up to here the records at risk are counted; above, "more than"."""


def stored(connection: TenantConnection, kind: Kind) -> list[str]:
    """Return the matching fields of a kind, in their order."""
    rows = MatchingField.objects.filter(connection=connection, kind=kind)
    return list(rows.order_by("position").values_list("target", flat=True))


def choices(connection: TenantConnection, kind: Kind) -> list[tuple[str, str]]:
    """Return the fields that may be matched by, with their labels: those mapped."""
    mapped = FieldMapping.objects.filter(connection=connection, kind=kind)
    targets = list(mapped.order_by("position").values_list("target", flat=True))
    targets = targets or [rule.target for rule in catalogue.DEFAULTS[kind]]
    labels = catalogue.TARGETS[kind]
    return [
        (target, labels.get(target, target.removeprefix(catalogue.CUSTOM)))
        for target in targets
        if target != catalogue.MANAGER
    ]


@transaction.atomic
def save(connection: TenantConnection, kind: Kind, targets: Sequence[str]) -> bool:
    """Replace the matching fields of a kind; return whether that changes anything."""
    TenantConnection.objects.select_for_update().get(pk=connection.pk)
    if stored(connection, kind) == list(targets):
        return False
    MatchingField.objects.filter(connection=connection, kind=kind).delete()
    for position, target in enumerate(targets):
        MatchingField.objects.create(
            connection=connection, kind=kind, target=target, position=position
        )
    TenantConnection.objects.filter(pk=connection.pk).update(
        rules_version=F("rules_version") + 1
    )
    return True


def at_risk(connection: TenantConnection, kind: Kind) -> int:
    """Return how many records an import might double: no id, nothing to match by.

    Counted up to MOST + 1 (R125).
    """
    if MatchingField.objects.filter(connection=connection, kind=kind).exists():
        return 0
    if kind is Kind.AGENTS:
        return _agents_at_risk(connection)
    users = EndUser.objects.filter(entra_object_id=None)
    near = Organisation.objects.filter(
        Q(mappings__connection=connection) | Q(sites__mappings__connection=connection)
    )
    users = users.filter(site__organisation__in=near.values("pk"))
    return users.order_by()[: MOST + 1].count()


def _agents_at_risk(connection: TenantConnection) -> int:
    """Return how many agents have no id, if the connection makes any at all."""
    if not connection.site_mappings.filter(is_agent=True, enabled=True).exists():
        return 0
    agents = Agent.objects.filter(entra_object_id=None)
    agents = agents.exclude(account__may_sign_in_locally=True)
    return agents.order_by()[: MOST + 1].count()
