"""What an agent may do and see: the words and the one value that every door asks.

Free of Django: `directory.rights` fills it from roles, `common.doors` asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID


class Permission(StrEnum):
    """What a role lets its agents do."""

    VIEW = "view"
    CONFIGURE = "configure"
    PREVIEW = "preview"
    IMPORT = "import"
    APPROVE = "approve"
    LICENCES = "licences"
    ADMINISTER = "administer"


WORDS: Final = {
    Permission.VIEW: "see the directory and runs",
    Permission.CONFIGURE: "configure integrations",
    Permission.PREVIEW: "preview imports",
    Permission.IMPORT: "import",
    Permission.APPROVE: "approve, reject and undo runs",
    Permission.LICENCES: "manage licences",
    Permission.ADMINISTER: "administer the product",
}
"""Each permission as it follows "may"."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the agent behind a request may do; `agent_id` is empty for nobody.

    `organisations` are the keys of those whose people may be seen; None: all.
    """

    agent_id: int | None
    permissions: frozenset[Permission]
    organisations: frozenset[int] | None
    name: str = ""
    object_id: UUID | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether one of the agent's roles holds the permission."""
        return permission in self.permissions

    @property
    def sees_everything(self) -> bool:
        """Return whether no organisation is hidden from the agent."""
        return self.organisations is None


NOBODY: Final = Rights(None, frozenset(), frozenset())
