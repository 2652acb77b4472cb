"""Why somebody is where they are: the decision about one person, made again.

The mirror and the directory go through the same code as in a run (promise 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from common import keys
from common.errors import NotFound
from imports import decide, foreseen, load, membership, mirror, supposing
from imports.engine import explain
from imports.engine.types import Match
from imports.models import MirrorUser, Run
from imports.work import Scope
from mappings.compile import compile_rules
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import Account
    from common.types import JsonObject
    from connections.models import TenantConnection
    from imports.decide import Decided
    from imports.engine.types import PlanItem
    from imports.supposing import Supposed
    from mappings.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a run that is started now would do about one person, and by which rules."""

    rules: RuleSet
    decided: Decided
    items: Mapping[Kind, PlanItem]
    told: JsonObject
    """As `explain --json` prints it."""


def find(connection: TenantConnection, who: str) -> MirrorUser:
    """Return the person with this object id, UPN or address; raises NotFound."""
    people = mirror.of_connection(connection.pk).order_by("pk")
    try:
        asked = [people.filter(object_id=UUID(who.strip()))]
    except ValueError:
        key = keys.key(who)
        asked = [people.filter(upn_key=key), people.filter(mail_key=key)]
    # All of the few who fit are read: asked for the first one only, PostgreSQL would
    # rather walk through everybody in that order.
    found = next((person for rows in asked for person in rows), None)
    if found is None:
        raise NotFound(
            f"Nobody in {connection} has the UPN, address or object id {who!r}. An "
            "address is known of people whom a mapping selects; import or preview "
            "first if the person is new."
        )
    return found


def explanation(
    connection: TenantConnection, person: MirrorUser, *, by: Account | None = None
) -> JsonObject:
    """Return what a run that is started now would decide about a person.

    It is as `explain --json` prints it; `by` is who would start the run.
    """
    return foresee(connection, person, by=by).told


def foresee(
    connection: TenantConnection,
    person: MirrorUser,
    *,
    by: Account | None = None,
    if_only: Supposed | None = None,
) -> Foreseen:
    """Return the decision about a person with all values that decided.

    `if_only`: as it would be if they were different; nothing is written. Raises
    NotFound once the mirror has them no more.
    """
    scope = Scope(connection, compile_rules(connection))
    row = load.person(scope, person.object_id)
    if row is None:
        raise NotFound(f"{person} is no longer in the mirror of {connection}.")
    direct = membership.direct_groups(connection.pk, [row.object_id])
    if if_only is not None:
        row, direct = supposing.changed(row, direct, if_only)
    around = decide.surroundings(scope)
    (decided,) = decide.decide(scope, [row], around, direct=direct)
    items = foreseen.items(scope, around, decided, None if by is None else by.pk)
    told = explain.decision(
        decided.remote,
        decided.selection,
        decided.matches.get(Kind.USERS, Match()),
        items,
        as_of=_read_at(connection, person),
    )
    return Foreseen(scope.rules, decided, items, told)


def _read_at(connection: TenantConnection, person: MirrorUser) -> str | None:
    """Return when the walk began that saw the person last."""
    run = Run.objects.filter(connection=connection, generation=person.generation)
    seen = run.values_list("started_at", flat=True).first()
    return seen.isoformat(timespec="seconds") if seen else None
