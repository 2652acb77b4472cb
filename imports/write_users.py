"""The directory's door for users: applied items become rows, set-based."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from common import bulk, keys
from common.lookups import any_of
from directory.models import EndUser
from imports import sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from imports.items import Item
    from imports.work import Work

KEYS = {"name": "name_key", "email": "email_key", "network_login": "login_key"}
"""Targets that are compared by a key, and its column."""
PLAIN = (
    *("name", "first_name", "last_name", "email", "network_login", "job_title"),
    *("department", "phone", "mobile"),
)
COLUMNS = (
    *PLAIN,
    *KEYS.values(),
    *("site_id", "site_set_by_id", "user_role_id", "user_role_set_by_id"),
    *("custom_values", "is_active", "deactivated_by_id", "deactivated_reason"),
    *("entra_tenant_id", "entra_object_id", "entra_state", "entra_state_at"),
    *("source_id", "revision", "updated_at"),
)
BLANK: Mapping[str, Any] = {
    **dict.fromkeys((*PLAIN, *KEYS.values(), "deactivated_reason", "entra_state"), ""),
    **dict.fromkeys(("site_id", "site_set_by_id", "user_role_id"), None),
    **dict.fromkeys(("user_role_set_by_id", "deactivated_by_id"), None),
    **dict.fromkeys(("entra_tenant_id", "entra_object_id", "source_id"), None),
    "entra_state_at": None,
    "is_active": True,
    "revision": 0,
    "keep_active": False,
}

FIELDS = {field.attname: field for field in EndUser._meta.concrete_fields}


class Records:
    """The rows that a chunk is about, locked."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        """Hold the rows by id and by Entra identity."""
        self._by_id = {row["id"]: row for row in rows}
        self._linked = {row["entra_object_id"] for row in self._by_id.values()}

    def revision(self, item: Item) -> int | None:
        """Return the revision of the item's record; None: there is none.

        A create whose person has got a record meanwhile answers -1, which no plan
        was made on.
        """
        if item.record_id is None:
            return -1 if item.object_id in self._linked else None
        row = self._by_id.get(item.record_id)
        return None if row is None else int(row["revision"])

    def row(self, record_id: int) -> dict[str, Any]:
        """Return the columns of one record."""
        return self._by_id[record_id]


def locked(work: Work, items: Sequence[Item]) -> Records:
    """Return the records of the items, and those that took their people meanwhile."""
    ids = [item.record_id for item in items if item.record_id is not None]
    new = [item.object_id for item in items if item.record_id is None]
    mine = EndUser.objects.select_for_update().filter(any_of("pk", ids))
    theirs = EndUser.objects.filter(
        any_of("entra_object_id", new), entra_tenant_id=work.connection.tenant_id
    )
    names = ("id", *COLUMNS)
    return Records([*mine.values(*names), *theirs.values(*names)])


def write(
    work: Work, items: Sequence[Item], records: Records
) -> Mapping[UUID, tuple[int, int]]:
    """Write the items; return each person's record and its new revision."""
    made = sites.make(set(_planned_sites(items)))
    now = timezone.now()
    new, changed, revisions = [], [], {}
    for item in items:
        is_new = item.record_id is None
        before = BLANK if item.record_id is None else records.row(item.record_id)
        after = _after(work, item, before, made, now)
        revisions[item.object_id] = after["revision"]
        row = tuple(after[column] for column in COLUMNS)
        if is_new:
            new.append((*row, False, after["updated_at"]))
        else:
            changed.append((item.record_id, *row))
    bulk.insert(EndUser, (*COLUMNS, "keep_active", "created_at"), new)
    bulk.update(EndUser, "id", COLUMNS, changed)
    created = _created(work, [item for item in items if item.record_id is None])
    return {
        item.object_id: (
            created[item.object_id] if item.record_id is None else item.record_id,
            revisions[item.object_id],
        )
        for item in items
    }


def _planned_sites(items: Iterable[Item]) -> Iterable[int]:
    for item in items:
        wanted = item.changes.get("site", [None, None])[1]
        if wanted and "planned" in wanted:
            yield wanted["planned"]


def _after(
    work: Work,
    item: Item,
    before: Mapping[str, Any],
    made: Mapping[int, int],
    now: datetime,
) -> dict[str, Any]:
    """Return the columns of the record as the item leaves it."""
    after = dict(before)
    after["custom_values"] = dict(before.get("custom_values") or {})
    connection = work.connection
    for field, (_, value) in item.changes.items():
        if field in PLAIN:
            after[field] = value or ""
        elif field.startswith("custom."):
            _set_custom(after["custom_values"], field.removeprefix("custom."), value)
        elif field == "site":
            planned = value.get("planned")
            after["site_id"] = value["id"] if planned is None else made[planned]
            after["site_set_by_id"] = connection.pk
        elif field == "user_role":
            after["user_role_id"] = value["id"] if value else None
            after["user_role_set_by_id"] = connection.pk if value else None
        else:
            set_shared(after, field, value, item, work, now)
    for target, column in KEYS.items():
        after[column] = keys.key(after[target])
    give_back(after, item)
    after["revision"] = int(before["revision"]) + 1
    after["updated_at"] = now
    return after


def set_shared(
    after: dict[str, Any], field: str, value: Any, item: Item, work: Work, now: datetime
) -> None:
    """Set what users and agents have in common: identity, Entra's state, activity."""
    if field == "entra_object_id":
        after["entra_tenant_id"] = work.connection.tenant_id
        after["entra_object_id"] = item.object_id
        after["source_id"] = work.connection.pk
    elif field == "entra_state":
        after["entra_state"] = value or ""
        after["entra_state_at"] = now
    elif field == "is_active":
        after["is_active"] = value
        # Whoever comes inactive, for want of a licensed role, may come back as well.
        after["deactivated_by_id"] = None if value else work.connection.pk
        after["deactivated_reason"] = "" if value else item.reason
    else:
        raise KeyError(field)


def give_back(after: dict[str, Any], item: Item) -> None:
    """Set the columns that an undo brings back as they were; an import has none."""
    for column, value in (item.behind or {}).items():
        after[column] = FIELDS[column].to_python(value)


def _set_custom(values: dict[str, Any], name: str, value: Any) -> None:
    if value is None or value == "":
        values.pop(name, None)
    else:
        values[name] = value


def _created(work: Work, items: Sequence[Item]) -> dict[UUID, int]:
    rows = EndUser.objects.filter(
        any_of("entra_object_id", (item.object_id for item in items)),
        entra_tenant_id=work.connection.tenant_id,
    )
    pairs = rows.values_list("entra_object_id", "id")
    return {object_id: pk for object_id, pk in pairs if object_id is not None}
