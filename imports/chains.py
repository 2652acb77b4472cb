"""The pages of a delta, from where its cursor stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from connections.graph.errors import CursorExpired, MalformedAnswer, Rejected
from imports import cursors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imports.models import Cursor
    from imports.work import Work

Page_co = TypeVar("Page_co", covariant=True)


class Ask(Protocol[Page_co]):
    """Asks for the pages from a link on."""

    def __call__(self, *, link: str) -> Iterator[Page_co]:
        """Yield them."""


def pages(work: Work, cursor: Cursor, ask: Ask[Page_co]) -> Iterator[Page_co]:
    """Yield the pages; keep each with `cursors.turn` in the transaction that writes it.

    A page link that has expired starts the chain again from the cursor's link; a
    broken chain does so in the next run. Raises CursorExpired if that link is too old.
    """
    try:
        yield from ask(link=cursor.position or cursor.link)
    except (CursorExpired, MalformedAnswer, Rejected) as exc:
        if not cursor.position:
            raise
        with work.claim.writing():
            cursors.go_back(cursor)
        if not isinstance(exc, CursorExpired):
            raise
        yield from ask(link=cursor.link)
