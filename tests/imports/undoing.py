"""What tests of undoing share: a run of one user, and its undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from directory.models import EndUser
from imports import runs, undo
from imports.models import Run
from imports.words import Trigger

if TYPE_CHECKING:
    from tests.bench import Desk


def undone(run: Run) -> Run:
    """Undo a run to its end."""
    return runs.execute(undo.queue(run, Trigger.COMMAND), patience=0)


def one_user(desk: Desk) -> tuple[Run, EndUser]:
    """Import one person; return the run and the record."""
    desk.person("ann")
    desk.map_site(10, "London")
    run = desk.run()
    return run, EndUser.objects.get()
