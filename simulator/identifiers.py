"""Object ids that tell their number: a GUID is computed from a number, and back.

So a tenant of a million people needs no table of ids.
"""

from __future__ import annotations

import hashlib

_MASK = 0xFFFFFFFF
_FACTOR = 0x9E3779B1
_INVERSE = pow(_FACTOR, -1, _MASK + 1)


class Numbering:
    """The ids of one kind of object in one tenant."""

    def __init__(self, name: str) -> None:
        """Name the series; two names never share an id, for all practical purposes."""
        mark = hashlib.sha256(name.encode()).hexdigest()
        self._key = int(mark[:8], 16)
        self._tail = f"-{mark[8:12]}-4{mark[12:15]}-a{mark[15:18]}-{mark[18:30]}"

    def guid(self, number: int) -> str:
        """Return the id of the object with this number."""
        return f"{(number * _FACTOR & _MASK) ^ self._key:08x}{self._tail}"

    def number(self, guid: str) -> int | None:
        """Return the number behind an id, or None if it is not of this series."""
        head, tail = guid[:8], guid[8:]
        if tail.lower() != self._tail:
            return None
        try:
            return ((int(head, 16) ^ self._key) * _INVERSE) & _MASK
        except ValueError:
            return None


def guid_from(text: str) -> str:
    """Return a GUID that depends on nothing but the text."""
    mark = hashlib.sha256(text.encode()).hexdigest()
    return f"{mark[:8]}-{mark[8:12]}-4{mark[12:15]}-b{mark[15:18]}-{mark[18:30]}"
