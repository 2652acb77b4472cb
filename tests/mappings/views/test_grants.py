"""Agent Role mappings and Change Advisory Board (CAB) mappings, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from directory.models import AgentRoleGrant, BoardSeat
from mappings.models import AgentRoleMapping, BoardMapping
from tests import bench
from tests.bench import agent_role
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import AgentFactory, ChangeAdvisoryBoardFactory
from tests.factories.mappings import AgentRoleMappingFactory
from tests.mappings.views.pages import filled, url, version

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk


@pytest.fixture
def page(client: Client, live: Desk) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


@pytest.mark.rule("R110")
@pytest.mark.rule("R113")
@pytest.mark.rule("R114")
def test_a_group_gives_a_role(page: Client, live: Desk) -> None:
    group, role = live.group("SG-Analysts"), agent_role("Analyst")
    add = url("grant-add", live.connection, "roles")

    tab = page.get(url("advanced", live.connection)).content.decode()
    answer = page.post(add, filled(page, add, group="sg-analysts", role=role.pk))

    assert 'aria-label="Add to Agent Role mappings"' in tab
    assert answer.status_code == 302
    row = AgentRoleMapping.objects.get(connection=live.connection)
    assert (row.group_id, row.group_name, row.role) == (group, "SG-Analysts", role)
    assert row.nested is False
    assert version(live.connection) == 2


@pytest.mark.rule("R114")
def test_a_group_gives_two_roles_but_none_twice(page: Client, live: Desk) -> None:
    group = live.group("SG-Analysts")
    first, second = agent_role("Analyst"), agent_role("Lead")
    bench.map_role(live, group, first)
    add = url("grant-add", live.connection, "roles")

    twice = page.post(add, filled(page, add, group="SG-Analysts", role=first.pk))
    page.post(add, filled(page, add, group="SG-Analysts", role=second.pk))

    assert "SG-Analysts is mapped to Analyst already" in twice.content.decode()
    assert AgentRoleMapping.objects.count() == 2


@pytest.mark.rule("R116")
def test_a_group_gives_a_seat(page: Client, live: Desk) -> None:
    group = live.group("SG-CAB")
    board = ChangeAdvisoryBoardFactory.create(name="Infrastructure <b>")
    add = url("grant-add", live.connection, "boards")

    page.post(add, filled(page, add, group=str(group), board=board.pk, nested="on"))
    tab = page.get(url("advanced", live.connection)).content.decode()

    row = BoardMapping.objects.get(connection=live.connection)
    assert (row.group_name, row.board, row.nested) == ("SG-CAB", board, True)
    assert "Change Advisory Board (CAB) mappings" in tab
    assert "Infrastructure &lt;b&gt;" in tab


def test_a_row_is_changed_and_its_group_kept(page: Client, live: Desk) -> None:
    group, other = live.group("SG"), agent_role("Lead")
    row = bench.map_role(live, group, agent_role("Analyst"))
    edit = url("grant", live.connection, "roles", row.pk)

    page.post(edit, filled(page, edit, role=other.pk))
    row.refresh_from_db()

    assert (row.group_id, row.role) == (group, other)


def test_what_is_missing_is_said_at_the_field(page: Client, live: Desk) -> None:
    add = url("grant-add", live.connection, "roles")

    answer = page.post(add, filled(page, add, group=""))
    html = answer.content.decode()

    assert answer.status_code == 400
    assert "Choose one." in html
    assert "Choose a group, or type its exact name." in html


def test_the_search_without_script_keeps_what_was_chosen(
    page: Client, live: Desk
) -> None:
    live.group("SG-Analysts")
    role = agent_role("Analyst")
    add = url("grant-add", live.connection, "roles")

    html = page.post(
        add, filled(page, add, group="SG", role=role.pk) | {"find": "1"}
    ).content.decode()

    assert "<bdi>SG-Analysts</bdi>" in html
    assert f'<option value="{role.pk}" selected>' in html
    assert "Nothing was saved" not in html


def test_a_public_group_gives_no_role(page: Client, live: Desk) -> None:
    live.group("Club", groupTypes=["Unified"], mailEnabled=True, visibility="Public")
    add = url("grant-add", live.connection, "roles")
    form = filled(page, add, group="Club", role=agent_role("Analyst").pk)

    assert "Anyone in the tenant can join" in page.post(add, form).content.decode()
    assert not AgentRoleMapping.objects.exists()


def test_a_dynamic_group_is_told_when_it_gives_a_seat(page: Client, live: Desk) -> None:
    live.group(
        "Chiefs",
        groupTypes=["DynamicMembership"],
        membershipRule='user.jobTitle -eq "Chief"',
    )
    board = ChangeAdvisoryBoardFactory.create()
    add = url("grant-add", live.connection, "boards")

    answer = page.post(
        add, filled(page, add, group="Chiefs", board=board.pk), follow=True
    )

    assert "A rule decides who is in this group" in answer.content.decode()


def test_what_a_removed_row_gave_may_stay(page: Client, live: Desk) -> None:
    role, agent = agent_role("Analyst"), AgentFactory.create()
    row = bench.map_role(live, live.group("SG"), role)
    grant = AgentRoleGrant.objects.create(
        agent=agent, role=role, granted_by=live.connection
    )
    address = url("grant-remove", live.connection, "roles", row.pk)

    shown = page.get(address).content.decode()
    page.post(address, {"rules_version": 1, "given": "keep"})
    grant.refresh_from_db()
    agent.refresh_from_db()

    assert ">1</b> person has this agent role" in shown
    assert grant.granted_by is None
    assert agent.revision == 2
    assert not AgentRoleMapping.objects.exists()


def test_what_a_removed_row_gave_is_else_left_to_the_next_run(
    page: Client, live: Desk
) -> None:
    board = ChangeAdvisoryBoardFactory.create()
    row = bench.map_board(live, live.group("SG"), board)
    seat = BoardSeat.objects.create(
        agent=AgentFactory.create(), board=board, granted_by=live.connection
    )

    page.post(
        url("grant-remove", live.connection, "boards", row.pk),
        {"rules_version": 1, "given": "take"},
    )
    seat.refresh_from_db()

    assert seat.granted_by == live.connection
    assert not BoardMapping.objects.exists()


def test_only_administrators_give_access(client: Client, live: Desk) -> None:
    sign_in(client, *(set(EVERYTHING) - {Permission.ADMINISTER}))
    role = agent_role("Analyst")
    row = bench.map_role(live, live.group("SG"), role)
    add = url("grant-add", live.connection, "roles")
    remove = url("grant-remove", live.connection, "roles", row.pk)

    tab = client.get(url("advanced", live.connection)).content.decode()
    added = client.post(add, filled(client, add, group="SG", role=role.pk))
    removed = client.post(remove, {"rules_version": 1})

    assert "Only somebody with the permission" in tab
    assert "Add to Agent Role mappings" not in tab
    assert "Only somebody with the permission" in added.content.decode()
    assert removed.status_code == 403
    assert AgentRoleMapping.objects.count() == 1


def test_rows_of_another_connection_are_not_found(page: Client, live: Desk) -> None:
    row = AgentRoleMappingFactory.create()

    for kind in ("roles", "boards", "thrones"):
        assert page.get(url("grant", live.connection, kind, row.pk)).status_code == 404
    assert page.get(url("grant-add", live.connection, "thrones")).status_code == 404


def test_only_those_who_configure_come_in(client: Client, live: Desk) -> None:
    sign_in(client, *(set(EVERYTHING) - {Permission.CONFIGURE}))

    assert client.get(url("advanced", live.connection)).status_code == 403
    for kind in ("roles", "boards"):
        address = url("grant-add", live.connection, kind)
        assert client.get(address).status_code == 403
