"""Set-based writes: COPY and merge on PostgreSQL, executemany on SQLite.

The hot path hands rows as tuples; objects and row-by-row writes stay out of it. The
caller holds the transaction. Columns are named by the model's attribute names
("site_id"), values are Python's (UUID, datetime, dict for JSON).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
from django.db import connection, models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

Row: TypeAlias = "tuple[Any, ...]"


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    ignore: bool = False,
) -> None:
    """Insert the rows; with `ignore` those a unique constraint refuses stay out."""
    end = " ON CONFLICT DO NOTHING" if ignore else ""
    _write(model, columns, rows, end)


def upsert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    key: Sequence[str],
    add: Sequence[str] = (),
) -> None:
    """Insert the rows, or update those whose `key` columns are there already.

    Columns in `add` are counters: on update the given value is added to the stored
    one. No key may come twice in one call.
    """
    table = _quoted(model._meta.db_table)
    sets = ", ".join(
        f"{name} = {table}.{name} + excluded.{name}"
        if column in add
        else f"{name} = excluded.{name}"
        for column in columns
        if column not in key
        for name in (_name(model, column),)
    )
    names = ", ".join(_name(model, column) for column in key)
    _write(model, columns, rows, f" ON CONFLICT ({names}) DO UPDATE SET {sets}")


def update(
    model: type[models.Model],
    key: str,
    columns: Sequence[str],
    rows: Iterable[Row],
) -> None:
    """Set `columns` of the rows whose `key` is the first value of each tuple."""
    table = _quoted(model._meta.db_table)
    names = [_name(model, column) for column in columns]
    given = _unless_empty(rows)
    if given is None:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            staging = _stage(cursor, model, (key, *columns), given)
            sets = ", ".join(f"{name} = s.{name}" for name in names)
            where = f"{table}.{_name(model, key)} = s.{_name(model, key)}"
            cursor.execute(f"UPDATE {table} SET {sets} FROM {staging} s WHERE {where}")
            cursor.execute(f"TRUNCATE {staging}")
            return
        sets = ", ".join(f"{name} = %s" for name in names)
        converted = _converted(model, (key, *columns), given)
        turned = ((*row[1:], row[0]) for row in converted)
        _stream(
            cursor, f"UPDATE {table} SET {sets} WHERE {_name(model, key)} = %s", turned
        )


class Growth:
    """A table that grows under our own writes, whose statistics must keep up.

    Inside one run the server's own upkeep comes too late: it would still choose the
    plans of an empty table. Steps 1, 2, 4, 8, … read a sample of the key columns
    (PostgreSQL; SQLite needs none). Call it outside a transaction that writes.
    """

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        """Watch the columns by which rows are looked up."""
        self._model = model
        self._columns = columns
        self._steps = 0

    def step(self) -> None:
        """Count one batch of rows, and refresh the statistics when it is time."""
        self._steps += 1
        is_time = self._steps & (self._steps - 1) == 0
        if not is_time or connection.vendor != "postgresql":
            return
        names = ", ".join(_name(self._model, column) for column in self._columns)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {_quoted(self._model._meta.db_table)} ({names})")


def _write(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], end: str
) -> None:
    table = _quoted(model._meta.db_table)
    names = ", ".join(_name(model, column) for column in columns)
    given = _unless_empty(rows)
    if given is None:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            staging = _stage(cursor, model, columns, given)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {staging}{end}"
            )
            cursor.execute(f"TRUNCATE {staging}")
            return
        places = ", ".join(["%s"] * len(columns))
        _stream(
            cursor,
            f"INSERT INTO {table} ({names}) VALUES ({places}){end}",
            _converted(model, columns, given),
        )


def _unless_empty(rows: Iterable[Row]) -> Iterable[Row] | None:
    """Return the rows, or None if there are none: then nothing is to be said."""
    rest = iter(rows)
    for first in rest:
        return chain((first,), rest)
    return None


def _stream(cursor: Any, statement: str, rows: Iterable[Row]) -> None:
    """Run a statement once a row; the rows are taken one by one (SQLite)."""
    cursor.executemany(statement, rows)


def _stage(
    cursor: Any, model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]
) -> str:
    """Return the name of a temporary table that holds the rows, filled by COPY.

    Whoever used the rows truncates it. With ON COMMIT DELETE ROWS the server would
    truncate every staging table of the session at each commit, used or not: 4 ms each.
    """
    names = ", ".join(_name(model, column) for column in columns)
    staging = _quoted(f"staging_{model._meta.db_table}_{abs(hash(names)) % 10**8}")
    table = _quoted(model._meta.db_table)
    cursor.execute(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {staging} "
        f"AS SELECT {names} FROM {table} LIMIT 0"
    )
    with cursor.copy(f"COPY {staging} ({names}) FROM STDIN") as copy:
        for row in _converted(model, columns, rows):
            copy.write_row(row)
    return staging


def _converted(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]
) -> Iterable[Row]:
    """Yield the rows as the database driver takes them."""
    converters = [
        (index, convert)
        for index, column in enumerate(columns)
        if (convert := _converter(_field(model, column))) is not None
    ]
    if not converters:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for index, convert in converters:
            if values[index] is not None:
                values[index] = convert(values[index])
        yield tuple(values)


def _converter(field: Any) -> Callable[[Any], Any] | None:
    target = getattr(field, "target_field", field)
    if isinstance(target, models.JSONField):
        return _json
    if connection.vendor == "postgresql":
        return None
    if isinstance(target, models.UUIDField):
        return _hex
    if isinstance(target, models.DateTimeField):
        # The rows of a chunk share their moments, and Django takes long to write one.
        return lru_cache(maxsize=64)(connection.ops.adapt_datetimefield_value)
    return None


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _hex(value: UUID) -> str:
    return value.hex


def _field(model: type[models.Model], column: str) -> Any:
    for field in model._meta.concrete_fields:
        if column in {field.name, field.attname}:
            return field
    raise KeyError(column)


def _name(model: type[models.Model], column: str) -> str:
    return _quoted(_field(model, column).column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
