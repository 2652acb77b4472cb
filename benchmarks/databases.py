"""Fresh databases: files of SQLite, and databases of a PostgreSQL server."""

from __future__ import annotations

import secrets
import shutil
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pathlib import Path


class Databases(Protocol):
    """Databases of one kind, told apart by a word."""

    kind: str

    def url(self, word: str) -> str:
        """Return the address of a database, as `DATABASE_URL` takes it."""

    def floor(self, word: str) -> str:
        """Return the address of a database, as the floor takes it."""

    def create(self, word: str) -> None:
        """Make an empty database."""

    def copy(self, word: str, target: str) -> None:
        """Make `target`, as `word` is now; nobody may be connected."""

    def drop(self, word: str) -> None:
        """Remove a database if it is there."""

    def close(self) -> None:
        """Remove all of them."""


class SqliteFiles:
    """Files in a folder, which is somebody else's to remove."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        """Use a folder."""
        self._folder = folder

    def url(self, word: str) -> str:
        """Return the address of a database, as `DATABASE_URL` takes it."""
        return f"sqlite:///{self.floor(word)}"

    def floor(self, word: str) -> str:
        """Return the path of a database."""
        return str(self._folder / f"{word}.sqlite3")

    def create(self, word: str) -> None:
        """Make sure that there is none: it is made when it is opened."""
        self.drop(word)

    def copy(self, word: str, target: str) -> None:
        """Make `target`, as `word` is now; nobody may be connected."""
        self.drop(target)
        shutil.copyfile(self.floor(word), self.floor(target))

    def drop(self, word: str) -> None:
        """Remove a database if it is there."""
        for path in self._folder.glob(f"{word}.sqlite3*"):
            path.unlink()

    def close(self) -> None:
        """Leave them to the folder."""


class PostgresDatabases:
    """Databases of a server, under names of their own; removed in the end."""

    kind = "postgresql"

    def __init__(self, server: str) -> None:
        """Connect to the server by the URL of any database of it."""
        self._server = server
        self._start = f"halo_benchmark_{secrets.token_hex(4)}"
        self._made: set[str] = set()
        self._connection = psycopg.connect(server, autocommit=True)

    def url(self, word: str) -> str:
        """Return the address of a database, as `DATABASE_URL` takes it."""
        parts = urlsplit(self._server)
        return urlunsplit(parts._replace(path=f"/{self._start}_{word}"))

    def floor(self, word: str) -> str:
        """Return the address of a database."""
        return self.url(word)

    def create(self, word: str) -> None:
        """Make an empty database."""
        self.copy("", word)

    def copy(self, word: str, target: str) -> None:
        """Make `target`, as `word` is now; nobody may be connected."""
        self.drop(target)
        template = f"{self._start}_{word}" if word else "template1"
        self._do("CREATE DATABASE {} TEMPLATE {}", f"{self._start}_{target}", template)
        self._made.add(target)

    def drop(self, word: str) -> None:
        """Remove a database if it is there."""
        self._do("DROP DATABASE IF EXISTS {}", f"{self._start}_{word}")
        self._made.discard(word)

    def close(self) -> None:
        """Remove all of them."""
        for word in list(self._made):
            self.drop(word)
        self._connection.close()

    def _do(self, statement: str, *names: str) -> None:
        identifiers = [sql.Identifier(name) for name in names]
        self._connection.execute(sql.SQL(statement).format(*identifiers))
