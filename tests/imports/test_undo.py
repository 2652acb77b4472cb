"""A run is undone: what comes back, and what stays because it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from connections.models import TenantConnection
from directory.models import Agent, AgentRoleGrant, EndUser, Site
from imports import runs, undo
from imports.engine.types import Reason
from imports.models import MirrorUser, RunItem
from imports.words import Outcome, Status, Trigger
from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench, dumps
from tests.factories.directory import (
    AssetFactory,
    EndUserFactory,
)
from tests.factories.imports import RunFactory
from tests.imports.undoing import one_user, undone

if TYPE_CHECKING:
    from tests.bench import Desk


def map_managers(desk: Desk) -> None:
    """Let imports set managers."""
    FieldMapping.objects.create(
        connection=desk.connection, kind=Kind.USERS, source="manager", target="manager"
    )


def test_people_whom_a_run_made_go(desk: Desk) -> None:
    run, _ = one_user(desk)
    found = undone(run)
    assert not EndUser.objects.exists()
    assert (found.status, found.undoes) == (Status.SUCCEEDED, run)
    assert found.counts["users"]["delete"] == 1


def test_the_next_preview_shows_what_would_come_again(desk: Desk) -> None:
    run, _ = one_user(desk)
    undone(run)
    assert desk.preview().counts["users"]["create"] == 1


def test_an_undo_asks_the_tenant_for_nothing(desk: Desk) -> None:
    run, _ = one_user(desk)
    desk.connection.registration.credentials.all().delete()
    assert undone(run).status == Status.SUCCEEDED


def test_what_moved_since_by_hand_stays_and_is_listed(desk: Desk) -> None:
    _, user = one_user(desk)
    assert user.entra_object_id is not None
    desk.change(user.entra_object_id, displayName="New", department="Sales")
    update = desk.run()
    EndUser.objects.update(department="By hand", revision=9)
    found = undone(update)
    user.refresh_from_db()
    assert (user.name, user.department) == ("Ann", "By hand")
    item = RunItem.objects.get(run=found)
    assert (found.status, item.outcome) == (Status.PARTLY_FAILED, Outcome.APPLIED)
    assert item.error == "Department changed since and stays as it is."
    assert found.counts["users"]["stale"] == 1


def test_an_old_run_is_undone_after_a_newer_one(desk: Desk) -> None:
    _, user = one_user(desk)
    assert user.entra_object_id is not None
    desk.change(user.entra_object_id, department="Sales")
    older = desk.run()
    desk.change(user.entra_object_id, displayName="New")
    desk.run()
    assert undone(older).status == Status.SUCCEEDED
    user.refresh_from_db()
    assert (user.name, user.department) == ("New", "")


def test_a_link_gives_back_the_old_values_and_drops_the_identity(desk: Desk) -> None:
    desk.person("ann", mail=f"ann@{desk.tenant.domain}")
    desk.map_site(10, "London")
    old = EndUserFactory.create(
        site=desk.site("Hand"), name="Old", email=f"ann@{desk.tenant.domain}"
    )
    bench.match_by(desk, Kind.USERS, "email")
    TenantConnection.objects.update(verified_domains=[desk.tenant.domain])
    before = dumps.dump()
    run = desk.run()
    assert run.counts["users"]["link"] == 1
    undone(run)
    old.refresh_from_db()
    assert dumps.dump() == before
    assert (old.entra_object_id, old.source, old.entra_state) == (None, None, "")
    assert old.entra_state_at is None


def test_a_linked_record_that_is_gone_is_listed(desk: Desk) -> None:
    _, user = one_user(desk)
    assert user.entra_object_id is not None
    desk.change(user.entra_object_id, department="Sales")
    run = desk.run()
    user.delete()
    found = undone(run)
    assert found.status == Status.PARTLY_FAILED
    assert found.items.get().error == "The record is no longer here."


def test_who_deactivated_somebody_and_since_when_comes_back_too(desk: Desk) -> None:
    _, user = one_user(desk)
    assert user.entra_object_id is not None
    desk.change(user.entra_object_id, accountEnabled=False)
    desk.run()
    before, was = dumps.dump(), EndUser.objects.get()
    desk.change(user.entra_object_id, accountEnabled=True)
    run = desk.run()
    assert EndUser.objects.get().is_active
    undone(run)
    found = EndUser.objects.get()
    assert dumps.dump() == before
    assert (found.deactivated_by, found.deactivated_reason) == (
        desk.connection,
        Reason.DISABLED_IN_ENTRA,
    )
    assert found.entra_state_at == was.entra_state_at


def test_roles_taken_come_back_as_the_connections_own(desk: Desk) -> None:
    ann = desk.person("ann")
    group, admins = desk.group("A", [ann]), desk.group("R", [ann])
    desk.map_agents(10, group)
    bench.map_role(desk, admins, bench.agent_role("Analyst"))
    bench.agents_get(desk, user_site=desk.site("London"))
    desk.run()
    desk.leave(admins, ann)
    found = undone(desk.run())
    grant = AgentRoleGrant.objects.get()
    assert grant.granted_by == desk.connection
    assert found.counts["roles"] == {"grant": 1, "revoke": 0}


def test_an_agent_linked_by_the_run_is_unlinked_by_its_undo(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_agents(10, desk.group("A", [ann]))
    desk.run()
    desk.map_site(20, "London")
    desk.rules_changed()
    run = desk.run()
    agent = Agent.objects.get()
    assert agent.user is not None
    undone(run)
    assert Agent.objects.get().user is None
    assert not EndUser.objects.exists()


def test_managers_and_their_people_go_together(desk: Desk) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    map_managers(desk)
    desk.map_site(10, "London")
    undone(desk.run())
    assert not EndUser.objects.exists()


def test_a_manager_goes_though_a_report_of_the_same_run_stays(desk: Desk) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    map_managers(desk)
    desk.map_site(10, "London")
    run = desk.run()
    AssetFactory.create(user=EndUser.objects.get(entra_object_id=ann))
    undone(run)
    kept = EndUser.objects.get()
    assert (kept.entra_object_id, kept.manager) == (ann, None)


@pytest.mark.parametrize("change", ["used", "renamed", "mapped", None])
def test_sites_go_only_if_empty_unchanged_and_not_mapped(
    desk: Desk, change: str | None
) -> None:
    desk.person("ann", officeLocation="Bristol")
    desk.map_field(10, "officeLocation")
    run = desk.run()
    site = Site.objects.get()
    if change == "used":
        EndUserFactory.create(site=site)
    elif change == "renamed":
        Site.objects.update(name="Elsewhere", name_key="elsewhere")
    elif change == "mapped":
        desk.map_site(20, "Bristol")
    found = undone(run)
    assert Site.objects.exists() == (change is not None)
    assert found.counts["sites"]["delete"] == (change is None)


def test_a_run_is_undone_once(desk: Desk) -> None:
    run, _ = one_user(desk)
    found = undone(run)
    with pytest.raises(InvalidInput, match=f"was undone by run {found.pk}"):
        undo.queue(run, Trigger.COMMAND)
    with pytest.raises(InvalidInput, match="only imports are undone"):
        undo.queue(found, Trigger.COMMAND)


def test_of_two_undos_at_once_one_is_refused(desk: Desk) -> None:
    run, _ = one_user(desk)
    first = undo.queue(run, Trigger.COMMAND)
    with pytest.raises(InvalidInput, match=f"is being undone by run {first.pk}"):
        undo.queue(run, Trigger.COMMAND)


def test_what_broke_off_is_undone_by_another(desk: Desk) -> None:
    run, _ = one_user(desk)
    runs.cancel(undo.queue(run, Trigger.COMMAND))
    undone(run)
    assert not EndUser.objects.exists()


@pytest.mark.parametrize("status", [Status.PLANNED, Status.RUNNING, Status.QUEUED])
def test_only_what_has_ended_is_undone(db: None, status: Status) -> None:
    with pytest.raises(InvalidInput, match="when it has ended"):
        undo.queue(RunFactory.create(status=status), Trigger.COMMAND)


def test_what_changed_nothing_is_not_undone(desk: Desk) -> None:
    one_user(desk)
    with pytest.raises(InvalidInput, match="nothing to undo"):
        undo.queue(desk.run(), Trigger.COMMAND)


def test_people_who_are_undone_are_unsettled(desk: Desk) -> None:
    run, _ = one_user(desk)
    undone(run)
    person = MirrorUser.objects.get()
    assert person.settled_users_mirror is None
