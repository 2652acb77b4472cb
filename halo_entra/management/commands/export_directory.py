"""`export_directory KIND`: the directory on stdout, row by row."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import orjson
from django.core.management.base import BaseCommand

from directory import export

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.management.base import CommandParser

    from common.types import JsonObject


class Command(BaseCommand):
    """Print users, agents, sites, licences or devices, ordered by id."""

    help = "Print the directory on stdout: users, agents, sites, licences, devices."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the kind and the format."""
        parser.add_argument("kind", choices=[kind.value for kind in export.ExportKind])
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Stream the rows; memory does not grow with the directory."""
        kind = export.ExportKind(options["kind"])
        if options["format"] == "csv":
            self._write_csv(kind, export.rows(kind))
            return
        for row in export.rows(kind):
            self.stdout.write(orjson.dumps(row).decode())

    def _write_csv(self, kind: export.ExportKind, rows: Iterable[JsonObject]) -> None:
        columns = export.ORDER[kind]
        # Only what is in the line terminator is quoted: a lone CR must be, too.
        writer = csv.writer(self.stdout, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(export.csv_cells(kind, row))
