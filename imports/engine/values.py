"""What a person's mapped fields should hold, and which of them a record must change.

A property that was not read writes nothing; an empty one is None here. A value that
does not fit its field leaves the field as it is, with a note.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from common.keys import MAX_LENGTH, cut, key
from common.types import Json
from directory.states import CustomKind
from imports.engine.types import Change, Remote
from mappings import catalogue
from mappings.catalogue import CUSTOM, MANAGER, UNKNOWN, Unknown
from mappings.rules import FieldRule
from mappings.words import Apply, Kind, WhenEmpty

NAME: Final = "name"


@dataclass(frozen=True, slots=True)
class Desired:
    """The values of mapped targets (None: empty in Entra), and what was noted."""

    values: Mapping[str, Json]
    notes: tuple[str, ...] = ()


class Unfit(ValueError):
    """A value that does not convert; its text says why."""


def desired(remote: Remote, fields: tuple[FieldRule, ...], *, kind: Kind) -> Desired:
    """Return what the person's fields of one kind of record should hold."""
    values: dict[str, Json] = {}
    notes: list[str] = []
    for rule in fields:
        if rule.target == MANAGER:
            continue
        found = _source(rule, remote)
        if found is UNKNOWN:
            continue
        try:
            values[rule.target] = _fitted(found, rule, notes, kind)
        except Unfit as exc:
            notes.append(f"{_label(rule, kind)} stays as it is: {exc}")
    return Desired(values, tuple(notes))


def changed(
    local: Mapping[str, Json],
    wanted: Desired,
    fields: tuple[FieldRule, ...],
    *,
    is_new: bool,
) -> dict[str, Change]:
    """Return what the record's fields must change, by each row's rules (AM-19)."""
    changes: dict[str, Change] = {}
    for rule in fields:
        target = rule.target
        if target not in wanted.values:
            continue
        before, after = local.get(target), wanted.values[target]
        if before == after and type(before) is type(after):
            continue
        if _writes(rule, before, after, is_new=is_new):
            changes[target] = (before, _emptied(rule) if after is None else after)
    return changes


def _writes(rule: FieldRule, before: Json, after: Json, *, is_new: bool) -> bool:
    was_empty = catalogue.is_blank(before)
    if after is None:
        clears = rule.when_empty is WhenEmpty.CLEAR and not was_empty
        return clears and not is_new and rule.apply is Apply.ALWAYS
    if rule.apply is Apply.NEW_ONLY:
        return is_new
    return was_empty or rule.apply is Apply.ALWAYS


def _emptied(rule: FieldRule) -> Json:
    return None if rule.target.startswith(CUSTOM) else ""


def _source(rule: FieldRule, remote: Remote) -> Json | Unknown:
    """Return the one value of the source; a person without a name is their login."""
    found = catalogue.single(rule.source, remote.properties)
    if rule.target == NAME and found is not UNKNOWN and catalogue.is_blank(found):
        return catalogue.value("userPrincipalName", remote.properties)
    return found


def _fitted(found: Json, rule: FieldRule, notes: list[str], kind: Kind) -> Json:
    """Return the value as its field holds it; raises Unfit."""
    if catalogue.is_blank(found):
        if rule.target == NAME:
            raise Unfit("Entra has neither a name nor a login.")
        return None
    fitted = _CONVERSIONS[rule.kind](found, rule)
    if isinstance(fitted, str) and len(fitted) > MAX_LENGTH:
        notes.append(f"{_label(rule, kind)} was cut to {MAX_LENGTH} characters.")
        return cut(fitted).rstrip()
    return fitted


def _label(rule: FieldRule, kind: Kind) -> str:
    targets = catalogue.USER_TARGETS if kind is Kind.USERS else catalogue.AGENT_TARGETS
    return targets.get(rule.target, rule.target.removeprefix(CUSTOM))


def _text(found: Json, rule: FieldRule) -> Json:
    if isinstance(found, dict):
        raise Unfit("it holds text, and Entra has something else.")
    return catalogue.as_text(found)


def _number(found: Json, rule: FieldRule) -> Json:
    text = catalogue.as_text(found)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Unfit(f'"{cut(text)}" is no number.')
    # Whole numbers are stored as such: 5 and 5.0 are one value, not two.
    return int(number) if number.is_integer() else number


def _date(found: Json, rule: FieldRule) -> Json:
    text = catalogue.as_text(found)
    try:
        return date.fromisoformat(text.partition("T")[0]).isoformat()
    except ValueError:
        raise Unfit(f'"{cut(text)}" is no date.') from None


def _boolean(found: Json, rule: FieldRule) -> Json:
    try:
        return _BOOLEANS[key(catalogue.as_text(found))]
    except KeyError:
        text = cut(catalogue.as_text(found))
        raise Unfit(f'"{text}" is neither yes nor no.') from None


def _choice(found: Json, rule: FieldRule) -> Json:
    text = catalogue.as_text(found)
    for choice in rule.choices:
        if key(choice) == key(text):
            return choice
    raise Unfit(f'"{cut(text)}" is none of its choices.')


_BOOLEANS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "1"), True),
    **dict.fromkeys(("false", "no", "0"), False),
}
_CONVERSIONS: Final[Mapping[CustomKind, Callable[[Json, FieldRule], Json]]] = {
    CustomKind.TEXT: _text,
    CustomKind.NUMBER: _number,
    CustomKind.DATE: _date,
    CustomKind.BOOLEAN: _boolean,
    CustomKind.CHOICE: _choice,
}
