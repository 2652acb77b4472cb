"""`apply_config FILE`: make the database match a configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from halo_entra.commands import Answer, AppCommand
from halo_entra.configuration.apply import Applied, apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Apply a file as a whole, or say what that would do."""

    help = "Make the database match a YAML file; what the file leaves out stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and --check."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="The YAML file.")
        parser.add_argument(
            "--check", action="store_true", help="Write nothing, say what would happen."
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Apply the file, or only check it."""
        is_check = bool(options["check"])
        applied = apply(Path(options["file"]), keep=not is_check)
        report = applied.report
        return Answer(
            text="\n".join(told(applied, would="would be " if is_check else "")),
            data={
                "changed": bool(report.created or report.updated),
                "created": report.created,
                "updated": report.updated,
                "unchanged": report.unchanged,
                "unresolved_groups": list(applied.unresolved_groups),
            },
            trouble=applied.warnings,
        )


def told(applied: Applied, *, would: str) -> Iterator[str]:
    """Yield what was done, or would be, in words."""
    report = applied.report
    for name in report.created:
        yield f"{would}created: {name}"
    for name in report.updated:
        yield f"{would}updated: {name}"
    if not report.created and not report.updated:
        yield "Nothing to change."
    yield f"unchanged: {report.unchanged}"
    for name in applied.unresolved_groups:
        yield f"group to be resolved by the first run: {name}"
