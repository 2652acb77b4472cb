"""Fixtures for tests of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.core.management import call_command

from tests.halo_entra.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


@pytest.fixture
def manage(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command in this process."""

    def run(*arguments: str) -> Said:
        try:
            call_command(*arguments)
        except SystemExit as left:
            status = int(left.code or 0)
        else:
            status = 0
        return Said(status, *capsys.readouterr())

    return run


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody whom a mapping brings to London, at a connection called Acme."""
    person = desk.person("ann", mail=f"first.last@{desk.tenant.domain}")
    desk.map_site(10, "London")
    return person
