"""What strangers write into their tenant stays text, wherever it comes out."""

from __future__ import annotations

import csv
import io
import logging
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests import hostile
from tests.desk_agents import EVERYTHING, sign_in
from tests.door_rows import DOORS
from tests.doors import addresses
from tests.hostile import MARK, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from imports.models import Run
    from tests.bench import Desk
    from tests.halo_entra.said import Said

pytestmark = pytest.mark.django_db

NAMELESS = {
    *("guide-page", "connections:disable"),
    *("imports:progress", "imports:leave-out", "mappings:groups"),
}
"""Pages about a record that show no text of the tenant, unless they are asked."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def runs(desk: Desk) -> tuple[Run, Run]:
    """The import of a hostile tenant, and a preview of more of it."""
    return hostile.make(desk)


def pages(desk: Desk, runs: tuple[Run, Run]) -> Iterator[tuple[str, str, bool]]:
    """Yield each page: its name, its address, and whether it must show the text."""
    about = hostile.places(desk, *runs)
    here: dict[str, object] = {"pk": desk.connection.pk}
    for one in addresses():
        if one.name in DOORS and DOORS[one.name].get is not None:
            has_tab = one.name.startswith(("connections:", "mappings:", "imports:"))
            is_tab = has_tab and list(one.pattern.pattern.converters) == ["pk"]
            named = about.get(one.name) or (here if is_tab else None)
            is_list = not one.pattern.pattern.converters
            is_own = one.name.startswith("mfa_")  # nothing of a tenant is there
            assert named or is_list or is_own, f"{one.name}: of what?"
            yield one.name, one.path(named), bool(named) and one.name not in NAMELESS
    for name, query in hostile.questions(desk):
        yield name, query, True


def test_text_of_a_tenant_is_shown_as_text_on_every_page(
    desk: Desk, runs: tuple[Run, Run], client: Client
) -> None:
    sign_in(client, *EVERYTHING)
    wrong = []
    for name, path, is_shown in pages(desk, runs):
        page = Page(client.get(path).content.decode())
        wrong += [f"{name}: {fault}" for fault in page.faults]
        if is_shown and not page.seen:
            wrong.append(f"{name}: shows nothing of it")

    assert not wrong, "\n".join(wrong)


def test_no_cell_that_leaves_starts_a_formula(
    runs: tuple[Run, Run], client: Client
) -> None:
    sign_in(client, *EVERYTHING)
    for name in ("users", "agents", "assets", "licences"):
        answer = client.get(reverse(f"directory:{name}"), {"format": "csv"})
        text = b"".join(answer).decode()
        rows = list(csv.reader(io.StringIO(text, newline="")))
        cells = [cell for row in rows for cell in row]

        assert len({len(row) for row in rows}) == 1
        assert any(MARK in cell for cell in cells), name
        assert [cell for cell in cells if cell.startswith(FORMULAS)] == []


def test_nothing_from_outside_begins_a_line_of_a_command_or_a_log(
    desk: Desk,
    runs: tuple[Run, Run],
    manage: Callable[..., Said],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    name = desk.connection.name
    said = [
        manage("explain", name, desk.address(f"zzq{number}")) for number in range(3)
    ]
    said.append(manage("import_directory", name, "--preview"))
    said.append(manage("test_connection", name))
    lines = [line for one in said for line in (one.out + one.err).split("\n")]
    lines += [record.getMessage() for record in caplog.records]

    assert any(MARK in line for line in lines)
    assert not [line for line in lines if line.startswith("Set-Cookie")]
    assert not [line for line in lines if set(line) & set("\r\u2028\u202e")]
