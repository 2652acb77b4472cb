"""Where a delta stands: nothing is skipped, whatever happens between two pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from connections.models import TenantConnection
from directory.models import EndUser
from imports import cursors, runs
from imports.models import Cursor, MirrorGroup, Run
from imports.words import RunKind, Stage, Status, Trigger, Walk
from mappings.models import FieldMapping
from mappings.words import Kind
from tests.imports.integrator import asked, delta, names

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk

PEOPLE = 6
PAGES = 3


class Killed(BaseException):
    """What ends an attempt as a kill does: nothing of ours is called any more."""


class Killer:
    """Watches a run and kills it at a page of the stage of people."""

    def __init__(self, page: int) -> None:
        self.left = page
        self.is_watching = False

    def stage(self, stage: Stage, total: int | None) -> None:
        self.is_watching = stage is Stage.PEOPLE

    def advance(self, done: int) -> None:
        self.left -= self.is_watching and done > 0
        if self.is_watching and self.left < 0:
            raise Killed


@pytest.fixture
def people(desk: Desk) -> list[UUID]:
    """Six people in three pages, imported, with a cursor behind them."""
    desk.admin.settings(desk.tenant.tenant_id, page_size=PEOPLE // PAGES)
    found = [desk.person(f"p{number}") for number in range(PEOPLE)]
    desk.map_site(10, "London")
    assert delta(desk).status == Status.SUCCEEDED
    return found


def rename_all(desk: Desk, people: list[UUID]) -> None:
    for number, person in enumerate(people):
        desk.change(person, displayName=f"New {number}")


def all_new() -> set[str]:
    return {f"New {number}" for number in range(PEOPLE)}


def killed(desk: Desk, page: int, walk: Walk = Walk.DELTA) -> Run:
    """Return a delta run that died at a page, its claim fallen silent."""
    order = runs.Order(kind=RunKind.DELTA, trigger=Trigger.COMMAND, walk=walk)
    run = runs.queue(desk.connection, order)
    with pytest.raises(Killed):
        runs.execute(run, progress=Killer(page), patience=0)
    TenantConnection.objects.update(claim_beat_at=timezone.now() - timedelta(hours=1))
    return run


def link(desk: Desk) -> str:
    cursor = cursors.users(desk.connection.pk)
    assert cursor is not None
    return cursor.link


@pytest.mark.rule("R149b")
@pytest.mark.parametrize("page", range(PAGES))
def test_a_killed_run_goes_on_from_its_last_page(
    desk: Desk, people: list[UUID], page: int
) -> None:
    rename_all(desk, people)
    before = link(desk)
    run = killed(desk, page)
    assert link(desk) == before
    run = runs.execute(run, patience=0)
    assert (run.status, run.walk) == (Status.SUCCEEDED, Walk.DELTA)
    assert names() == all_new()
    assert link(desk) != before


@pytest.mark.rule("R149b")
@pytest.mark.parametrize("page", range(PAGES))
def test_another_run_goes_on_where_a_killed_one_stopped(
    desk: Desk, people: list[UUID], page: int
) -> None:
    rename_all(desk, people)
    killed(desk, page)
    assert delta(desk).status == Status.SUCCEEDED
    assert names() == all_new()


@pytest.mark.parametrize("page", range(PAGES))
def test_a_full_walk_that_was_killed_leaves_no_cursor_that_skips_anybody(
    desk: Desk, page: int
) -> None:
    desk.admin.settings(desk.tenant.tenant_id, page_size=PEOPLE // PAGES)
    for number in range(PEOPLE):
        desk.person(f"p{number}", displayName=f"New {number}")
    desk.map_site(10, "London")
    killed(desk, page)
    assert cursors.users(desk.connection.pk) is None
    assert delta(desk).walk == Walk.FULL
    assert names() == all_new()


def test_what_moves_during_a_full_walk_is_among_the_changes(desk: Desk) -> None:
    desk.admin.settings(desk.tenant.tenant_id, page_size=2)
    people = [desk.person(f"p{number}") for number in range(PEOPLE)]
    desk.map_site(10, "London")
    run = killed(desk, 1, Walk.FULL)
    desk.change(people[0], displayName="Renamed")
    desk.person("late", displayName="Late")
    assert runs.execute(run, patience=0).status == Status.SUCCEEDED
    assert {"Renamed", "Late"} <= names()


@pytest.mark.rule("R149a")
def test_an_expired_link_is_cleared_and_everybody_read_in_the_same_run(
    desk: Desk, people: list[UUID]
) -> None:
    rename_all(desk, people)
    desk.admin.advance(8 * 86_400)
    run = delta(desk)
    assert (run.status, run.walk) == (Status.SUCCEEDED, Walk.FULL)
    assert "expired" in run.reason
    assert names() == all_new()
    assert delta(desk).walk == Walk.DELTA


@pytest.mark.rule("R149a")
def test_links_that_are_refused_again_and_again_stop_no_run(
    desk: Desk, people: list[UUID]
) -> None:
    rename_all(desk, people)
    desk.admin.fault(path=r"\$deltatoken=(?!latest)", status=410)
    run = delta(desk)
    assert (run.status, names()) == (Status.SUCCEEDED, all_new())
    assert not Cursor.objects.exists()
    assert "next run reads everybody" in run.reason


def test_an_expired_page_starts_the_chain_again(desk: Desk, people: list[UUID]) -> None:
    rename_all(desk, people)
    desk.admin.fault(path=r"users/delta.*\$skiptoken", status=410, times=1)
    run = delta(desk)
    assert (run.status, run.walk, names()) == (Status.SUCCEEDED, Walk.DELTA, all_new())


@pytest.mark.rule("R149b")
def test_a_broken_chain_fails_and_goes_back_to_its_link(
    desk: Desk, people: list[UUID]
) -> None:
    rename_all(desk, people)
    before = link(desk)
    desk.admin.fault(
        path=r"users/delta.*\$skiptoken", malformed="value_not_list", times=1
    )
    assert delta(desk).status == Status.FAILED
    cursor = cursors.users(desk.connection.pk)
    assert cursor is not None
    assert (cursor.link, cursor.position) == (before, "")
    assert delta(desk).status == Status.SUCCEEDED
    assert names() == all_new()


def test_pages_that_come_again_change_nothing(desk: Desk, people: list[UUID]) -> None:
    rename_all(desk, people)
    desk.admin.settings(desk.tenant.tenant_id, duplicates=1.0)
    before = list(Cursor.objects.values_list("kind", "part", "link"))
    delta(desk)
    records = list(EndUser.objects.order_by("id").values())
    for kind, part, old in before:
        Cursor.objects.filter(kind=kind, part=part).update(link=old)
    assert delta(desk).status == Status.NOTHING_CHANGED
    assert list(EndUser.objects.order_by("id").values()) == records


@pytest.mark.rule("R146")
@pytest.mark.parametrize("kind", [RunKind.PREVIEW, RunKind.IMPORT])
def test_a_run_by_hand_neither_reads_nor_writes_a_cursor(
    desk: Desk, people: list[UUID], kind: RunKind
) -> None:
    rename_all(desk, people)
    before = list(Cursor.objects.order_by("id").values())
    desk.admin.reset_requests()
    run = desk.run(kind)
    assert run.walk == Walk.FULL
    assert run.fetched["users"] == PEOPLE
    assert not any("delta" in path for path in asked(desk))
    assert list(Cursor.objects.order_by("id").values()) == before


@pytest.mark.rule("R146")
def test_a_delta_after_an_import_by_hand_repeats_harmlessly(
    desk: Desk, people: list[UUID]
) -> None:
    rename_all(desk, people)
    desk.run()
    run = delta(desk)
    assert (run.status, run.fetched["users"]) == (Status.NOTHING_CHANGED, PEOPLE)
    assert names() == all_new()


def test_a_forced_full_walk_renews_the_cursors(desk: Desk, people: list[UUID]) -> None:
    before = link(desk)
    run = delta(desk, walk=Walk.FULL)
    assert (run.walk, run.fetched["users"], run.reason) == (Walk.FULL, PEOPLE, "")
    assert link(desk) != before
    assert Cursor.objects.filter(kind=cursors.USERS).count() == 1


class Bystander:
    """Changes the tenant at the first chance after a group was read."""

    def __init__(self, desk: Desk, group: UUID, person: UUID) -> None:
        self.desk, self.group, self.person = desk, group, person
        self.is_done = False

    def stage(self, stage: Stage, total: int | None) -> None:
        """Only pages matter."""

    def advance(self, done: int) -> None:
        read = MirrorGroup.objects.filter(group_id=self.group)
        if not self.is_done and read.exists():
            self.is_done = True
            self.desk.join(self.group, self.person)


def test_who_joins_a_nested_group_while_it_is_read_is_not_missed(desk: Desk) -> None:
    ann, inner, outer = desk.person("ann"), desk.group("Inner"), desk.group("Outer")
    desk.map_site(10, "London", group_id=outer)
    delta(desk)
    desk.join(outer, inner)
    order = runs.Order(RunKind.DELTA, Trigger.COMMAND, walk=Walk.DELTA)
    bystander = Bystander(desk, inner, ann)
    runs.execute(runs.queue(desk.connection, order), progress=bystander)
    assert bystander.is_done
    assert delta(desk).walk == Walk.DELTA
    assert EndUser.objects.get().entra_object_id == ann


def test_a_cursor_that_reads_more_than_is_needed_keeps_no_more(desk: Desk) -> None:
    ann = desk.person("ann", jobTitle="Baker")
    desk.map_site(10, "London")
    FieldMapping.objects.create(
        connection=desk.connection,
        kind=Kind.USERS,
        source="jobTitle",
        target="job_title",
    )
    delta(desk)
    FieldMapping.objects.filter(source="jobTitle").delete()
    desk.rules_changed()
    desk.change(ann, displayName="Ann B")
    run = delta(desk)
    assert (run.walk, names()) == (Walk.DELTA, {"Ann B"})
    assert "jobTitle" not in (run.items.get().sent or {})
    assert "jobTitle" not in desk.connection.mirror_users.get().properties
