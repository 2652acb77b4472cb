"""Writes by hand: what a person changes here, no run takes back.

Every write of a person's record grows its `revision`, so that a plan made on the old
one is stale; what names the giver of a site, role or manager is cleared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connections.models import TenantConnection
from directory.models import Agent, EndUser

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.db.models import Model, QuerySet

GIVERS = {
    "site": "site_set_by",
    "user_role": "user_role_set_by",
    "manager": "manager_set_by",
}
"""Columns with the connection that gave them; empty: set by hand."""
CHUNK = 2000


@transaction.atomic
def save_person(person: EndUser | Agent, changed: Collection[str]) -> None:
    """Save a record whose columns `changed` a person has just set."""
    for name in changed:
        if name in GIVERS:
            setattr(person, GIVERS[name], None)
    if "is_active" in changed:
        person.deactivated_by = None
        person.deactivated_reason = ""
    person.revision += 1
    person.updated_at = timezone.now()
    person.save()


@transaction.atomic
def save_named(row: Model, *, changes_rules: bool) -> None:
    """Save one of the desk's own records.

    `changes_rules`: mappings may name it, so that everybody is judged anew.
    """
    row.save()
    if changes_rules:
        TenantConnection.objects.update(rules_version=F("rules_version") + 1)


def change_users(users: QuerySet[EndUser], columns: Mapping[str, Any]) -> int:
    """Set these columns of many users by hand; return how many there were.

    Goes in chunks, each a short transaction of its own: a long list locks nobody out.
    """
    values = dict(columns)
    for name in columns:
        if name in GIVERS:
            values[f"{GIVERS[name]}"] = None
    if "is_active" in columns:
        values |= {"deactivated_by": None, "deactivated_reason": ""}
    done, after = 0, 0
    ordered = users.order_by("pk").values_list("pk", flat=True)
    while ids := list(ordered.filter(pk__gt=after)[:CHUNK]):
        EndUser.objects.filter(pk__in=ids).update(
            **values, revision=F("revision") + 1, updated_at=timezone.now()
        )
        done, after = done + len(ids), ids[-1]
    return done


def follow_again(user: EndUser) -> None:
    """Let the user's source connection decide over site, role and manager again."""
    for giver in GIVERS.values():
        setattr(user, giver, user.source)
    user.revision += 1
    user.save(update_fields=[*GIVERS.values(), "revision"])
