"""Where the deltas of a connection stand; only the Integrator's runs come here (R146).

A run that walks in full keeps its fresh cursors apart, under its own number, until the
walk is complete: a cursor that is followed always has everybody before it behind it.
The caller holds the transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from imports.engine.parts import Held
from imports.models import Cursor

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db import models

    from imports.models import Run

USERS = "users"
GROUPS = "groups"


def fresh(kind: str, run: Run) -> str:
    """Return the kind under which a run that walks in full keeps its cursors."""
    return f"{kind}@{run.pk}"


def users(connection_id: int, kind: str = USERS) -> Cursor | None:
    """Return the cursor of people, if there is one."""
    return _of(connection_id, kind).first()


def groups(connection_id: int, kind: str = GROUPS) -> list[Cursor]:
    """Return the cursors of groups, one a part."""
    return list(_of(connection_id, kind).order_by("part"))


def followed(connection_id: int, kind: str = GROUPS) -> set[UUID]:
    """Return the groups that the cursors of this kind follow."""
    return {UUID(one) for part in groups(connection_id, kind) for one in part.select}


def held(connection_id: int) -> Held:
    """Return what the cursors were made with."""
    cursor = users(connection_id)
    if cursor is None:
        return Held()
    return Held(frozenset(cursor.select), frozenset(followed(connection_id)))


def skipped(connection_id: int) -> int:
    """Return the number of the last run before skipped changes; 0: none skipped."""
    cursor = users(connection_id)
    return 0 if cursor is None else cursor.skipped


def skip(connection_id: int, number: int) -> None:
    """Keep that changes were skipped since the run of this number."""
    _of(connection_id, USERS).update(skipped=number)


def catch_up(connection_id: int) -> bool:
    """Keep that everybody has been read since; return whether anything was skipped."""
    return bool(_of(connection_id, USERS).filter(skipped__gt=0).update(skipped=0))


def add(connection_id: int, kind: str, select: Iterable[object], link: str) -> None:
    """Keep a cursor that stands at `link`, as the next part of its kind."""
    last = _of(connection_id, kind).aggregate(last=Max("part"))["last"]
    Cursor.objects.create(
        connection_id=connection_id,
        kind=kind,
        part=0 if last is None else last + 1,
        select=[str(one) for one in select],
        link=link,
        updated_at=timezone.now(),
    )


def turn(cursor: Cursor, next_link: str, delta_link: str) -> None:
    """Keep that a page is written: the next one, or that its chain is complete."""
    cursor.position = next_link
    cursor.link = delta_link or cursor.link
    cursor.updated_at = timezone.now()
    cursor.save(update_fields=["position", "link", "updated_at"])


def go_back(cursor: Cursor) -> None:
    """Go back to where the chain began: a page of it cannot be had."""
    cursor.position = ""
    cursor.save(update_fields=["position"])


def take_over(connection_id: int, run: Run) -> None:
    """Let the cursors that a complete walk has made take the place of all others."""
    made = {fresh(kind, run): kind for kind in (USERS, GROUPS)}
    of_connection = Cursor.objects.filter(connection_id=connection_id)
    of_connection.exclude(kind__in=made).delete()
    for apart, kind in made.items():
        of_connection.filter(kind=apart).update(kind=kind)


def repack(
    connection_id: int,
    old: Collection[Cursor],
    parts: Iterable[tuple[Sequence[UUID], str]],
) -> None:
    """Let parts, each with its link, take the place of the old ones."""
    Cursor.objects.filter(pk__in=[cursor.pk for cursor in old]).delete()
    for group_ids, link in parts:
        add(connection_id, GROUPS, group_ids, link)


def forget(connection_id: int) -> int:
    """Drop the cursors, so that the next run reads everybody; return how many."""
    return Cursor.objects.filter(connection_id=connection_id).delete()[0]


def _of(connection_id: int, kind: str) -> models.QuerySet[Cursor]:
    return Cursor.objects.filter(connection_id=connection_id, kind=kind)
