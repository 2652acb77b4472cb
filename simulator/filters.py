"""$filter: parsed into a test over properties, by the rules Graph has for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import errors, schema

Test = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[(),]|[^\s(),']+)")
_LITERALS = {"true": True, "false": False, "null": None}

# Any comparison of these needs ConsistencyLevel: eventual and $count=true.
_ADVANCED = frozenset(
    [
        "companyName", "officeLocation", "mobilePhone", "preferredLanguage",
        "postalCode", "streetAddress", "employeeType", "employeeHireDate",
        "onPremisesImmutableId", "onPremisesSamAccountName",
        "onPremisesLastSyncDateTime", "onPremisesExtensionAttributes",
    ]
)  # fmt: skip
_ENDS_WITH = frozenset(["mail", "otherMails", "userPrincipalName", "proxyAddresses"])


def _fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _less_or_equal(left: Any, right: Any) -> bool:
    return left is not None and right is not None and _fold(left) <= _fold(right)


def _equal(left: Any, right: Any) -> bool:
    return bool(_fold(left) == _fold(right))


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": _equal,
    "ne": lambda left, right: not _equal(left, right),
    "le": _less_or_equal,
    "ge": lambda left, right: _less_or_equal(right, left),
}
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter: its test and the properties that the test reads."""

    test: Test
    names: frozenset[str]
    is_advanced: bool
    # Set when the filter is nothing but a choice of ids.
    ids: tuple[str, ...] | None = None


@dataclass(slots=True)
class _Parser:
    of_type: str
    tokens: list[str]
    names: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)
    is_advanced: bool = False
    has_other_than_ids: bool = False

    def take(self, expected: str | None = None) -> str:
        if not self.tokens or (expected and self.tokens[0].lower() != expected):
            raise errors.bad_request("Invalid filter clause")
        return self.tokens.pop(0)

    def peek(self) -> str:
        return self.tokens[0].lower() if self.tokens else ""

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == "or":
            self.take()
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda c: any(t(c) for t in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self.peek() == "and":
            self.take()
            self.has_other_than_ids = True
            tests.append(self.single())
        return tests[0] if len(tests) == 1 else lambda c: all(t(c) for t in tests)

    def single(self) -> Test:
        token = self.take()
        if token.lower() == "not":
            self.is_advanced = self.has_other_than_ids = True
            inner = self.single()
            return lambda card: not inner(card)
        if token == "(":
            grouped = self.either()
            self.take(")")
            return grouped
        if token.lower() in _FUNCTIONS and self.peek() == "(":
            return self.function(token.lower())
        if token.lower().endswith("/any"):
            return self.any_of(token[:-4])
        return self.comparison(self.name(token))

    def name(self, token: str) -> str:
        name = schema.canonical(self.of_type, token.split("/", maxsplit=1)[0])
        if name is None:
            raise errors.unknown_property(self.of_type, token)
        self.names.add(name)
        self.is_advanced = self.is_advanced or name in _ADVANCED
        return name

    def literal(self) -> Any:
        token = self.take()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return _LITERALS.get(token.lower(), token)

    def function(self, function: str) -> Test:
        self.has_other_than_ids = True
        self.take("(")
        name = self.name(self.take())
        if function == "endswith":
            self.is_advanced = True
            if name not in _ENDS_WITH:
                raise errors.unsupported(f"endsWith is not supported on {name}.")
        self.take(",")
        part = str(self.literal()).casefold()
        self.take(")")
        apply = _FUNCTIONS[function]
        return lambda card: apply(str(card.get(name) or "").casefold(), part)

    def any_of(self, token: str) -> Test:
        self.has_other_than_ids = True
        name = self.name(token)
        self.take("(")
        self.take()
        self.take("eq")
        wanted = self.literal()
        self.take(")")
        return lambda card: any(_equal(v, wanted) for v in card.get(name) or [])

    def comparison(self, name: str) -> Test:
        operator = self.take().lower()
        if operator == "in":
            return self.one_of(name)
        if operator not in _COMPARE:
            raise errors.bad_request(f"Invalid filter clause: operator '{operator}'")
        wanted = self.literal()
        self.is_advanced = self.is_advanced or operator == "ne" or wanted is None
        self.note_ids(name, [wanted] if operator == "eq" else None)
        compare = _COMPARE[operator]
        return lambda card: compare(card.get(name), wanted)

    def one_of(self, name: str) -> Test:
        self.take("(")
        wanted = [self.literal()]
        while self.peek() == ",":
            self.take()
            wanted.append(self.literal())
        self.take(")")
        self.note_ids(name, wanted)
        return lambda card: any(_equal(card.get(name), value) for value in wanted)

    def note_ids(self, name: str, values: list[Any] | None) -> None:
        if name == "id" and values is not None:
            self.ids += [str(value) for value in values]
        else:
            self.has_other_than_ids = True


def parse(text: str, of_type: str) -> Filter:
    """Read a $filter over a type; what Graph would refuse raises."""
    tokens = _TOKEN.findall(text)
    if _TOKEN.sub("", text).strip():
        raise errors.bad_request("Invalid filter clause")
    parser = _Parser(of_type, tokens)
    test = parser.either()
    if parser.tokens:
        raise errors.bad_request("Invalid filter clause")
    ids = None if parser.has_other_than_ids else tuple(parser.ids)
    return Filter(test, frozenset(parser.names), parser.is_advanced, ids)
