"""The one way names, addresses and logins are compared.

A key is stored beside its text and carries unique constraints, matching, site
look-up and prefix search, so that SQLite and PostgreSQL agree on what is equal.
"""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 256


def key(text: str | None) -> str:
    """Return the comparison key of `text`: NFKC, spaces collapsed, casefolded.

    Empty for None and for text of nothing but spaces. At most 256 characters.
    """
    return folded(text)[:MAX_LENGTH].rstrip() if text else ""


def folded(text: str) -> str:
    """Return `text` as keys compare it, however long it is."""
    if text.isascii():
        return " ".join(text.lower().split())
    lowered = unicodedata.normalize("NFKC", text).casefold()
    # Casefolding can leave a sequence that NFKC would compose again.
    return " ".join(unicodedata.normalize("NFKC", lowered).split())


def tidy(text: str) -> str:
    """Return `text` as it is stored: trimmed, spaces collapsed, without NUL."""
    return " ".join(text.replace("\x00", "").split())


def cut(text: str) -> str:
    """Return the first 256 characters, the width of every text column."""
    return text[:MAX_LENGTH]
