"""Seeded people: person number i is a pure function of the seed and i.

Nobody is kept in a list, so a tenant of a million people costs no memory. Numbers 10
to 19 of each thousand are the odd ones (`Oddity`): every tenant has some.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from simulator import names
from simulator.identifiers import Numbering

_MASK = (1 << 64) - 1
_PAIRS = len(names.GIVEN) * len(names.SURNAME)
# The first of a tenant are plain staff, so that chains of managers have a top.
FIRST_FOLLOWERS = 10


class Kind(StrEnum):
    """What sort of account a seeded person is."""

    STAFF = "staff"
    DISABLED = "disabled"
    GUEST = "guest"
    EXTERNAL_MEMBER = "external_member"
    ROOM = "room"
    SERVICE = "service"
    LEFT = "left"


class Oddity(StrEnum):
    """What is strange about a person; all of them are staff."""

    NONE = ""
    LONG_NAME = "long_name"
    MARKUP = "markup"
    LOOP_A = "loop_a"
    LOOP_B = "loop_b"
    NO_MAIL = "no_mail"
    SAME_NAME = "same_name"
    RIGHT_TO_LEFT = "right_to_left"
    NO_TYPE = "no_type"
    NO_MANAGER = "no_manager"
    BARE = "bare"


_ODD = {10 + place: oddity for place, oddity in enumerate(list(Oddity)[1:])}
# Of 200 people: 8 % guests, 4 % disabled, the rest of the odd accounts, then staff.
_KINDS = (
    (Kind.GUEST,) * 16
    + (Kind.EXTERNAL_MEMBER,) * 2
    + (Kind.DISABLED,) * 8
    + (Kind.ROOM,) * 4
    + (Kind.SERVICE,) * 2
    + (Kind.LEFT,) * 2
    + (Kind.STAFF,) * 166
)


class Person(NamedTuple):
    """What all properties of a seeded person are computed from."""

    number: int
    bits: int
    kind: Kind
    oddity: Oddity
    given: str
    surname: str
    slug: str
    domain: str


class Population:
    """The seeded people of one tenant."""

    def __init__(
        self, seed: int, *, people: int, domain: str, leavers: bool = False
    ) -> None:
        """Say how many, and whether some are soft-deleted from the start."""
        self.people = people
        self.domain = domain
        self.leavers = leavers
        self.numbering = Numbering(f"person/{seed}/{domain}")
        mark = hashlib.sha256(f"people/{seed}".encode()).digest()
        self._mix = int.from_bytes(mark[:8], "big")
        self._shift = int.from_bytes(mark[8:10], "big")

    def bits(self, number: int) -> int:
        """Return 64 well-mixed bits (the splitmix64 finaliser)."""
        z = (self._mix + number * 0x9E3779B97F4A7C15) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def kind(self, number: int) -> Kind:
        """Return what sort of account this number is."""
        if number < FIRST_FOLLOWERS or number % 1000 in _ODD:
            return Kind.STAFF
        kind = _KINDS[self.bits(number) % 200]
        return Kind.STAFF if kind is Kind.LEFT and not self.leavers else kind

    def person(self, number: int) -> Person:
        """Return the person with this number."""
        pair = (number * 1645 + self._shift) % _PAIRS
        given, given_slug = names.GIVEN[pair & 63]
        surname, surname_slug = names.SURNAME[pair >> 6]
        turn = number // _PAIRS
        slug = f"{given_slug}.{surname_slug}{turn + 1 if turn else ''}"
        return Person(
            number, self.bits(number), self.kind(number),
            _ODD.get(number % 1000, Oddity.NONE), given, surname, slug, self.domain,
        )  # fmt: skip

    def manager(self, number: int) -> int | None:
        """Return the number of a person's manager: a tree, with one loop a thousand."""
        oddity = _ODD.get(number % 1000)
        if oddity is Oddity.LOOP_A:
            return number + 1 if number + 1 < self.people else None
        if oddity is Oddity.LOOP_B:
            return number - 1
        if number == 0 or oddity in (Oddity.NO_MANAGER, Oddity.BARE):
            return None
        if self.kind(number) not in (Kind.STAFF, Kind.DISABLED):
            return None
        return self._staff_above(number)

    def _staff_above(self, number: int) -> int:
        above = (number - 1) // 8
        while self.kind(above) is not Kind.STAFF:
            above = (above - 1) // 8
        return above

    def left(self) -> Iterator[int]:
        """Yield the numbers of those who are soft-deleted from the start."""
        if self.leavers:
            yield from (n for n in range(self.people) if self.kind(n) is Kind.LEFT)
