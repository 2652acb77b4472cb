"""Plans that wait for approval, and runs that are undone, by their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from directory.models import EndUser
from imports import foresights, tasks
from imports.models import Decision, Run
from imports.words import RunKind, Status, Verdict
from tests.desk_agents import EVERYTHING, sign_in
from tests.imports import leaving
from tests.imports.views.steps import page, read, worker

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(desk: Desk) -> list[UUID]:
    """Eight people who were imported to London."""
    return leaving.eight(desk)


@pytest.fixture
def waiting(desk: Desk, people: list[UUID], client: Client) -> Run:
    """A plan of the Integrator that would deactivate five of eight."""
    sign_in(client, *EVERYTHING)
    return leaving.plan_of_five(desk, people)


def test_the_page_tells_losses_by_cause_mapping_and_name(
    waiting: Run, client: Client
) -> None:
    shown = read(client, waiting)
    assert 'data-run-status="waiting_for_approval"' in shown
    assert "5 of 8 users" in shown
    assert "Loses access. The person is disabled in Entra." in shown
    for name in ("Ann", "Bob", "Cid", "Dan", "Eve"):
        assert name in shown
    assert "loses access" in shown


def test_only_losses_are_shown_at_first(
    desk: Desk, people: list[UUID], client: Client
) -> None:
    sign_in(client, *EVERYTHING)
    leaving.disable(desk, people[:5])
    desk.change(people[7], displayName="Halina")
    run = desk.run()
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert "Halina" not in read(client, run)
    assert "Halina" in read(client, run, "?all=1")


def test_approving_applies_that_very_plan(waiting: Run, client: Client) -> None:
    client.post(page(waiting, "approve"))
    waiting.refresh_from_db()
    assert waiting.status == Status.QUEUED
    worker()
    waiting.refresh_from_db()
    assert waiting.status == Status.SUCCEEDED
    assert waiting.decided_by is not None
    assert leaving.active() == 3


def test_rejecting_this_time_lets_the_next_run_plan_it_again(
    desk: Desk, waiting: Run, client: Client
) -> None:
    client.post(page(waiting, "reject"), {"how": "once"})
    waiting.refresh_from_db()
    assert waiting.status == Status.REJECTED
    assert "The plan was rejected." in read(client, waiting)
    assert not Decision.objects.exists()
    assert leaving.integrator(desk).status == Status.WAITING_FOR_APPROVAL


def test_keeping_these_people_is_a_decision(
    desk: Desk, waiting: Run, client: Client
) -> None:
    client.post(page(waiting, "reject"), {"how": "keep"})
    assert Decision.objects.filter(verdict=Verdict.KEEP).count() == 5
    assert leaving.integrator(desk).status != Status.WAITING_FOR_APPROVAL
    assert leaving.active() == 8


def test_a_rejection_says_how_long_it_holds(waiting: Run, client: Client) -> None:
    answer = client.post(page(waiting, "reject"), {"how": "maybe"}, follow=True)
    assert "Choose how long" in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == Status.WAITING_FOR_APPROVAL


def test_a_superseded_plan_leads_to_the_one_that_took_its_place(
    desk: Desk, waiting: Run, people: list[UUID], client: Client
) -> None:
    leaving.disable(desk, people[5:6])
    newer = leaving.integrator(desk)
    waiting.refresh_from_db()
    assert waiting.status == Status.SUPERSEDED
    shown = read(client, waiting)
    assert f"Run {newer.pk} has taken its place." in shown
    assert page(newer) in shown
    assert page(waiting, "approve") not in shown


def test_a_decided_plan_cannot_be_decided_again(waiting: Run, client: Client) -> None:
    client.post(page(waiting, "reject"), {"how": "once"})
    answer = client.post(page(waiting, "approve"), follow=True)
    assert "waits for nobody" in answer.content.decode()
    answer = client.post(page(waiting, "reject"), {"how": "once"}, follow=True)
    assert "waits for nobody" in answer.content.decode()
    assert leaving.active() == 8


@pytest.mark.parametrize("name", ["approve", "reject", "undo"])
def test_deciding_needs_the_permission_and_the_whole_view(
    desk: Desk, waiting: Run, client: Client, name: str
) -> None:
    sign_in(client, *(one for one in Permission if one is not Permission.APPROVE))
    assert client.post(page(waiting, name)).status_code == 403
    sign_in(client, *EVERYTHING, organisations=[desk.organisation])
    assert client.post(page(waiting, name)).status_code == 403
    waiting.refresh_from_db()
    assert waiting.status == Status.WAITING_FOR_APPROVAL


@pytest.mark.parametrize("name", ["approve", "undo"])
def test_approving_and_undoing_ask_again_who_it_is(
    waiting: Run, client: Client, name: str
) -> None:
    sign_in(client, *EVERYTHING, recently=False)
    answer = client.post(page(waiting, name))
    assert answer.status_code in {302, 403}
    waiting.refresh_from_db()
    assert waiting.status == Status.WAITING_FOR_APPROVAL
    assert not Run.objects.filter(kind=RunKind.UNDO).exists()


def test_an_undo_says_first_what_would_go_and_pauses_the_integrator(
    desk: Desk, people: list[UUID], client: Client
) -> None:
    sign_in(client, *EVERYTHING)
    first = Run.objects.earliest("id")
    assert page(first, "undo") in read(client, first)
    shown = client.get(page(first, "undo")).content.decode()
    assert "pauses the Integrator" in shown
    assert "Delete" in shown
    assert "Ann" in shown
    assert EndUser.objects.count() == 8
    answer = client.post(page(first, "undo"))
    undo = Run.objects.get(kind=RunKind.UNDO)
    assert answer["Location"] == page(undo)
    worker()
    assert not EndUser.objects.exists()
    desk.connection.refresh_from_db()
    assert desk.connection.paused_at is not None
    assert f"Undo of run {first.pk}" in read(client, undo)


def test_an_undo_shows_who_would_get_something_back_though_disabled(
    desk: Desk, people: list[UUID], client: Client
) -> None:
    sign_in(client, *EVERYTHING)
    leaving.disable(desk, people[:2])
    run = desk.run()
    assert leaving.active() == 6
    shown = client.get(page(run, "undo")).content.decode()
    assert "Disabled or deleted in Entra" in shown


def test_a_worker_looks_at_a_large_run_before_anybody_undoes_it(
    desk: Desk, people: list[UUID], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foresights, "AT_ONCE", 3)
    agent = sign_in(client, *EVERYTHING)
    first = Run.objects.earliest("id")
    shown = client.get(page(first, "undo")).content.decode()
    assert "A worker looks at every row" in shown
    assert '<button class="btn danger">' not in shown

    assert agent.account is not None
    tasks.foresee(first.pk, agent.account.pk)
    shown = client.get(page(first, "undo")).content.decode()
    assert "Ann" in shown
    assert "Delete" in shown
    client.post(page(first, "undo"))
    worker()
    assert not EndUser.objects.exists()


def test_what_cannot_be_undone_says_why(desk: Desk, client: Client) -> None:
    sign_in(client, *EVERYTHING)
    run = desk.preview()
    answer = client.get(page(run, "undo"), follow=True)
    assert "only imports are undone" in answer.content.decode()
    assert page(run, "undo") not in read(client, run)
