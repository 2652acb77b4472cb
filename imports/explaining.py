"""Why somebody is where they are: the decision about one person, made again.

The mirror and the directory go through the same code as in a run (promise 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from common import keys
from common.errors import NotFound
from imports import decide, load, mirror
from imports.engine import explain
from imports.engine.types import Match
from imports.models import MirrorUser, Run
from imports.work import Scope
from mappings.compile import compile_rules
from mappings.words import Kind

if TYPE_CHECKING:
    from common.types import JsonObject
    from connections.models import TenantConnection


def find(connection: TenantConnection, who: str) -> MirrorUser:
    """Return the person with this object id, UPN or address; raises NotFound."""
    people = mirror.of_connection(connection.pk)
    try:
        found = people.filter(object_id=UUID(who.strip())).first()
    except ValueError:
        key = keys.key(who)
        found = (
            people.filter(upn_key=key).first() or people.filter(mail_key=key).first()
        )
    if found is None:
        raise NotFound(
            f"Nobody in {connection} has the UPN, address or object id {who!r}. An "
            "address is known of people whom a mapping selects; import or preview "
            "first if the person is new."
        )
    return found


def explanation(connection: TenantConnection, person: MirrorUser) -> JsonObject:
    """Return the decision about a person by the rules of now, as `--json` prints it."""
    scope = Scope(connection, compile_rules(connection))
    row = load.person(scope, person.object_id)
    if row is None:
        raise NotFound(f"{person} is no longer in the mirror of {connection}.")
    (decided,) = decide.decide(scope, [row], decide.surroundings(scope))
    return explain.decision(
        decided.remote,
        decided.selection,
        decided.matches.get(Kind.USERS, Match()),
        decided.items,
        as_of=_read_at(connection, person),
    )


def _read_at(connection: TenantConnection, person: MirrorUser) -> str | None:
    """Return when the walk began that saw the person last."""
    run = Run.objects.filter(connection=connection, generation=person.generation)
    seen = run.values_list("started_at", flat=True).first()
    return seen.isoformat(timespec="seconds") if seen else None
