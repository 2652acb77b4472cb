"""What is done to a whole run needs an agent who sees the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from accounts.doors import AgentRequest

HIDDEN = (
    "Your roles show you the people of some organisations only, and this is about "
    "everybody in the run. Ask a colleague who sees all organisations."
)


def see_whole(request: AgentRequest) -> None:
    """Raise PermissionDenied for agents from whom organisations are hidden."""
    if not request.rights.sees_everything:
        raise PermissionDenied(HIDDEN)
