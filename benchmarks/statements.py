"""Counts the SQL statements of this process by kind, directory tables apart."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from django.apps import apps
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "COPY")
WRITES = frozenset({"INSERT", "UPDATE", "DELETE"})
_WRITTEN = re.compile(r'(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?')


class Statements:
    """What was sent to the database, while `counted`.

    A statement that is run once a row (SQLite) counts once, and not at all without
    rows; `rows` has how many rows it was run for.
    """

    def __init__(self) -> None:
        """Count nothing yet."""
        self.kinds: Counter[str] = Counter()
        self.directory: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        config = apps.get_app_config("directory")
        models = config.get_models(include_auto_created=True)
        self._directory_tables = {model._meta.db_table for model in models}

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what this thread sends until the block is left."""
        plain = psycopg.Cursor.copy

        def copy(cursor: Any, statement: Any, *args: Any, **options: Any) -> Any:
            self._note(str(statement))
            found: AbstractContextManager[Any] = plain(
                cursor, statement, *args, **options
            )
            return found

        psycopg.Cursor.copy = copy  # type: ignore[method-assign,assignment]  # it has no hook
        try:
            with connection.execute_wrapper(self._execute):
                yield
        finally:
            psycopg.Cursor.copy = plain  # type: ignore[method-assign]  # as it was

    def _execute(
        self,
        execute: Callable[..., Any],
        statement: str,
        params: Any,
        many: bool,  # noqa: FBT001 - the signature is Django's
        context: dict[str, Any],
    ) -> Any:
        if not many:
            self._note(statement)
            return execute(statement, params, many, context)
        counter = _Counting(params)
        found = execute(statement, counter, many, context)
        if counter.rows:
            self._note(statement)
            self.rows[_kind(statement)] += counter.rows
        return found

    def _note(self, statement: str) -> None:
        kind = _kind(statement)
        self.kinds[kind] += 1
        written = _WRITTEN.match(statement.lstrip()) if kind in WRITES else None
        if written is not None and written[1] in self._directory_tables:
            self.directory[kind] += 1


class _Counting:
    """Hands rows on, one by one, and counts them."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._from = iter(rows)
        self.rows = 0

    def __iter__(self) -> _Counting:
        return self

    def __next__(self) -> Any:
        row = next(self._from)
        self.rows += 1
        return row


def _kind(statement: str) -> str:
    first = statement.split(maxsplit=1)[0].strip("(").upper()
    return first if first in KINDS else "other"
