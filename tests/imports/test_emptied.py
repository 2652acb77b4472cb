"""Groups whose members cannot be relied on take nothing from anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import Agent, BoardSeat, ChangeAdvisoryBoard, EndUser
from directory.states import EntraState
from imports import emptied
from imports.words import Status
from tests import bench
from tests.imports.leaving import EMPTY, NOBODY, remove, user

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


@pytest.fixture
def board(desk: Desk) -> UUID:
    """A group whose agents, Ann and Bob, sit on the board; Eve is an agent too."""
    people = [desk.person(name) for name in ("ann", "bob", "eve")]
    desk.map_agents(100, desk.group("Agents", people), "Analyst")
    group = desk.group("Board", people[:2])
    bench.map_board(desk, group, ChangeAdvisoryBoard.objects.create(name="CAB"))
    desk.run()
    return group


def seats() -> set[str]:
    """Return who sits on the board."""
    return set(BoardSeat.objects.values_list("agent__name", flat=True))


def agent_id(name: str) -> UUID:
    """Return the object id of an agent."""
    found = Agent.objects.get(name=name).entra_object_id
    assert found is not None
    return found


def group_error(desk: Desk, group: UUID) -> str:
    """Return what is wrong with a group; empty if it is known."""
    return desk.connection.mirror_groups.get(group_id=group).error


@pytest.mark.rule("R118")
def test_an_emptied_board_group_takes_its_seats(desk: Desk, board: UUID) -> None:
    for name in ("Ann", "Bob"):
        desk.leave(board, agent_id(name))
    run = desk.run()
    assert run.counts["boards"] == {"join": 0, "leave": 2}
    assert (seats(), group_error(desk, board)) == (set(), "")


@pytest.mark.rule("R118")
def test_a_group_that_only_reads_as_empty_takes_nothing(
    desk: Desk, board: UUID
) -> None:
    desk.admin.fault(path="/members", **EMPTY)
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert seats() == {"Ann", "Bob"}
    assert group_error(desk, board) == emptied.DOUBTFUL
    desk.admin.clear_faults()
    desk.run()
    assert (seats(), group_error(desk, board)) == ({"Ann", "Bob"}, "")


@pytest.mark.parametrize("status", [403, 503])
def test_an_emptied_group_whose_members_nobody_confirms_takes_nothing(
    desk: Desk, board: UUID, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("imports.attempt.sleep", list[float]().append)
    for name in ("Ann", "Bob"):
        desk.leave(board, agent_id(name))
    desk.admin.fault(path=f"{agent_id('Bob')}/checkMemberGroups", status=status)
    desk.run()
    assert seats() == {"Ann", "Bob"}
    assert group_error(desk, board) == emptied.DOUBTFUL


def test_a_group_is_empty_once_its_last_members_are_deleted(
    desk: Desk, board: UUID
) -> None:
    bob = agent_id("Bob")
    desk.leave(board, agent_id("Ann"))
    remove(desk, bob)
    desk.run()
    assert group_error(desk, board) == ""
    assert (seats(), Agent.objects.get(name="Bob").is_active) == (set(), False)


def test_members_whom_nobody_can_find_keep_a_group_in_doubt(
    desk: Desk, board: UUID
) -> None:
    desk.admin.fault(path="/members", **EMPTY)
    desk.admin.fault(path="checkMemberGroups", status=404, body=NOBODY)
    desk.run()
    assert seats() == {"Ann", "Bob"}
    assert group_error(desk, board) == emptied.DOUBTFUL


def test_people_of_a_nested_group_are_asked_before_it_counts_as_gone(
    desk: Desk,
) -> None:
    ann = desk.person("ann")
    inner = desk.group("Inner", [ann])
    outer = desk.group("Outer", [inner])
    desk.map_site(10, "London", group_id=outer, nested=True)
    desk.run()
    desk.admin.fault(path=f"{outer}/members", **EMPTY)
    desk.run()
    assert user(ann).entra_state == EntraState.PRESENT
    assert group_error(desk, outer) == emptied.DOUBTFUL
    desk.admin.clear_faults()
    desk.leave(outer, inner)
    desk.run()
    assert user(ann).entra_state == EntraState.UNMATCHED


@pytest.mark.rule("R118")
def test_a_group_that_hides_its_members_takes_nothing(desk: Desk, board: UUID) -> None:
    desk.admin.put_group(
        desk.tenant.tenant_id, str(board), visibility="HiddenMembership"
    )
    desk.run()
    assert seats() == {"Ann", "Bob"}
    assert "Member.Read.Hidden" in group_error(desk, board)


def test_an_unreadable_first_mapping_moves_nobody(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    first = desk.group("First", [ann])
    desk.map_site(10, "London", group_id=first)
    desk.map_site(20, "Leeds")
    desk.run()
    desk.change(ann, department="Sales")
    desk.person("eve")
    desk.admin.fault(path=f"{first}/members", status=403)
    desk.run()
    assert (user(ann).site.name, user(ann).department) == ("London", "Sales")
    assert user(bob).site.name == "Leeds"
    assert EndUser.objects.count() == 2
