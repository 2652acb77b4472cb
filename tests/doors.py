"""Every address of the product and what it asks for: one row a name.

The rows are in `tests.door_rows`; an address without one fails `tests/test_doors.py`.
What the path names need not exist, as a page says what is missing before it looks;
where it looks first, the row's `made` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from common.rights import Permission

METHODS: Final = ("get", "post")


@dataclass(frozen=True, slots=True)
class Door:
    """The permissions that each method needs together; None: it is not answered.

    None needed: an agent's own pages. `made` makes what the path names.
    """

    get: frozenset[Permission] | None = None
    post: frozenset[Permission] | None = None
    made: Callable[[], dict[str, object]] | None = None

    def methods(self) -> Iterator[tuple[str, frozenset[Permission]]]:
        """Yield each method that is answered, with what it needs."""
        for method, needed in zip(METHODS, (self.get, self.post), strict=True):
            if needed is not None:
                yield method, needed


ANY: Final[dict[str, object]] = {
    "int": 0,
    "uuid": UUID(int=0),
    "str": "x",
    "slug": "x",
    "path": "x",
}
"""What stands in the path, by its converter: nothing that exists."""


@dataclass(frozen=True, slots=True)
class Address:
    """One pattern of the resolver: its full name, empty for none, and its path."""

    name: str
    pattern: URLPattern

    def path(self, made: dict[str, object] | None = None) -> str:
        """Return a path that the pattern answers, by default of nothing that exists."""
        pattern = self.pattern.pattern
        if isinstance(pattern, RegexPattern):  # the tables of one app in `/admin/`
            anything: dict[str, object] = dict.fromkeys(
                pattern.regex.groupindex, "accounts"
            )
        else:
            kinds = pattern.converters.items()
            anything = {key: ANY[_kind(converter)] for key, converter in kinds}
        return reverse(self.name, kwargs=made or anything)


def addresses() -> Iterator[Address]:
    """Yield every address but those of `/admin/`, whose site is one door."""
    for one in _walk(get_resolver(), ""):
        if not one.name.startswith("admin:"):
            yield one


def admin_addresses() -> Iterator[Address]:
    """Yield the addresses of `/admin/`."""
    yield from (one for one in _walk(get_resolver(), "") if one.name[:6] == "admin:")


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Address]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _walk(
                one, f"{prefix}{one.namespace}:" if one.namespace else prefix
            )
        else:
            yield Address(f"{prefix}{one.name or ''}", one)


def _kind(converter: object) -> str:
    return (
        type(converter)
        .__name__.removesuffix("Converter")
        .lower()
        .replace("string", "str")
    )
