"""Links that Graph hands out: opaque, but only ever back to where they came from."""

from __future__ import annotations

from urllib.parse import urlsplit

from connections.graph.errors import MalformedAnswer, trace

VERSION = "/v1.0"
PORTS = {"https": 443, "http": 80}
MAX_PAGES = 200_000
"""Pages of one walk: the delta of a very large tenant needs a few thousand."""


def origin(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of `url`; None if it is no plain address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or PORTS.get(parts.scheme)


def checked(link: str, graph: str, *, request_id: str = "") -> str:
    """Return `link` if it leads to the Graph host `graph`, where our token may go.

    Raises MalformedAnswer for any other place.
    """
    place = origin(link)
    if place is None or place != origin(graph) or not link.isprintable():
        raise MalformedAnswer(
            "A page link leads away from the Graph host and was not followed"
            f"{trace('', request_id)}."
        )
    return link


def relative(link: str, graph: str) -> str:
    """Return `link` as a part of a batch names it: without host and version.

    Raises MalformedAnswer for a link to another place or another version.
    """
    parts = urlsplit(checked(link, graph))
    if not parts.path.startswith(f"{VERSION}/"):
        raise MalformedAnswer("A page link leads to another version of Graph.")
    path = parts.path.removeprefix(VERSION)
    return f"{path}?{parts.query}" if parts.query else path


class Trail:
    """The links that one walk has followed, so that it cannot go in circles."""

    def __init__(self, *, most: int = MAX_PAGES) -> None:
        """Allow at most `most` links."""
        self._seen: set[int] = set()
        self._most = most

    def follow(self, link: str, *, request_id: str = "") -> None:
        """Note that `link` is followed; raise MalformedAnswer if the walk has no end.

        Hashes are kept, not links: a walk may have thousands of long ones.
        """
        mark = hash(link)
        if mark in self._seen or len(self._seen) >= self._most:
            raise MalformedAnswer(
                "The pages of Microsoft Graph do not come to an end: a page link "
                f"leads back to a page already read{trace('', request_id)}."
            )
        self._seen.add(mark)
