"""Groups of the tenant in the forms: searched, typed, kept, refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from common.rights import Permission
from directory.models import AgentRole
from mappings.models import SiteMapping
from tests.bench import agent_role
from tests.desk_agents import EVERYTHING, sign_in
from tests.mappings.views.pages import filled, read, url, version

if TYPE_CHECKING:
    from django.test import Client

    from connections.models import TenantConnection
    from tests.bench import Desk

ADMINISTRATOR = tuple(one.value for one in EVERYTHING)


@pytest.fixture
def page(client: Client, live: Desk) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def new(live: Desk) -> str:
    """Return the address of a new mapping."""
    return url("mapping-new", live.connection, "existing_site")


def to_site(page: Client, live: Desk, **more: Any) -> dict[str, Any]:
    """Return a form that brings people to a site."""
    return filled(page, new(live), site=live.site("London").pk, **more)


def to_agents(page: Client, live: Desk, role: AgentRole, **more: Any) -> dict[str, Any]:
    """Return a form that makes people agents."""
    form = filled(page, new(live)) | {"site": "*Agent*", "agent_role": str(role.pk)}
    del form["user_role"]
    return form | more


def saved(connection: TenantConnection) -> list[tuple[UUID | None, str]]:
    """Return the groups of all site mappings."""
    rows = SiteMapping.objects.filter(connection=connection)
    return list(rows.values_list("group_id", "group_name"))


@pytest.mark.rule("R090")
def test_the_search_shows_names_kinds_and_ids(page: Client, live: Desk) -> None:
    live.group("SG-London <b>")
    live.group("SG-Team", mailEnabled=True, securityEnabled=False)
    live.group("Other")

    found = page.get(url("groups", live.connection), {"group": "sg-"})
    html = found.content.decode()

    assert "<bdi>SG-London &lt;b&gt;</bdi>" in html
    assert "security group" in html
    assert "distribution list: cannot select people" in html
    assert "Other" not in html
    assert "<html" not in html


@pytest.mark.rule("R097")
def test_a_group_is_picked_from_the_search(page: Client, live: Desk) -> None:
    group = live.group("SG-London")
    form = to_site(page, live, group="SG-")
    found = page.post(new(live), form | {"find": "1"}).content.decode()

    page.post(new(live), form | {"group_pick": str(group)})

    assert f'value="{group}"' in found
    assert saved(live.connection) == [(group, "SG-London")]


def test_what_was_picked_stays_picked_while_the_form_changes(
    page: Client, live: Desk
) -> None:
    group = live.group("SG-London")
    form = to_site(page, live, group="SG-", group_pick=str(group))

    for button in ("refresh", "add_criterion"):
        html = page.post(new(live), form | {button: "1"}).content.decode()

        assert read(html)["group_pick"] == [str(group)]
        assert "<bdi>SG-London</bdi>" in html


@pytest.mark.rule("R097")
def test_the_exact_name_is_enough_whatever_its_case(page: Client, live: Desk) -> None:
    group = live.group("SG-London")

    page.post(new(live), to_site(page, live, group=" sg-london "))

    assert saved(live.connection) == [(group, "SG-London")]


def test_an_object_id_may_be_typed(page: Client, live: Desk) -> None:
    group = live.group("SG-London")

    page.post(new(live), to_site(page, live, group=str(group)))
    gone = page.post(new(live), to_site(page, live, group=str(uuid4())))

    assert saved(live.connection) == [(group, "SG-London")]
    assert "The tenant has no group" in gone.content.decode()


@pytest.mark.rule("R097")
def test_a_name_of_none_or_of_several_is_refused_with_their_ids(
    page: Client, live: Desk
) -> None:
    twins = [live.group("SG-London"), live.group("SG-London")]

    several = page.post(new(live), to_site(page, live, group="SG-London"))
    none = page.post(new(live), to_site(page, live, group="SG-Lond"))

    html = several.content.decode()
    assert "2 groups in the tenant are called" in html
    assert all(str(one) in html for one in twins)
    assert 'value="SG-London"' in html
    assert "No group in the tenant is called" in none.content.decode()
    assert saved(live.connection) == []


@pytest.mark.rule("R090")
def test_a_distribution_list_is_refused(page: Client, live: Desk) -> None:
    live.group("All staff", mailEnabled=True, securityEnabled=False)

    answer = page.post(new(live), to_site(page, live, group="All staff"))

    assert "A distribution list cannot select people" in answer.content.decode()


def test_a_tenant_that_cannot_be_asked_leaves_the_name_to_the_next_run(
    page: Client, live: Desk
) -> None:
    live.connection.registration.credentials.all().delete()

    answer = page.post(
        new(live), to_site(page, live, group="SG-London"), follow=True
    ).content.decode()

    assert "could not be looked up now" in answer
    assert "The group is known by its name only" in answer
    assert saved(live.connection) == [(None, "SG-London")]


def test_a_kept_group_stays_although_it_was_renamed(page: Client, live: Desk) -> None:
    group = live.group("SG-London")
    row = live.map_site(10, "London", group_id=group, group_name="SG-Old name")
    edit = url("mapping", live.connection, row.pk)

    page.post(edit, filled(page, edit, sequence="20"))

    assert saved(live.connection) == [(group, "SG-Old name")]


def test_a_group_is_dropped(page: Client, live: Desk) -> None:
    row = live.map_site(10, "London", group_id=live.group("SG"), group_name="SG")
    edit = url("mapping", live.connection, row.pk)

    page.post(edit, filled(page, edit, group_now="none", everybody="on"))

    assert saved(live.connection) == [(None, "")]


@pytest.mark.rule("R090")
def test_everybody_is_asked_about_with_their_number(page: Client, live: Desk) -> None:
    for name in ("ada", "bob", "eve"):
        live.person(name)

    answer = page.post(new(live), to_site(page, live))

    assert "everybody in the tenant: 3 people" in answer.content.decode()


@pytest.mark.rule("R100")
@pytest.mark.rule("R101")
def test_agents_come_of_a_group_and_nested_members_do_not(
    page: Client, live: Desk
) -> None:
    live.group("SG-Agents")
    role = agent_role("Analyst")

    page.post(new(live), to_agents(page, live, role, group="SG-Agents"))

    row = SiteMapping.objects.get(connection=live.connection)
    assert (row.is_agent, row.agent_role, row.site, row.nested) == (
        *(True, role, None, False),
    )


def test_everybody_never_becomes_an_agent(page: Client, live: Desk) -> None:
    form = to_agents(page, live, agent_role("Analyst"), everybody="on")

    answer = page.post(new(live), form)

    assert "everybody in the tenant would become an agent" in answer.content.decode()
    assert saved(live.connection) == []


def test_a_public_group_makes_no_agents(page: Client, live: Desk) -> None:
    live.group("Club", groupTypes=["Unified"], mailEnabled=True, visibility="Public")
    form = to_agents(page, live, agent_role("Analyst"), group="Club")

    answer = page.post(new(live), form)

    assert "Anyone in the tenant can join this public group" in answer.content.decode()


def test_a_rule_that_makes_administrators_is_confirmed(
    page: Client, live: Desk
) -> None:
    live.group(
        "Chiefs",
        groupTypes=["DynamicMembership"],
        membershipRule='user.jobTitle -eq "Chief"',
    )
    role = agent_role("Administrator", *ADMINISTRATOR)
    form = to_agents(page, live, role, group="Chiefs")

    asked = page.post(new(live), form).content.decode()
    page.post(new(live), form | {"confirm_group": "on"})

    assert "would make administrators: user.jobTitle -eq" in asked
    assert [name for _, name in saved(live.connection)] == ["Chiefs"]


def test_a_kept_group_is_looked_at_again_when_it_is_to_give_more(
    page: Client, live: Desk
) -> None:
    club = live.group(
        "Club", groupTypes=["Unified"], mailEnabled=True, visibility="Public"
    )
    row = live.map_site(10, "London", group_id=club, group_name="Club")
    edit = url("mapping", live.connection, row.pk)
    form = filled(page, edit) | {"site": "*Agent*", "user_role": ""}

    answer = page.post(edit, form)

    assert "Anyone in the tenant can join" in answer.content.decode()


def test_who_may_not_administer_gives_nobody_access(client: Client, live: Desk) -> None:
    sign_in(client, *(set(EVERYTHING) - {Permission.ADMINISTER}))
    live.group("SG")
    role = agent_role("Analyst")

    to_agents_ = client.post(new(live), to_agents(client, live, role, group="SG"))
    to_site_ = client.post(new(live), to_site(client, live, group="SG"))

    for answer in (to_agents_, to_site_):
        assert "Only somebody with the permission" in answer.content.decode()
    assert saved(live.connection) == []
    assert version(live.connection) == 1


def test_nobody_gives_a_role_that_may_more_than_they_do(
    client: Client, live: Desk
) -> None:
    sign_in(client, Permission.CONFIGURE, Permission.ADMINISTER)
    live.group("SG")
    role = agent_role("Importer", Permission.IMPORT)

    answer = client.post(new(live), to_agents(client, live, role, group="SG"))

    assert "Importer may import, and you may not" in answer.content.decode()
    assert saved(live.connection) == []
