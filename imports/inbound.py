"""*Inbound Requests*: what Microsoft reported of people, and what came of it (R149d).

An entry is the row that a delta run planned for somebody whom Microsoft reported, or,
where full syncs are logged too, a row that one of them planned; it keeps what was sent.
Manual imports have their own history (AM-40).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from common import keys
from directory.models import Agent, EndUser
from directory.rights import visible
from imports.engine.types import Action
from imports.models import MirrorUser, RunItem
from imports.row_filter import visible_items
from imports.words import Outcome, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from common.rights import Rights

WRITES = [
    *(Action.UPDATE, Action.MOVE, Action.LINK, Action.FLAG),
    *(Action.DEACTIVATE, Action.REACTIVATE),
]
RESULTS = {
    "created": ("Created", Q(action=Action.CREATE, outcome=Outcome.APPLIED)),
    "updated": ("Updated", Q(action__in=WRITES, outcome=Outcome.APPLIED)),
    "none": ("No change", Q(action=Action.NONE)),
    "skipped": ("Skipped", Q(action=Action.SKIP)),
    "review": ("Needs review", Q(action=Action.REVIEW)),
    "waiting": ("Waiting for approval", Q(outcome=Outcome.HELD)),
    "error": ("Error", Q(outcome__in=[Outcome.FAILED, Outcome.STALE])),
}
"""What an entry's result may be, as people and as the database call it."""
TONES = {
    "created": "ok",
    "updated": "info",
    "skipped": "warn",
    "review": "warn",
    "waiting": "warn",
    "error": "bad",
}
FEW = 2000
"""Up to so many people are found by their identity, if an agent sees no others."""
FOUND = 200
"""How many people of each sort a search may find."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries somebody asks for; what is empty asks for nothing."""

    connection_id: int | None = None
    result: str = ""
    query: str = ""


def entries(asked: Asked, rights: Rights) -> QuerySet[RunItem]:
    """Return the entries that the agent may see, to be read by run, newest first.

    One a person and run: an agent's row stands beside that of their user record. It
    stands alone where the rows of one result are asked for.
    """
    # What was sent stands at rows of the first pass only, and of no manual import.
    rows = RunItem.objects.filter(sent__isnull=False)
    if asked.connection_id is not None:
        rows = rows.filter(run__connection=asked.connection_id)
    if asked.result in RESULTS:
        rows = rows.filter(RESULTS[asked.result][1])
    else:
        rows = rows.filter(Q(kind=Kind.USERS) | ~Exists(_of_user()))
    if asked.query:
        rows = rows.filter(object_id__in=_people(asked))
    few = _few(rights)
    if few is not None:
        rows = rows.filter(object_id__in=few)
    return visible_items(rows, rights).select_related("run__connection")


def _few(rights: Rights) -> set[UUID] | None:
    """Return who has a record that the agent may see, if they are few; else None.

    Few people are found by who they are; among many entries of others, by looking at
    each, they would not be found in time.
    """
    if rights.sees_everything:
        return None
    found: set[UUID] = set()
    for model in (EndUser, Agent):
        rows = visible(model._default_manager.all(), rights)
        ids = rows.filter(entra_object_id__isnull=False).values_list(
            "entra_object_id", flat=True
        )
        found |= {one for one in ids[: FEW + 1] if one is not None}
    return found if len(found) <= FEW else None


def _of_user() -> QuerySet[RunItem]:
    return RunItem.objects.filter(
        run=OuterRef("run"),
        kind=Kind.USERS,
        stage=Stage.APPLY,
        object_id=OuterRef("object_id"),
    )


def beside(rows: Iterable[RunItem]) -> dict[tuple[int, UUID], list[RunItem]]:
    """Return the other rows of the same people in the same runs, in one query."""
    shown = {row.pk: row for row in rows}
    found: dict[tuple[int, UUID], list[RunItem]] = {}
    others = RunItem.objects.filter(
        run__in={row.run_id for row in shown.values()},
        object_id__in={row.object_id for row in shown.values()},
    ).exclude(pk__in=shown)
    for one in others.defer("trace", "sent", "evidence").order_by("pk"):
        found.setdefault((one.run_id, one.object_id), []).append(one)
    return found


def result(item: RunItem) -> str:
    """Return the result of an entry: a key of RESULTS; "" while its run is at work."""
    if item.outcome in {Outcome.FAILED, Outcome.STALE}:
        return "error"
    if item.outcome == Outcome.HELD:
        return "waiting"
    still = {Action.NONE: "none", Action.SKIP: "skipped", Action.REVIEW: "review"}
    if item.action in still:
        return still[Action(item.action)]
    if item.outcome != Outcome.APPLIED:
        return ""
    return "created" if item.action == Action.CREATE else "updated"


def _people(asked: Asked) -> set[UUID]:
    """Return whom a name, UPN or address may mean.

    Entries have no index on what people type; the people themselves do.
    """
    text = keys.key(asked.query)
    mirror = MirrorUser.objects.filter(
        Q(upn_key__contains=text) | Q(mail_key__contains=text)
    )
    if asked.connection_id is not None:
        mirror = mirror.filter(connection=asked.connection_id)
    found = set(mirror.values_list("object_id", flat=True)[:FOUND])
    for model in (EndUser, Agent):
        rows = model._default_manager.filter(
            Q(name_key__contains=text) | Q(login_key__contains=text),
            entra_object_id__isnull=False,
        )
        ids = rows.values_list("entra_object_id", flat=True)[:FOUND]
        found |= {one for one in ids if one is not None}
    return found
