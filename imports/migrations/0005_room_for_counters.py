"""Leave room on the pages of tables whose rows are stamped after they were written.

A row of PostgreSQL is written anew with each update. Where its page has room, the new
one stays there and no index changes; else every index of the table is written too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("imports_mirroruser", "imports_runitem")


def leave_room(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Fill pages to less than half: each of their rows is updated in every run."""
    _set(editor, "SET (fillfactor = 45)")


def fill(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Fill pages as by default."""
    _set(editor, "RESET (fillfactor)")


def _set(editor: BaseDatabaseSchemaEditor, option: str) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"ALTER TABLE {table} {option}")


class Migration(migrations.Migration):
    """Set the fill factor; rows that are there already stay where they are."""

    dependencies = [("imports", "0004_changes_skipped")]

    operations = [migrations.RunPython(leave_room, fill)]
