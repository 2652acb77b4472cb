"""`measure_pages PEOPLE`: fill an empty desk, and print what its pages cost as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from benchmarks import page_table, pages
from benchmarks.filled import fill

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

TIMES = 20


class Command(BaseCommand):
    """Fill, then open each page again and again."""

    help = "Fill an EMPTY desk with people and runs; print what each page costs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the number of people and how often a page is opened."""
        parser.add_argument("people", type=int)
        parser.add_argument("--times", type=int, default=TIMES)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Measure and print."""
        costs = pages.measure(fill(options["people"]), times=options["times"])
        self.stdout.write(json.dumps(page_table.figures(costs)))
