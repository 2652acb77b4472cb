"""What was previewed is what happens, or nothing (promise 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from directory.models import Agent, EndUser, Site
from imports import due, runs
from imports.models import Run, RunItem
from imports.words import Outcome, RunKind, Status
from imports.work import Scope
from mappings import rules
from mappings.models import FieldMapping
from mappings.words import Kind

if TYPE_CHECKING:
    from tests.bench import Desk


@pytest.mark.rule("R128")
@pytest.mark.rule("R106")
def test_a_preview_writes_no_record_and_no_site(desk: Desk) -> None:
    desk.person("ann", officeLocation="Bristol")
    desk.map_field(10, "officeLocation")
    run = desk.preview()
    assert run.status == Status.PLANNED
    assert run.counts["users"]["create"] == 1
    assert run.counts["sites"] == {"create": 1}
    assert not EndUser.objects.exists()
    assert not Site.objects.exists()


@pytest.mark.rule("R130")
def test_preview_then_apply_then_preview_is_empty(desk: Desk) -> None:
    for name in ("ann", "bob"):
        desk.person(name, officeLocation="Bristol")
    desk.map_field(10, "officeLocation")
    applied = runs.apply_preview(desk.preview())
    assert (applied.status, applied.kind) == (Status.SUCCEEDED, RunKind.IMPORT)
    again = desk.preview()
    changed = {k: v for k, v in again.counts["users"].items() if v and k != "none"}
    assert changed == {}
    assert not again.items.exists()


@pytest.mark.rule("R130")
def test_a_preview_settles_nobody(desk: Desk) -> None:
    desk.person("ann")
    guest = desk.person("guest")
    desk.change(guest, userType="Guest")
    desk.map_site(10, "London")
    run = desk.preview()
    scope = Scope(desk.connection, rules.from_json(run.rules))
    assert due.counts(scope).due == 2


def test_an_import_settles_everybody_it_has_decided_about(desk: Desk) -> None:
    desk.person("ann")
    guest = desk.person("guest")
    desk.change(guest, userType="Guest")
    desk.map_site(10, "London")
    run = desk.run()
    scope = Scope(desk.connection, rules.from_json(run.rules))
    counted = due.counts(scope)
    assert counted.due == 0
    assert counted.settled[Kind.USERS] == {True: 1, False: 1}


@pytest.mark.rule("R083")
def test_managers_are_unread_in_a_preview_and_read_when_it_is_applied(
    desk: Desk,
) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    FieldMapping.objects.create(
        connection=desk.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    desk.map_site(10, "London")
    desk.admin.reset_requests()
    run = desk.preview()
    asked = [one["query"] for one in desk.admin.requests(desk.tenant.tenant_id)]
    assert not any("manager" in query for query in asked)
    runs.apply_preview(run)
    manager = EndUser.objects.get(entra_object_id=ann).manager
    assert manager is not None
    assert manager.entra_object_id == boss


def test_a_record_that_moved_since_is_stale_and_left_alone(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    desk.run()
    desk.change(ann, displayName="Ann B")
    run = desk.preview()
    EndUser.objects.update(name="By hand", revision=2)
    applied = runs.apply_preview(run)
    assert applied.status == Status.PARTLY_FAILED
    assert EndUser.objects.get().name == "By hand"
    assert applied.counts["users"]["stale"] == 1


def test_a_value_that_went_away_and_came_back_is_stale_too(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    first = desk.preview()
    for name in ("B", "Ann"):
        desk.change(ann, displayName=name)
        desk.preview()
    applied = runs.apply_preview(first)
    assert RunItem.objects.get(run=applied).outcome == Outcome.STALE
    assert not EndUser.objects.exists()


def test_somebody_who_left_the_group_since_is_stale(desk: Desk) -> None:
    ann = desk.person("ann")
    group = desk.group("L", [ann])
    desk.map_site(10, "London", group_id=group)
    first = desk.preview()
    desk.leave(group, ann)
    desk.preview()
    applied = runs.apply_preview(first)
    assert RunItem.objects.get(run=applied).outcome == Outcome.STALE
    assert not EndUser.objects.exists()


def test_an_edited_mapping_refuses_the_whole_preview(desk: Desk) -> None:
    desk.person("ann")
    desk.map_site(10, "London")
    run = desk.preview()
    desk.rules_changed()
    with pytest.raises(InvalidInput, match="Preview again"):
        runs.apply_preview(run)
    assert Run.objects.get(pk=run.pk).status == Status.PLANNED
    assert not EndUser.objects.exists()


def test_an_unticked_row_is_left_out_and_comes_with_the_next_run(desk: Desk) -> None:
    ann, _ = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London")
    run = desk.preview()
    run.items.filter(object_id=ann).update(is_ticked=False)
    runs.apply_preview(run)
    assert list(EndUser.objects.values_list("name", flat=True)) == ["Bob"]
    assert desk.run().counts["users"]["create"] == 1


def test_a_site_is_made_only_if_a_ticked_row_needs_it(desk: Desk) -> None:
    ann = desk.person("ann", officeLocation="Bristol")
    desk.person("bob", officeLocation="Leeds")
    desk.map_field(10, "officeLocation")
    run = desk.preview()
    run.items.filter(object_id=ann).update(is_ticked=False)
    applied = runs.apply_preview(run)
    assert list(Site.objects.values_list("name", flat=True)) == ["Leeds"]
    assert applied.counts["sites"] == {"create": 1}


def test_an_import_is_not_applied_twice(desk: Desk) -> None:
    desk.person("ann")
    desk.map_site(10, "London")
    run = runs.apply_preview(desk.preview())
    with pytest.raises(InvalidInput, match="it has been applied already"):
        runs.apply_preview(run)


def test_a_cancelled_preview_is_not_applied(desk: Desk) -> None:
    desk.map_site(10, "London")
    run = desk.preview()
    runs.cancel(run)
    with pytest.raises(InvalidInput, match="cancelled"):
        runs.apply_preview(run)


@pytest.mark.rule("R131")
def test_users_alone_make_no_agents(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    desk.map_agents(100, desk.group("A", [ann]))
    run = desk.run(kinds=[Kind.USERS])
    assert not Agent.objects.exists()
    assert "agents" not in run.counts
