"""What the history records: every change of configuration, by whom, before and after.

Secrets are never in it: columns that hold them are shown as "changed".
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from auditlog.context import set_extra_data
from auditlog.middleware import AuditlogMiddleware

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

HIDDEN = "changed"


def hidden(_value: str) -> str:
    """Return what stands in the history for a secret, whatever it is."""
    return HIDDEN


class AuditMiddleware(AuditlogMiddleware):  # type: ignore[misc]  # untyped library
    """Record who made a change; a header that anybody can send is not believed."""

    @staticmethod
    def _get_remote_addr(request: HttpRequest) -> str | None:
        address: str | None = get_adapter().get_client_ip(request)
        return address

    @staticmethod
    def _get_remote_port(_request: HttpRequest) -> int | None:
        return None


@contextmanager
def by_command() -> Iterator[None]:
    """Record the changes of a block as made by the running command."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]]
    with set_extra_data({"additional_data": {"command": " ".join(words)}}):
        yield
