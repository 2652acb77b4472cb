"""Criteria of a mapping, three-valued: yes, no, or unknown (None). Free of Django.

Text is compared without regard to case and outer spaces; a list matches if any of its
elements does; empty equals nothing; a negative operator is the exact negation of its
positive one (AM-25).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from common.keys import folded
from common.types import Json
from mappings import catalogue
from mappings.catalogue import UNKNOWN, Properties
from mappings.rules import Criterion
from mappings.words import Combine, Operator


class Test(NamedTuple):
    """One thing a mapping asked of a person; `ok` None: unknown."""

    test: str
    expected: Json
    actual: Json
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Question:
    """A criterion made ready to be asked of many people."""

    name: str
    field: str
    expected: Json
    compare: Callable[[tuple[str, ...], tuple[str, ...]], bool]
    operands: tuple[str, ...]
    is_negative: bool

    def ask(self, properties: Properties) -> Test:
        """Return the answer for one person."""
        actual = catalogue.value(self.field, properties)
        if actual is UNKNOWN:
            return Test(self.name, self.expected, None, None)
        found = self.compare(_texts(actual), self.operands)
        return Test(self.name, self.expected, actual, found is not self.is_negative)


def prepared(criterion: Criterion) -> Question:
    """Return the criterion as a question."""
    positive = _POSITIVES.get(criterion.operator, criterion.operator)
    given = criterion.value
    expected: Json = list(given) if isinstance(given, tuple) else given
    return Question(
        f"{criterion.field} {criterion.operator}",
        criterion.field,
        expected,
        _COMPARISONS[positive],
        _texts(expected),
        positive is not criterion.operator,
    )


def test(criterion: Criterion, properties: Properties) -> Test:
    """Return whether a person meets the criterion."""
    return prepared(criterion).ask(properties)


def all_of(answers: Sequence[bool | None]) -> bool | None:
    """Return no if any is no, else unknown if any is unknown, else yes."""
    if False in answers:
        return False
    return None if None in answers else True


def any_of(answers: Sequence[bool | None]) -> bool | None:
    """Return yes if any is yes, else unknown if any is unknown, else no."""
    if True in answers:
        return True
    return None if None in answers else False


def combined(how: Combine, answers: Sequence[bool | None]) -> bool | None:
    """Return the answer of several criteria together; of none: yes."""
    if how is Combine.ANY and answers:
        return any_of(answers)
    return all_of(answers)


def _texts(found: Json) -> tuple[str, ...]:
    """Return the comparable texts of a value, without its empty ones."""
    if isinstance(found, str):
        text = folded(found)
        return (text,) if text else ()
    if isinstance(found, list):
        return tuple(text for one in found for text in _texts(one))
    if isinstance(found, bool):
        return ("true",) if found else ("false",)
    if isinstance(found, float) and found.is_integer():
        return (str(int(found)),)
    return (folded(str(found)),) if found is not None else ()


def _equals(found: tuple[str, ...], operands: tuple[str, ...]) -> bool:
    return any(text in operands for text in found)


def _contains(found: tuple[str, ...], operands: tuple[str, ...]) -> bool:
    return any(operand in text for text in found for operand in operands)


def _starts_with(found: tuple[str, ...], operands: tuple[str, ...]) -> bool:
    return any(text.startswith(operands) for text in found)


def _ends_with(found: tuple[str, ...], operands: tuple[str, ...]) -> bool:
    return any(text.endswith(operands) for text in found)


def _is_empty(found: tuple[str, ...], operands: tuple[str, ...]) -> bool:
    return not found


_COMPARISONS: Final[
    Mapping[Operator, Callable[[tuple[str, ...], tuple[str, ...]], bool]]
] = {
    Operator.EQUALS: _equals,
    Operator.CONTAINS: _contains,
    Operator.STARTS_WITH: _starts_with,
    Operator.ENDS_WITH: _ends_with,
    Operator.IN: _equals,
    Operator.IS_EMPTY: _is_empty,
}
_POSITIVES: Final[Mapping[Operator, Operator]] = {
    Operator.NOT_EQUALS: Operator.EQUALS,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.NOT_IN: Operator.IN,
    Operator.IS_NOT_EMPTY: Operator.IS_EMPTY,
}
