"""After *Reset Deltas: latest* nobody loses anything by what was skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import Agent, EndUser
from imports import cursors, resets
from imports.words import Walk
from mappings.words import Policy
from tests import bench
from tests.imports.integrator import delta, names, sites

if TYPE_CHECKING:
    from uuid import UUID

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk

CHECK = "/checkMemberGroups"


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk that deactivates whom no mapping selects, and minds no losses."""
    made = bench.connect(entra.admin, tenant)
    bench.unguarded(made)
    bench.leavers(made, unmatched=Policy.DEACTIVATE)
    return made


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody in the group that London comes from."""
    return desk.person("ann")


@pytest.fixture
def london(desk: Desk, ann: UUID) -> UUID:
    """The group of London; Ann has come by it."""
    group = desk.group("London", [ann])
    desk.map_site(10, "London", group_id=group)
    return group


@pytest.fixture
def leeds(desk: Desk, london: UUID) -> UUID:
    """The group of Leeds, in which is nobody; everybody has been read."""
    group = desk.group("Leeds")
    desk.map_site(20, "Leeds", group_id=group)
    delta(desk)
    assert sites() == {"ann": "London"}
    return group


def user() -> EndUser:
    """Return the one user."""
    return EndUser.objects.get()


@pytest.mark.rule("R144")
@pytest.mark.parametrize("by_hand", [False, True])
def test_who_joined_a_group_unseen_keeps_everything_until_a_full_walk(
    desk: Desk, ann: UUID, london: UUID, leeds: UUID, *, by_hand: bool
) -> None:
    desk.join(leeds, ann)
    resets.to_latest(desk.connection)
    desk.leave(london, ann)
    assert delta(desk).walk == Walk.DELTA
    assert (sites(), user().is_active) == ({"ann": "London"}, True)
    assert delta(desk).walk == Walk.DELTA
    # Settled while too little was known, decided anew now.
    if by_hand:
        desk.run()
    else:
        delta(desk, walk=Walk.FULL)
    assert (sites(), user().is_active) == ({"ann": "Leeds"}, True)
    assert cursors.skipped(desk.connection.pk) == 0


@pytest.mark.rule("R144")
def test_who_left_a_group_unseen_keeps_the_site_and_the_fields_follow(
    desk: Desk, ann: UUID, london: UUID, leeds: UUID
) -> None:
    desk.leave(london, ann)
    resets.to_latest(desk.connection)
    desk.change(ann, displayName="Ann B")
    delta(desk)
    assert (sites(), names(), user().is_active) == ({"ann": "London"}, {"Ann B"}, True)
    delta(desk, walk=Walk.FULL)
    assert not user().is_active


@pytest.mark.rule("R144")
def test_who_leaves_a_group_after_the_reset_leaves_at_once(
    desk: Desk, ann: UUID, london: UUID, leeds: UUID
) -> None:
    resets.to_latest(desk.connection)
    desk.leave(london, ann)
    assert delta(desk).walk == Walk.DELTA
    assert not user().is_active


@pytest.mark.rule("R144")
def test_who_moves_to_another_group_after_the_reset_moves_at_once(
    desk: Desk, ann: UUID, london: UUID, leeds: UUID
) -> None:
    resets.to_latest(desk.connection)
    desk.leave(london, ann)
    desk.join(leeds, ann)
    delta(desk)
    assert sites() == {"ann": "Leeds"}


@pytest.mark.parametrize("group", ["london", "leeds"])
def test_who_is_new_after_the_reset_comes_at_once(
    desk: Desk, london: UUID, leeds: UUID, group: str
) -> None:
    resets.to_latest(desk.connection)
    desk.join(london if group == "london" else leeds, desk.person("new"))
    delta(desk)
    assert sites() == {"ann": "London", "new": group.title()}


def test_who_is_disabled_after_the_reset_is_out_at_once(
    desk: Desk, ann: UUID, london: UUID, leeds: UUID
) -> None:
    desk.join(leeds, ann)
    desk.leave(london, ann)
    resets.to_latest(desk.connection)
    desk.change(ann, accountEnabled=False)
    delta(desk)
    assert not user().is_active


def test_while_groups_cannot_be_asked_for_nobody_loses_anything(
    desk: Desk, ann: UUID, london: UUID, leeds: UUID
) -> None:
    resets.to_latest(desk.connection)
    desk.leave(london, ann)
    desk.admin.fault(path=CHECK, status=403)
    delta(desk)
    assert user().is_active


def test_properties_that_changed_unseen_are_read_again_before_a_loss(
    desk: Desk, ann: UUID, london: UUID
) -> None:
    sales = desk.map_field(20, "city")
    sales.criteria.create(field="department", operator="equals", value="Sales")
    delta(desk)
    desk.change(ann, department="Sales", city="Leeds")
    resets.to_latest(desk.connection)
    desk.leave(london, ann)
    delta(desk)
    assert (sites(), user().is_active) == ({"ann": "Leeds"}, True)


def test_an_agent_keeps_roles_that_a_group_joined_unseen_may_give(
    desk: Desk, ann: UUID
) -> None:
    first, second = desk.group("A", [ann]), desk.group("B")
    for sequence, group in ((10, first), (20, second)):
        desk.map_agents(sequence, group, "Analyst")
    delta(desk)
    desk.join(second, ann)
    resets.to_latest(desk.connection)
    desk.leave(first, ann)
    delta(desk)
    agent = Agent.objects.get()
    assert (agent.is_active, agent.role_grants.count()) == (True, 1)
