"""Writing rows so that a second time changes nothing, and saying what was done."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db.models import Model

Columns: TypeAlias = Mapping[str, Any]


@dataclass(slots=True)
class Report:
    """What was made, what was changed, and how much was as the file says already."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0


def put(report: Report, row: Model, columns: Columns, *, label: str) -> None:
    """Save the row with these columns, unless it is stored with them already."""
    is_new = row._state.adding
    changed = [
        name for name, value in columns.items() if is_new or getattr(row, name) != value
    ]
    if not changed and not is_new:
        report.unchanged += 1
        return
    for name in changed:
        setattr(row, name, columns[name])
    row.save()
    (report.created if is_new else report.updated).append(label)


def changed(report: Report, *, label: str, is_new: bool = False) -> None:
    """Report that a part of a record was changed, unless the record itself is news.

    `is_new`: the record was counted as unchanged, and made for its part's sake.
    """
    if label not in report.created and label not in report.updated:
        (report.created if is_new else report.updated).append(label)
        report.unchanged -= 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of the file that replaces the rows of a connection."""

    stored: Mapping[Hashable, tuple[Model, Columns]]
    wanted: Mapping[Hashable, Columns]
    make: Callable[[Columns], object]
    label: Callable[[Columns], str]


def replace(report: Report, rows: Listed) -> None:
    """Make the rows those of the list.

    What differs is removed and made anew: values may wander between rows, and would
    meet a unique constraint on their way.
    """
    fresh: list[tuple[Columns, bool]] = []
    for key, (row, columns) in rows.stored.items():
        if key not in rows.wanted:
            row.delete()
            report.updated.append(f"{rows.label(columns)}: removed")
        elif rows.wanted[key] != columns:
            row.delete()
            fresh.append((rows.wanted[key], False))
        else:
            report.unchanged += 1
    fresh += [(one, True) for key, one in rows.wanted.items() if key not in rows.stored]
    for columns, is_new in fresh:
        rows.make(columns)
        (report.created if is_new else report.updated).append(rows.label(columns))


def read(row: Model, names: tuple[str, ...]) -> Columns:
    """Return the row's columns of these names."""
    return {name: getattr(row, name) for name in names}
