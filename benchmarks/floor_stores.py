"""Where the floor writes: PostgreSQL by COPY and one merge, SQLite page by page."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Protocol

import psycopg
from psycopg import sql

from benchmarks.floor_rows import COLUMNS, INDEXED, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TYPES = {
    "object_id": "uuid PRIMARY KEY",
    "is_active": "boolean",
    "custom": "jsonb",
    "digest": "bigint",
    "read_at": "timestamptz",
}
_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA wal_autocheckpoint=10000;"
)
"""Those of the product: with them page by page costs hardly more than all at once."""


class Store(Protocol):
    """A table of people."""

    def write(self, pages: Iterable[list[Row]]) -> None:
        """Make the table anew and write all pages."""

    def hashes(self) -> Iterator[tuple[str, int]]:
        """Yield the id and the hash of everybody in the table."""


class SqliteStore:
    """An executemany a page, each page committed."""

    def __init__(self, path: str) -> None:
        """Open, or make, the file."""
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(_PRAGMAS)

    def write(self, pages: Iterable[list[Row]]) -> None:
        """Make the table anew and write all pages."""
        columns = ", ".join(
            f"{name} text PRIMARY KEY" if name == "object_id" else name
            for name in COLUMNS
        )
        self._connection.executescript(
            f"DROP TABLE IF EXISTS floor; CREATE TABLE floor ({columns});"
            + "".join(f"CREATE INDEX floor_{n} ON floor ({n});" for n in INDEXED)
        )
        places = ", ".join("?" * len(COLUMNS))
        merge = (
            f"INSERT INTO floor ({', '.join(COLUMNS)}) VALUES ({places}) "
            f"ON CONFLICT (object_id) DO UPDATE SET {_overwrite()}"
        )
        for page in pages:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(merge, page)
            self._connection.execute("COMMIT")

    def hashes(self) -> Iterator[tuple[str, int]]:
        """Yield the id and the hash of everybody in the table."""
        yield from self._connection.execute("SELECT object_id, digest FROM floor")


class PostgresStore:
    """COPY of everything into a staging table, then one merge."""

    def __init__(self, url: str) -> None:
        """Connect to a database."""
        self._connection = psycopg.connect(url)

    def write(self, pages: Iterable[list[Row]]) -> None:
        """Make the table anew and write all pages."""
        columns = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in COLUMNS)
        with self._connection as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS floor")
            cursor.execute(sql.SQL(f"CREATE TABLE floor ({columns})"))
            for name in INDEXED:
                cursor.execute(sql.SQL(f"CREATE INDEX ON floor ({name})"))
            cursor.execute("CREATE TEMPORARY TABLE staging (LIKE floor)")
            with cursor.copy("COPY staging FROM STDIN") as copy:
                for page in pages:
                    for row in page:
                        copy.write_row(row)
            cursor.execute(
                sql.SQL(
                    "INSERT INTO floor SELECT * FROM staging "
                    f"ON CONFLICT (object_id) DO UPDATE SET {_overwrite()}"
                )
            )

    def hashes(self) -> Iterator[tuple[str, int]]:
        """Yield the id and the hash of everybody in the table."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT object_id::text, digest FROM floor")
            yield from cursor


def opened(database: str) -> Store:
    """Return the store at a URL of PostgreSQL or a path of SQLite."""
    is_url = database.startswith(("postgres://", "postgresql://"))
    return PostgresStore(database) if is_url else SqliteStore(database)


def _overwrite() -> str:
    return ", ".join(f"{n} = excluded.{n}" for n in COLUMNS if n != "object_id")
