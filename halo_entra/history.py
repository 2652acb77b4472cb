"""The history of the configuration as people read it, and taking back one change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import F

from accounts.models import Account
from common.errors import AppError
from common.fields import KeyField
from connections.models import TenantConnection
from directory import indispensable
from halo_entra.audit import HIDDEN
from imports.models import Decision
from sso.models import SsoConnection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

UPDATE: int = LogEntry.Action.UPDATE
EMPTY = ("None", None, "")
GUARDED = (Account, SsoConnection, Decision)
"""Who comes in, and who is whom: what may be set there, only their own forms know."""
MOVED = (
    "It has been changed again since. Take back the later change first, or edit it by "
    "hand."
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry: its label, and the value before and after, in words."""

    field: str
    label: str
    before: str
    after: str


def told(entries: Sequence[Any]) -> list[tuple[Any, list[Change]]]:
    """Return each entry with its changes; references are told by name.

    Names of one kind cost one query, however many entries there are.
    """
    names = _names(entries)
    return [(entry, list(_changes(entry, names))) for entry in entries]


def _changes(entry: Any, names: Mapping[Any, str]) -> Iterator[Change]:
    for field, change in _columns(entry):
        label = str(field.verbose_name).capitalize()
        if isinstance(change, dict):
            yield Change(field.name, label, "", ", ".join(change.get("objects", ())))
            continue
        before, after = (
            names.get((field.related_model, str(value)), _shown(value))
            for value in change
        )
        yield Change(field.name, label, before, after)


def _names(entries: Iterable[Any]) -> dict[Any, str]:
    """Return the names of all records that the entries refer to."""
    wanted: dict[type[models.Model], set[str]] = {}
    for entry in entries:
        for field, change in _columns(entry):
            if field.is_relation and isinstance(change, list):
                ids = {str(value) for value in change if value not in EMPTY}
                wanted.setdefault(field.related_model, set()).update(ids)
    return {
        (target, str(row.pk)): str(row)
        for target, ids in wanted.items()
        for row in target._default_manager.filter(pk__in=ids)
    }


def _columns(entry: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the columns of an entry that say something, each with its change."""
    model = entry.content_type.model_class()
    for field in model._meta.get_fields() if model else ():
        change = (entry.changes or {}).get(field.name)
        is_own = field.concrete and not isinstance(field, KeyField | models.AutoField)
        if change and is_own:
            yield field, change


def _shown(value: Any) -> str:
    return "" if value in EMPTY else str(value)


def may_take_back(entry: Any) -> bool:
    """Return whether the entry is a change of rules whose old values are known."""
    columns = list(_columns(entry))
    return (
        entry.action == UPDATE
        and entry.content_type.model_class() not in GUARDED
        and bool(columns)
        and all(
            isinstance(change, list) and HIDDEN not in change for _, change in columns
        )
    )


@indispensable.kept()
def take_back(entry: Any) -> None:
    """Give a record the values back that it had before the entry.

    Raises AppError, and changes nothing, if the record is gone, has moved since, may
    no longer have those values, or somebody who must not be would be locked out.
    """
    model = entry.content_type.model_class()
    row = model._default_manager.filter(pk=entry.object_pk).first()
    if row is None or not may_take_back(entry):
        raise AppError("There is nothing left to take back: the record is gone.")
    for field, (before, after) in _columns(entry):
        if _value(field, after) != getattr(row, field.attname):
            raise AppError(MOVED)
        setattr(row, field.attname, _value(field, before))
    try:
        row.validate_constraints()
        row.save()
    except (ValidationError, IntegrityError) as exc:
        raise AppError(f"The old values cannot be had any more: {_why(exc)}") from exc
    connection = getattr(row, "connection_id", None)
    rules = TenantConnection.objects.all()
    if connection is not None:
        rules = rules.filter(pk=connection)
    rules.update(rules_version=F("rules_version") + 1)


def _value(field: Any, text: Any) -> Any:
    """Return a recorded value as the field's column holds it."""
    if text in ("None", None):
        return None if field.null else field.get_default()
    if isinstance(field, models.JSONField):
        return json.loads(text)
    if field.is_relation:
        return field.target_field.to_python(text)
    return field.to_python(text)


def _why(exc: Exception) -> str:
    if isinstance(exc, ValidationError):
        return " ".join(exc.messages)
    return "another record has taken their place."
