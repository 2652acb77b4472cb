"""The door through which forms save rules: one transaction, one new version.

Whoever saves names the version that the page was made of. If the rules have moved
since, nothing is written: nobody's change is overwritten unseen.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from common.errors import AppError
from connections.models import TenantConnection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import Model


class Moved(AppError):
    """The rules were changed since the page was made; nothing was saved."""


MOVED = (
    "Somebody changed the rules of this connection while you were at it. Nothing was "
    "saved, and what you typed is still here. Look at what is saved now; saving again "
    "puts yours in its place."
)


class Change:
    """What is written under one version; `is_made` once anything was."""

    def __init__(self) -> None:
        """Begin with nothing changed."""
        self.is_made = False

    def put(self, row: Model, columns: Mapping[str, Any]) -> bool:
        """Save the row with these columns unless it has them; return whether."""
        is_new = row._state.adding
        moved = [
            name
            for name, value in columns.items()
            if is_new or getattr(row, name) != value
        ]
        if not moved and not is_new:
            return False
        for name in moved:
            setattr(row, name, columns[name])
        row.save()
        self.is_made = True
        return True

    def delete(self, row: Model) -> None:
        """Remove the row."""
        row.delete()
        self.is_made = True


@contextmanager
def changing(connection: TenantConnection, seen: int | None) -> Iterator[Change]:
    """Open a transaction that raises the rules' version if anything was changed.

    `seen` is the version of the page. Raises Moved if it is not the one that is saved,
    or if a command saves at the same moment.
    """
    try:
        with transaction.atomic():
            saved = TenantConnection.objects.select_for_update().get(pk=connection.pk)
            if saved.rules_version != seen:
                raise Moved(MOVED)
            change = Change()
            yield change
            if change.is_made:
                TenantConnection.objects.filter(pk=connection.pk).update(
                    rules_version=F("rules_version") + 1
                )
    except IntegrityError as exc:
        raise Moved(MOVED) from exc
