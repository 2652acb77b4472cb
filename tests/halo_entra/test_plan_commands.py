"""Commands about plans: applied, approved, rejected or cancelled by number."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from directory.models import EndUser
from imports.words import Status
from tests.halo_entra.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


def test_a_preview_is_applied_by_its_number(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    previewed = manage("import_directory", "Acme", "--preview", "--json")
    assert (previewed.status, previewed.data["status"]) == (0, "planned")
    assert (previewed.data["kind"], previewed.data["finished_at"]) == ("preview", None)
    assert not EndUser.objects.exists()
    number = str(previewed.data["run"])
    applied = manage("apply_run", number, "--json")
    assert (applied.status, applied.data["kind"]) == (0, "import")
    assert applied.data["run"] == previewed.data["run"]
    assert EndUser.objects.count() == 1
    again = manage("apply_run", number)
    assert (again.status, again.err.count("\n")) == (2, 1)


def test_a_plan_in_part_stale_ends_with_five(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.run()
    desk.change(ann, displayName="New")
    run = desk.preview()
    EndUser.objects.update(name="By hand", revision=7)
    said = manage("apply_run", str(run.pk), "--json")
    assert (said.status, said.data["status"]) == (5, "partly_failed")
    assert said.data["users"]["stale"] == 1


@pytest.fixture
def leaving(desk: Desk, ann: UUID) -> None:
    """Three of four people leave at once: more than a run may do unasked."""
    others = [desk.person(upn) for upn in ("bob", "eve", "joe")]
    desk.run()
    for person in others:
        desk.change(person, accountEnabled=False)


@pytest.fixture
def waiting(desk: Desk, leaving: None) -> str:
    """The number of a run that would deactivate them, and waits."""
    run = desk.run()
    assert run.status == Status.WAITING_FOR_APPROVAL
    return str(run.pk)


def active() -> int:
    """Return how many users are active."""
    return EndUser.objects.filter(is_active=True).count()


def test_a_plan_that_waits_ends_with_three_and_one_line(
    leaving: None, manage: Callable[..., Said]
) -> None:
    said = manage("import_directory", "Acme", "--json")
    assert (said.status, said.data["status"]) == (3, "waiting_for_approval")
    assert "approve" in said.err
    assert said.err.count("\n") == 1
    assert active() == 4


def test_a_later_import_names_the_plan_that_still_waits(
    waiting: str, manage: Callable[..., Said]
) -> None:
    said = manage("import_directory", "Acme")
    assert said.status == 0
    assert f"approve_run {waiting} or reject_run {waiting}" in said.out


def test_an_approved_plan_is_applied(waiting: str, manage: Callable[..., Said]) -> None:
    said = manage("approve_run", waiting, "--json")
    assert (said.status, said.data["status"]) == (0, "succeeded")
    assert said.data["users"]["deactivate"] == 3
    assert active() == 1


def test_a_rejected_plan_is_not_applied(
    waiting: str, manage: Callable[..., Said]
) -> None:
    said = manage("reject_run", waiting, "--json")
    assert (said.status, said.data["status"]) == (0, "rejected")
    assert active() == 4
    assert manage("approve_run", waiting).status == 2


@pytest.mark.rule("R132")
def test_a_cancelled_preview_is_over(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    number = str(desk.preview().pk)
    said = manage("cancel_run", number, "--json")
    assert (said.status, said.data["status"]) == (0, "cancelled")
    assert manage("apply_run", number).status == 2
    assert manage("cancel_run", number).status == 2
    assert not EndUser.objects.exists()
