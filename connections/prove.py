"""Application permissions: proven by using them, whoever says they were granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connections import access, authorise_outcomes, probe
from connections import authorise_refusals as refusals
from connections.authorise_outcomes import Authorised, Needs
from connections.authorised import Authorisation, Target
from connections.graph.errors import GraphError
from connections.graph.retry import Policy
from connections.probe import Need

if TYPE_CHECKING:
    from datetime import datetime

    from connections.models import TenantConnection

PATIENCE = Policy(tries=2, cap=3.0, patience=10.0)
"""Somebody waits for the page."""


def prove(
    connection: TenantConnection,
    *,
    account_id: int,
    needs: Needs,
    now: datetime,
) -> Authorised:
    """Authorise application permissions, by a token of the application and by probes.

    What an admin consent's answer says proves nothing, as anybody can write it; and
    consent may have been given in Entra itself. Raises AuthorisationRefused.
    """
    target = Target.of(connection)
    every = tuple(Need)
    try:
        with access.open_client(connection, policy=PATIENCE) as client:
            found = dict(zip(every, probe.probe(client, every), strict=True))
    except GraphError as error:
        raise refusals.provider(error) from error
    refusals.check_granted([found[need] for need in needs(connection)])
    granted = Authorisation(
        account_id=account_id,
        at=now,
        scopes=[one.name for one in found.values() if one.granted],
    )
    return authorise_outcomes.keep(target, granted, list(found.values()))
