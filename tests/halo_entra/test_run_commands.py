"""Commands about runs that cannot do what was asked: one line, and a status."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from directory.models import EndUser
from imports.models import Run
from imports.words import Status
from tests.halo_entra.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


def test_a_busy_connection_ends_with_four(
    desk: Desk,
    ann: UUID,
    manage: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned = str(desk.preview().pk)
    type(desk.connection).objects.update(
        claim_token=uuid4(), claim_beat_at=timezone.now()
    )
    monkeypatch.setattr("imports.runs.time", Hurry())
    said = manage("import_directory", "Acme", "--json")
    assert (said.status, said.data["status"]) == (4, "busy")
    assert said.err.count("\n") == 1
    assert manage("apply_run", planned).status == 4
    assert Run.objects.get(pk=planned).status == Status.PLANNED


class Hurry:
    """A clock that goes a minute a look, and does not sleep."""

    def __init__(self) -> None:
        self.monotonic = itertools.count(step=60).__next__

    def sleep(self, _seconds: float) -> None:
        """Go on."""


@pytest.mark.parametrize(
    "command",
    [
        ("import_directory", "Nowhere"),
        ("explain", "Nowhere", "ann"),
        ("test_connection", "Nowhere"),
        *((name, "999") for name in ("apply_run", "approve_run", "reject_run")),
        ("cancel_run", "999"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_told_in_one_line(
    db: None, manage: Callable[..., Said], command: tuple[str, ...]
) -> None:
    said = manage(*command)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert set(manage(*command, "--json").data) == {"error"}


@pytest.mark.rule("R129")
def test_a_refused_sign_in_ends_with_one(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, secret="another"
    )
    for command in ("import_directory", "test_connection"):
        said = manage(command, "Acme")
        assert (said.status, said.err.count("\n")) == (1, 1)
        assert "401 Unauthorized" in said.err
    assert not EndUser.objects.exists()
