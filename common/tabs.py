"""Pages that belong together, shown as tabs; each has an address of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One of them (components/tabs.html); `locked` says why it is not open yet."""

    label: str
    url: str
    is_current: bool = False
    locked: str = ""
    count: int | None = None
    guide: str = ""
    """The address of the guide's page about it, shown beside the current one."""
