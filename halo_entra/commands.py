"""What our commands have in common: exit statuses, one line of trouble, JSON.

    0 done   1 failed or not found   2 wrong use or invalid file
    3 waits for somebody   4 busy   5 partly failed

With `--json`, stdout is exactly one JSON object, also when the command failed.
"""

from __future__ import annotations

import sys
from abc import abstractmethod
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from common.errors import AppError, InvalidInput
from halo_entra.audit import by_command

if TYPE_CHECKING:
    from common.types import JsonObject


class Exit(IntEnum):
    """How a command ended: its exit status, which scripts rely on."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    WAITING = 3
    BUSY = 4
    PARTLY_FAILED = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: `text` in words or `data` with `--json` on stdout,
    `trouble` on stderr either way, and the exit status."""

    text: str = ""
    data: JsonObject = field(default_factory=dict)
    trouble: str = ""
    status: Exit = Exit.DONE


class AppCommand(BaseCommand):
    """A command that answers.

    An AppError ends it with status 1 (InvalidInput: 2) and its text on stderr; with
    `--json` also as {"error": text} on stdout. Anything else is a bug and raises.
    """

    speaks_json = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--json`, where the command speaks it."""
        if self.speaks_json:
            parser.add_argument(
                "--json",
                action="store_true",
                help="Print exactly one JSON object on stdout.",
            )

    @abstractmethod
    def answer(self, options: dict[str, Any]) -> Answer:
        """Do what was asked and say what was done; raises AppError."""

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Print the answer; leave by SystemExit unless the status is 0."""
        answer = self._answer(options)
        if options.get("json"):
            self.stdout.write(orjson.dumps(answer.data).decode())
        elif answer.text:
            self.stdout.write(answer.text)
        if answer.trouble:
            self.stderr.write(answer.trouble)
        if answer.status:
            sys.exit(answer.status)

    def _answer(self, options: dict[str, Any]) -> Answer:
        try:
            with by_command():
                return self.answer(options)
        except AppError as exc:
            wrong = isinstance(exc, InvalidInput)
            return Answer(
                data={"error": str(exc)},
                trouble=str(exc),
                status=Exit.WRONG_USE if wrong else Exit.FAILED,
            )
