"""A run under way, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from connections.models import TenantConnection
from directory.models import EndUser
from imports import runs
from imports.models import Run
from imports.words import RunKind, Stage, Status, Trigger
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.imports import RunFactory
from tests.imports.views.steps import item, page, read, worker

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(desk: Desk, client: Client) -> Desk:
    """One person whom a mapping selects, and an agent who may do everything."""
    sign_in(client, *EVERYTHING)
    desk.map_site(10, "London")
    desk.person("anna")
    return desk


def queued(desk: Desk) -> Run:
    return runs.queue(
        desk.connection, runs.Order(RunKind.PREVIEW, trigger=Trigger.MANUAL)
    )


@pytest.mark.rule("R132")
def test_progress_has_a_stage_in_words_and_an_honest_total(
    ready: Desk, client: Client
) -> None:
    run = queued(ready)
    assert "Waiting for a worker" in read(client, run)
    Run.objects.filter(pk=run.pk).update(
        status=Status.RUNNING, stage=Stage.PEOPLE, progress_done=40, progress_total=120
    )
    shown = client.get(page(run, "progress")).content.decode()
    assert "Reading people from Entra" in shown
    assert '<progress value="40" max="120"' in shown
    assert 'data-run-status="running"' in shown
    Run.objects.filter(pk=run.pk).update(progress_total=None)
    assert "40" in client.get(page(run, "progress")).content.decode()
    assert "max=" not in client.get(page(run, "progress")).content.decode()


def test_a_run_that_waits_for_another_says_for_which(
    ready: Desk, client: Client
) -> None:
    other = RunFactory.create(connection=ready.connection, status=Status.RUNNING)
    assert f"Waiting for run {other.pk}" in read(client, queued(ready))


def test_progress_of_an_ended_run_leads_to_its_page(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    assert client.get(page(run, "progress"))["Location"] == page(run)
    answer = client.get(page(run, "progress"), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


@pytest.mark.rule("R132")
def test_a_run_is_cancelled_from_its_page(ready: Desk, client: Client) -> None:
    run = queued(ready)
    assert page(run, "cancel") in read(client, run)
    client.post(page(run, "cancel"))
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    answer = client.post(page(run, "cancel"), follow=True)
    assert "it cannot be cancelled" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        (RunKind.PREVIEW, Permission.PREVIEW),
        (RunKind.IMPORT, Permission.IMPORT),
        (RunKind.UNDO, Permission.APPROVE),
    ],
)
def test_who_may_start_a_run_may_cancel_it(
    ready: Desk, client: Client, kind: RunKind, needed: Permission
) -> None:
    run = RunFactory.create(connection=ready.connection, kind=kind)
    sign_in(client, *(one for one in Permission if one is not needed))
    assert client.post(page(run, "cancel")).status_code == 403
    sign_in(client, Permission.VIEW, needed)
    assert client.post(page(run, "cancel")).status_code == 302


@pytest.mark.rule("R129")
def test_a_401_says_to_authorise_again_without_a_trace(
    ready: Desk, client: Client
) -> None:
    ready.admin.fault(path="/v1.0/", status=401)
    run = ready.preview()
    assert run.status == Status.FAILED
    shown = read(client, run)
    assert "401 Unauthorized." in shown
    assert "reauthorise the application" in shown
    assert f"/azure/authorize/{ready.connection.pk}" in shown
    assert "Traceback" not in shown
    assert not EndUser.objects.exists()


@pytest.mark.rule("R129")
def test_a_403_names_the_permission(ready: Desk, client: Client) -> None:
    ready.admin.fault(path="/v1.0/users", status=403)
    shown = read(client, ready.preview())
    assert "403 Forbidden." in shown
    assert "User.Read.All" in shown
    assert "reauthorise the application" not in shown


def test_the_result_says_what_was_done_stale_and_failed(
    ready: Desk, client: Client
) -> None:
    ready.person("ben")
    ready.run()
    for name in ("Anna", "Ben"):
        one = EndUser.objects.get(name=name)
        assert one.entra_object_id is not None
        ready.change(one.entra_object_id, displayName=f"{name} New")
    run = ready.preview()
    ben = EndUser.objects.get(name="Ben")
    EndUser.objects.filter(pk=ben.pk).update(revision=ben.revision + 1)
    client.post(page(run, "apply"))
    worker()
    run.refresh_from_db()
    assert run.status == Status.PARTLY_FAILED
    shown = read(client, run, "?outcome=stale")
    assert "has changed since the preview" in shown
    assert item(run, "ben").name in shown
    assert "Graph requests" in shown
    assert 'data-run-status="partly_failed"' in shown
    assert "Anna" not in read(client, run, "?outcome=stale&query=anna")


@pytest.mark.rule("R133")
def test_a_second_import_reports_0_changes(ready: Desk, client: Client) -> None:
    ready.run()
    run = ready.run()
    assert run.status == Status.NOTHING_CHANGED
    assert "0 changes" in read(client, run)


def test_a_crash_shows_no_traceback(ready: Desk, client: Client) -> None:
    run = RunFactory.create(
        connection=ready.connection,
        status=Status.CRASHED,
        reason="A fault of the product ended the run.",
        traceback="Traceback: secret things",
    )
    shown = read(client, run)
    assert "A fault of the product" in shown
    assert "secret things" not in shown


def test_an_import_needs_its_configuration_as_it_was(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    ready.rules_changed()
    answer = client.post(page(run, "apply"), follow=True)
    assert "configuration has changed" in answer.content.decode()
    assert TenantConnection.objects.get().claim_token is None
