"""Words that help somebody who mistyped one."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from common import keys

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean …?" if one of the known words is close, else nothing."""
    by_key = {keys.key(one): one for one in known}
    close = difflib.get_close_matches(keys.key(word), by_key, n=1, cutoff=0.6)
    return f" Did you mean {by_key[close[0]]!r}?" if close else ""


def listed(words: Iterable[str]) -> str:
    """Return words as people read a list."""
    return ", ".join(words)
