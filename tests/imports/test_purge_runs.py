"""After retention has taken whole runs, the product goes on as if they had been."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from common.errors import InvalidInput
from directory.models import EndUser
from halo_entra.celery import app
from imports import purge, tasks, undo
from imports.engine.types import Action
from imports.models import MirrorUser, Run, RunItem
from imports.words import MirrorState, Status, Trigger
from mappings.words import Kind
from tests import bench
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import EndUserFactory
from tests.factories.imports import RunFactory
from tests.imports.integrator import delta
from tests.imports.undoing import one_user, undone

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk


def much_later() -> None:
    """Let what is there be 91 days older, and purge."""
    then = timezone.now() - timedelta(days=91)
    Run.objects.filter(finished_at__isnull=False).update(
        created_at=then, started_at=then, finished_at=then
    )
    purge.purge(timezone.now())


def test_a_walk_still_tells_who_is_absent(desk: Desk) -> None:
    """Numbers of walks go on above those that went: nobody keeps a higher one."""
    bench.unguarded(desk)
    _, ann = one_user(desk)
    desk.person("bob")
    for _ in range(3):
        desk.run()
    much_later()
    assert set(Run.objects.values_list("generation", flat=True)) == {2, 4}
    desk.admin.delete_user(desk.tenant.tenant_id, str(ann.entra_object_id))
    desk.run()
    assert ann.entra_object_id is not None
    found = MirrorUser.objects.get(object_id=ann.entra_object_id)
    assert found.state == MirrorState.DELETED
    ann.refresh_from_db()
    assert not ann.is_active


@pytest.mark.rule("R149d")
def test_people_who_need_review_are_found_again_by_the_next_delta(desk: Desk) -> None:
    """Their row was the memory that nothing new is to be said of them."""
    desk.person("ann", mail=desk.address("ann"))
    desk.map_site(10, "London")
    bench.match_by(desk, Kind.USERS, "email")
    EndUserFactory.create_batch(2, site=desk.site("London"), email=desk.address("ann"))
    assert delta(desk).items.get().action == Action.REVIEW
    assert not delta(desk).items.exists()
    much_later()
    assert not RunItem.objects.exists()
    found = delta(desk).items.get()
    assert found.action == Action.REVIEW
    assert not delta(desk).items.exists()
    assert EndUser.objects.count() == 2


def test_a_run_whose_items_are_gone_says_why_it_cannot_be_undone(
    desk: Desk, client: Client
) -> None:
    run, _ = one_user(desk)
    much_later()
    run.refresh_from_db()
    with pytest.raises(InvalidInput, match="more than 90 days ago"):
        undo.queue(run, Trigger.COMMAND)
    sign_in(client, *EVERYTHING)
    shown = client.get(reverse("imports:run", args=[run.pk])).content.decode()
    assert "The rows of a run are kept for 90 days." in shown
    assert reverse("imports:undo", args=[run.pk]) not in shown
    asked = client.get(reverse("imports:undo", args=[run.pk]), follow=True)
    assert "more than 90 days ago" in asked.content.decode()


def test_nothing_is_undone_whose_items_may_go_any_moment(desk: Desk) -> None:
    run, _ = one_user(desk)
    run.finished_at = timezone.now() - purge.KEPT - timedelta(minutes=1)
    run.save(update_fields=["finished_at"])
    purge.purge(timezone.now())
    assert run.items.exists()
    with pytest.raises(InvalidInput, match="no longer kept"):
        undo.queue(run, Trigger.COMMAND)


def test_a_later_run_is_undone_when_the_one_that_made_the_record_is_gone(
    desk: Desk,
) -> None:
    _, ann = one_user(desk)
    much_later()
    assert ann.entra_object_id is not None
    desk.change(ann.entra_object_id, displayName="Anna")
    assert undone(desk.run()).status == Status.SUCCEEDED
    assert EndUser.objects.get().name == "Ann"


@pytest.mark.django_db
def test_the_daily_task_purges() -> None:
    then = timezone.now() - timedelta(days=91)
    connection = TenantConnectionFactory.create()
    RunFactory.create_batch(
        3,
        connection=connection,
        status=Status.FAILED,
        created_at=then,
        finished_at=then,
    )
    tasks.purge_runs()
    assert Run.objects.count() == 1, "the last of a connection stays"
    assert all(
        entry["task"] in app.tasks for entry in settings.CELERY_BEAT_SCHEDULE.values()
    )


@pytest.mark.django_db
def test_ids_are_never_used_again() -> None:
    last = RunFactory.create()
    Run.objects.filter(pk=last.pk).delete()
    assert RunFactory.create().pk > last.pk
