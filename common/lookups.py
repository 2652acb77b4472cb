"""A look-up of our own: many values as one parameter.

A thousand parameters take longer to write and to parse than their rows to find. Here
they are one array (PostgreSQL) or one JSON text (SQLite).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


def any_of(column: str, values: Iterable[UUID | int | str]) -> models.Q:
    """Return the condition that a column holds one of the values of a chunk.

    The values are of the column's type; none: no row, and nothing is asked.
    """
    return models.Q((f"{column}__{AnyOf.lookup_name}", list(values)))


@models.Field.register_lookup
class AnyOf(models.Lookup[Any]):
    """What `any_of` asks for."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        """Return the values as they are: they are of the column's type."""
        return list(self.rhs)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        """Return the comparison with an array."""
        left, parameters = self._left(compiler, connection)
        return f"{left} = ANY(%s)", [*parameters, self.rhs]

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        """Return the comparison with the values of a JSON text."""
        left, parameters = self._left(compiler, connection)
        values = [one.hex if isinstance(one, UUID) else one for one in self.rhs]
        text = orjson.dumps(values).decode()
        return f"{left} IN (SELECT value FROM json_each(%s))", [*parameters, text]

    def _left(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        """Return the column; raises EmptyResultSet if there are no values."""
        if not self.rhs:
            raise EmptyResultSet
        left, parameters = self.process_lhs(compiler, connection)
        return left, list(parameters)
