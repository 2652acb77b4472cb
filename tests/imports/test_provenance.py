"""Who gave it may take it back, nobody else: sites, user roles, states and fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from directory.models import EndUser, Site
from directory.states import EntraState
from imports.engine.types import Action, Reason
from mappings.models import FieldMapping
from mappings.words import Apply, Kind, Policy, WhenEmpty
from tests import bench

if TYPE_CHECKING:
    from uuid import UUID

    from imports.models import RunItem
    from tests.bench import Desk


def user() -> EndUser:
    """Return the only user."""
    return EndUser.objects.select_related("site", "user_role").get()


def by_hand(**columns: Any) -> None:
    """Change the only user as somebody at a screen would."""
    EndUser.objects.update(revision=user().revision + 1, **columns)


def item(desk: Desk) -> RunItem:
    """Run, and return the only item."""
    return desk.run().items.get()


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody who was imported to London."""
    person = desk.person("ann", officeLocation="London", department="Sales")
    desk.map_field(10, "officeLocation", user_role=bench.user_role("Standard"))
    desk.run()
    return person


@pytest.mark.rule("R108")
def test_a_site_that_a_run_set_follows_the_mappings(desk: Desk, ann: UUID) -> None:
    desk.change(ann, officeLocation="Leeds")
    moved = item(desk)
    assert moved.action == Action.MOVE
    assert user().site.name == "Leeds"
    assert user().site_set_by == desk.connection
    # The empty site stays (AM-28).
    assert Site.objects.filter(name="London").exists()


def test_a_site_set_by_hand_is_pinned(desk: Desk, ann: UUID) -> None:
    by_hand(site=desk.site("Hand"), site_set_by=None)
    desk.change(ann, officeLocation="Leeds", department="Help")
    desk.run()
    assert (user().site.name, user().department) == ("Hand", "Help")


def test_a_linked_old_record_keeps_site_and_role(desk: Desk) -> None:
    address = f"ann@{desk.tenant.domain}"
    ann = desk.person("ann", mail=address, officeLocation="London")
    role = bench.user_role("Old")
    EndUser.objects.create(
        site=desk.site("Hand"), name="Ann", email=address, user_role=role
    )
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_field(10, "officeLocation", user_role=bench.user_role("Standard"))
    desk.run()
    desk.change(ann, officeLocation="Leeds")
    desk.run()
    assert user().entra_object_id == ann
    assert (user().site.name, user().user_role) == ("Hand", role)


@pytest.mark.rule("R096")
def test_a_user_role_follows_its_mapping(desk: Desk, ann: UUID) -> None:
    assert user().user_role == bench.user_role("Standard")
    role = bench.user_role("Approver")
    desk.connection.site_mappings.update(user_role=role)
    desk.rules_changed()
    desk.run()
    assert user().user_role == role


@pytest.mark.rule("R096")
def test_a_user_role_given_by_hand_stays(desk: Desk, ann: UUID) -> None:
    role = bench.user_role("By hand")
    by_hand(user_role=role, user_role_set_by=None)
    desk.change(ann, officeLocation="Leeds")
    desk.run()
    assert (user().site.name, user().user_role) == ("Leeds", role)


@pytest.mark.rule("R086")
@pytest.mark.parametrize(
    ("when_empty", "kept"), [(WhenEmpty.KEEP, "Sales"), (WhenEmpty.CLEAR, "")]
)
def test_a_field_empty_in_entra_is_kept_or_cleared(
    desk: Desk, ann: UUID, when_empty: WhenEmpty, kept: str
) -> None:
    field(desk).update(when_empty=when_empty)
    desk.rules_changed()
    desk.change(ann, department=None)
    desk.run()
    assert user().department == kept


@pytest.mark.parametrize(
    ("apply", "ours", "kept"),
    [
        (Apply.ALWAYS, "By hand", "Help"),
        (Apply.NEW_ONLY, "Sales", "Sales"),
        (Apply.NEW_ONLY, "", ""),
        (Apply.IF_EMPTY, "By hand", "By hand"),
        (Apply.IF_EMPTY, "", "Help"),
    ],
)
def test_a_field_is_written_when_its_rule_says(
    desk: Desk, ann: UUID, apply: Apply, ours: str, kept: str
) -> None:
    field(desk).update(apply=apply)
    desk.rules_changed()
    by_hand(department=ours)
    desk.change(ann, department="Help")
    desk.run()
    assert user().department == kept


def field(desk: Desk) -> Any:
    """Return the field mapping of the department."""
    return FieldMapping.objects.filter(
        connection=desk.connection, target="department", kind=Kind.USERS
    )


@pytest.mark.rule("R108")
def test_who_no_longer_matches_is_flagged_and_cleared_again(
    desk: Desk, ann: UUID
) -> None:
    desk.change(ann, officeLocation=None)
    assert (item(desk).action, user().is_active) == (Action.FLAG, True)
    assert (user().entra_state, user().site.name) == (EntraState.UNMATCHED, "London")
    desk.change(ann, officeLocation="London")
    assert item(desk).action == Action.UPDATE
    assert user().entra_state == EntraState.PRESENT


def test_who_is_disabled_is_deactivated_and_comes_back(desk: Desk, ann: UUID) -> None:
    desk.change(ann, accountEnabled=False)
    left = item(desk)
    assert (left.action, left.reason) == (Action.DEACTIVATE, Reason.DISABLED_IN_ENTRA)
    assert (user().is_active, user().deactivated_by) == (False, desk.connection)
    desk.change(ann, accountEnabled=True)
    assert item(desk).action == Action.REACTIVATE
    assert (user().is_active, user().deactivated_by) == (True, None)


def test_whom_a_hand_deactivated_no_run_brings_back(desk: Desk, ann: UUID) -> None:
    by_hand(is_active=False)
    for enabled in (False, True):
        desk.change(ann, accountEnabled=enabled)
        desk.run()
    assert not user().is_active


def test_who_is_pinned_stays_active(desk: Desk, ann: UUID) -> None:
    by_hand(keep_active=True)
    desk.change(ann, accountEnabled=False)
    assert item(desk).reason == Reason.KEPT_ACTIVE
    assert (user().is_active, user().entra_state) == (True, EntraState.DISABLED)


def test_a_record_of_another_source_is_not_deactivated(desk: Desk, ann: UUID) -> None:
    by_hand(source=None)
    desk.change(ann, accountEnabled=False, officeLocation=None)
    desk.run()
    assert user().is_active


@pytest.mark.parametrize(
    ("policy", "expected"), [(Policy.DEACTIVATE, 0), (Policy.LEAVE, 1)]
)
def test_somebody_disabled_comes_new_only_if_the_disabled_are_left_alone(
    desk: Desk, policy: Policy, expected: int
) -> None:
    desk.change(desk.person("ann"), accountEnabled=False)
    bench.leavers(desk, disabled=policy)
    desk.map_site(10, "London")
    desk.run()
    assert EndUser.objects.count() == expected


@pytest.mark.rule("R094")
def test_nobody_comes_or_moves_to_an_inactive_site(desk: Desk, ann: UUID) -> None:
    site = desk.site("Leeds")
    Site.objects.filter(pk=site.pk).update(is_active=False)
    desk.change(ann, officeLocation="Leeds", department="Help")
    desk.person("bob", officeLocation="Leeds")
    run = desk.run()
    assert (user().site.name, user().department) == ("London", "Help")
    assert run.items.get().reason == Reason.SITE_INACTIVE
    assert run.place["unstored"]["users"][Reason.SITE_INACTIVE] == 1


def test_a_recreated_person_waits_for_review(desk: Desk) -> None:
    address = f"ann@{desk.tenant.domain}"
    ann = desk.person("ann", mail=address)
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    desk.change(desk.person("guest"), userType="Guest")
    desk.run()
    desk.admin.delete_user(desk.tenant.tenant_id, str(ann))
    desk.run()
    desk.person("ann", mail=address)
    found = item(desk)
    assert (found.action, found.reason) == (Action.REVIEW, Reason.RECREATED)
    assert (user().entra_object_id, user().is_active) == (ann, False)


def test_who_is_left_out_by_a_decision_stays_out(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.connection.decisions.create(
        kind=Kind.USERS, object_id=ann, verdict="leave_out"
    )
    desk.map_site(10, "London")
    run = desk.run()
    assert not EndUser.objects.exists()
    assert run.place["unstored"]["users"][Reason.LEFT_OUT] == 1
