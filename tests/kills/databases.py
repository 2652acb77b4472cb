"""The tests' database put aside, and had again as it was."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, connections

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def kept() -> Iterator[None]:
    """Keep a copy of the database as long as the block lasts."""
    if connection.vendor == "sqlite":
        _copy().unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM INTO '{_copy()}'")
    else:
        _replace(_template(), _ours())
    try:
        yield
    finally:
        if connection.vendor == "sqlite":
            _copy().unlink()
        else:
            _on_server(f'DROP DATABASE "{_template()}"')


def restore() -> None:
    """Make the database what it was when it was kept; nobody else may use it."""
    if connection.vendor != "sqlite":
        _replace(_ours(), _template())
        return
    connections.close_all()
    # Through SQLite: replacing the file would break whoever still has it open.
    with (
        closing(sqlite3.connect(_copy())) as kept,
        closing(sqlite3.connect(_ours(), timeout=30)) as ours,
    ):
        kept.backup(ours)


def wait_for_the_dead() -> None:
    """Return once the server has noticed that a process is gone."""
    with connection.cursor() as cursor:
        while connection.vendor != "sqlite":
            cursor.execute(OTHERS)
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)


def _ours() -> str:
    return str(connection.settings_dict["NAME"])


def _template() -> str:
    return f"{_ours()}_kept"


def _copy() -> Path:
    return Path(f"{_ours()}.kept")


def _replace(target: str, template: str) -> None:
    _on_server(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
    _on_server(f'CREATE DATABASE "{target}" TEMPLATE "{template}"')


def _on_server(statement: str) -> None:
    """Execute what no connection to the database itself may."""
    connections.close_all()
    server = connection.copy()
    server.settings_dict["NAME"] = "postgres"
    try:
        with server.cursor() as cursor:
            cursor.execute(statement)
    finally:
        server.close()
