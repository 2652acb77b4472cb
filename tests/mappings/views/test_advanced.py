"""The settings of Advanced Configuration, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from common.rights import Permission
from mappings.models import AgentLicensing, AgentSettings, GuardLimits, LeaverPolicy
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import (
    AgentRoleFactory,
    SiteFactory,
    TeamFactory,
    UserRoleFactory,
)
from tests.mappings.views.pages import url, version

if TYPE_CHECKING:
    from django.test import Client

    from connections.models import TenantConnection


@pytest.fixture
def page(client: Client, connection: TenantConnection) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def save(
    page: Client, connection: TenantConnection, section: str, **fields: Any
) -> Any:
    """Send one section; return the answer."""
    fields.setdefault("rules_version", version(connection))
    sent = {f"{section}-{name}": value for name, value in fields.items()}
    return page.post(url("settings", connection, section), sent)


@pytest.mark.rule("R119")
def test_the_sections_stand_in_the_guides_order(
    page: Client, connection: TenantConnection
) -> None:
    html = page.get(url("advanced", connection)).content.decode()

    places = [
        html.index(f"{title}</h2>")
        for title in (
            "Agent Role mappings",
            "Change Advisory Board (CAB) mappings",
            "Agent licensing",
            "Agents of this connection",
            "People who leave",
            "Safety limits",
        )
    ]
    assert places == sorted(places)
    assert "not about Microsoft 365 licences" in html


@pytest.mark.rule("R120")
def test_licensed_roles_are_ticked(page: Client, connection: TenantConnection) -> None:
    role = AgentRoleFactory.create()

    save(page, connection, "licensing", enabled="on", licensed_roles=[role.pk])
    row = AgentLicensing.objects.get(connection=connection)

    assert row.enabled
    assert list(row.licensed_roles.all()) == [role]
    assert version(connection) == 2
    save(page, connection, "licensing", enabled="on", licensed_roles=[role.pk])
    assert version(connection) == 2
    save(page, connection, "licensing", licensed_roles=[])
    assert list(row.licensed_roles.all()) == []


@pytest.mark.rule("R121")
def test_agent_licensing_without_a_role_is_refused(
    page: Client, connection: TenantConnection
) -> None:
    answer = save(page, connection, "licensing", enabled="on")

    assert answer.status_code == 400
    assert "Name at least one licensed role" in answer.content.decode()
    assert not AgentLicensing.objects.exists()


def test_agents_get_team_site_and_role(
    page: Client, connection: TenantConnection
) -> None:
    team, site, role = (
        TeamFactory.create(),
        SiteFactory.create(),
        UserRoleFactory.create(),
    )

    save(
        page,
        connection,
        "agents",
        default_team_id=team.pk,
        user_site_id=site.pk,
        user_role_id=role.pk,
    )

    row = AgentSettings.objects.get(connection=connection)
    assert (row.default_team, row.user_site, row.user_role) == (team, site, role)
    assert row.remove_roles is False
    save(page, connection, "agents", remove_roles="on")
    row.refresh_from_db()
    assert (row.user_site, row.remove_roles) == (None, True)


def test_a_team_that_is_gone_is_said(
    page: Client, connection: TenantConnection
) -> None:
    answer = save(page, connection, "agents", default_team_id="99")

    assert "This is gone: choose another one." in answer.content.decode()
    assert not AgentSettings.objects.exists()


def test_leavers_are_treated_as_chosen(
    page: Client, connection: TenantConnection
) -> None:
    chosen = {
        "disabled": "flag",
        "deleted": "deactivate",
        "unmatched": "leave",
        "agents_unmatched": "flag",
    }

    save(page, connection, "leavers", **chosen)

    row = LeaverPolicy.objects.get(connection=connection)
    assert {name: getattr(row, name) for name in chosen} == chosen


def test_the_defaults_need_no_row(page: Client, connection: TenantConnection) -> None:
    save(page, connection, "guard", people=10, percent=10, new_sites=25)

    assert not GuardLimits.objects.exists()
    assert version(connection) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("people", -1), ("percent", 101), ("new_sites", "many")]
)
def test_limits_that_mean_nothing_are_refused(
    page: Client, connection: TenantConnection, field: str, value: object
) -> None:
    limits = {"people": 5, "percent": 5, "new_sites": 5} | {field: value}

    answer = save(page, connection, "guard", **limits)

    assert f'id="id_guard-{field}_error"' in answer.content.decode()
    assert f'value="{value}"' in answer.content.decode()
    assert not GuardLimits.objects.exists()


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    page: Client, connection: TenantConnection
) -> None:
    save(page, connection, "guard", people=5, percent=5, new_sites=5)

    answer = save(
        page, connection, "guard", people=9, percent=9, new_sites=9, rules_version=1
    )

    assert "Somebody changed the rules" in answer.content.decode()
    assert 'value="9"' in answer.content.decode()
    assert GuardLimits.objects.get().people == 5


def test_what_gives_access_is_for_administrators(
    client: Client, connection: TenantConnection
) -> None:
    sign_in(client, *(set(EVERYTHING) - {Permission.ADMINISTER}))

    agents = save(client, connection, "agents", remove_roles="on")
    licensing = save(client, connection, "licensing")
    guard = save(client, connection, "guard", people=5, percent=5, new_sites=5)

    for answer in (agents, licensing):
        assert "Only somebody with the permission" in answer.content.decode()
    assert guard.status_code == 302
    assert not AgentSettings.objects.exists()


def test_a_section_is_saved_by_those_who_configure(
    client: Client, connection: TenantConnection
) -> None:
    sign_in(client, *(set(EVERYTHING) - {Permission.CONFIGURE}))

    assert save(client, connection, "guard").status_code == 403


def test_a_section_takes_a_post_and_must_be_there(
    page: Client, connection: TenantConnection
) -> None:
    assert page.get(url("settings", connection, "guard")).status_code == 405
    assert save(page, connection, "moods").status_code == 404
