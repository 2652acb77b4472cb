"""`unpublish_sso [NAME]`: the rescue when nobody can sign in with Microsoft (AM-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from common import keys
from common.errors import NotFound
from halo_entra.commands import Answer, AppCommand
from sso.models import SsoConnection

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Unpublish one connection, or all: passwords are good again for everybody."""

    help = "Unpublish one SSO connection, or all, so that passwords are good again."
    speaks_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of one connection."""
        super().add_arguments(parser)
        parser.add_argument(
            "name", metavar="NAME", nargs="?", help="One connection; without it, all."
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Unpublish, and say what was."""
        done = _unpublish(options["name"])
        if not done:
            return Answer(text="Nothing to do: nothing was published.")
        return Answer(text="\n".join(f"unpublished: {name}" for name in done))


@transaction.atomic
def _unpublish(name: str | None) -> list[str]:
    """Return the names of those that were published; None stands for all.

    Raises NotFound: an empty name, of a variable that is not set, is not all.
    """
    rows = SsoConnection.objects.select_for_update().order_by("name_key")
    if name is not None:
        rows = rows.filter(name_key=keys.key(name))
        if not rows.exists():
            raise NotFound(
                f"There is no SSO connection {name!r}. Without a name the command "
                "unpublishes all of them."
            )
    done = list(rows.filter(published=True))
    for row in done:
        row.published = False
        row.save(update_fields=["published"])  # row by row, for the history
    return [row.name for row in done]
