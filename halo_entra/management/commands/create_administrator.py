"""`create_administrator EMAIL`: the first administrator, or a break-glass one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InvalidInput
from halo_entra.administrators import (
    has_second_factor,
    make_administrator,
    one_time_link,
)
from halo_entra.commands import Answer, AppCommand

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Make an administrator; without a password file print a link to set one."""

    help = "Make an administrator, or make sure that somebody is one."
    speaks_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and how the person signs in."""
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument(
            "--break-glass",
            action="store_true",
            help="May sign in with the password although Microsoft is required.",
        )
        parser.add_argument(
            "--reset-second-factor",
            action="store_true",
            help="Remove all second factors and recovery codes: they are lost.",
        )
        parser.add_argument(
            "--password-file",
            metavar="F",
            help="A file that holds the password; without it a one-time link is shown.",
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Make the administrator and say what was done."""
        path = options["password_file"]
        made = make_administrator(
            options["email"],
            password=_password(path) if path else None,
            break_glass=options["break_glass"],
            reset_second_factor=options["reset_second_factor"],
        )
        text = f"{made.account}: {', '.join(made.done) or 'is an administrator'}."
        if not path:
            text += (
                "\nSet the password and the second factor here, once and within three "
                f"days:\n{one_time_link(made.account)}"
            )
        if has_second_factor(made.account):
            text += (
                "\nThe second factor that is set up stays. If it is lost, repeat this "
                "with --reset-second-factor."
            )
        return Answer(text=text)


def _password(path: str) -> str:
    try:
        password = Path(path).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidInput(f"The password file {path} cannot be read.") from exc
    if not password:
        raise InvalidInput(f"The password file {path} is empty.")
    return password
