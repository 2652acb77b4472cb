"""The list of site mappings: what it shows, its order, removal."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from directory.models import AgentRoleGrant, EndUser
from mappings.models import SiteMapping
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import (
    AgentFactory,
    AgentRoleFactory,
    EndUserFactory,
    SiteFactory,
)
from tests.factories.mappings import CriterionFactory, SiteMappingFactory
from tests.mappings.views.pages import url, version

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from connections.models import TenantConnection

HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(client: Client, connection: TenantConnection) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def three(connection: TenantConnection) -> list[SiteMapping]:
    """Return three mappings in their order."""
    return [
        SiteMappingFactory.create(connection=connection, sequence=sequence)
        for sequence in (10, 25, 30)
    ]


def order(connection: TenantConnection) -> list[tuple[int, int]]:
    """Return the mappings with their sequences, as they are tried."""
    rows = SiteMapping.objects.filter(connection=connection)
    return list(rows.order_by("sequence").values_list("pk", "sequence"))


@pytest.mark.rule("R088")
@pytest.mark.rule("R091")
def test_the_tab_has_the_guides_words(
    page: Client, connection: TenantConnection
) -> None:
    html = page.get(url("mappings", connection)).content.decode()

    fields, sites = html.index("Field Mappings</a>"), html.index("Agent/User Mappings<")
    assert fields < sites < html.index("Advanced Configuration</a>")
    assert "Site Mappings</h2>" in html
    assert 'aria-label="Add a mapping"' in html
    assert "Nobody is imported yet" in html


def test_a_mapping_is_told_in_words(page: Client, connection: TenantConnection) -> None:
    site = SiteFactory.create(name="<i>Oslo</i>")
    row = SiteMappingFactory.create(
        connection=connection, site=site, group_name="SG <b>", include_external=True
    )
    CriterionFactory.create(mapping=row)

    html = page.get(url("mappings", connection)).content.decode()

    assert "&lt;i&gt;Oslo&lt;/i&gt;" in html
    assert "SG &lt;b&gt;" in html
    assert "Department equals “Sales”" in html
    assert "and external users" in html
    assert "The group is known by its name only" in html


@pytest.mark.rule("R094")
def test_a_mapping_that_cannot_work_says_why(
    page: Client, connection: TenantConnection
) -> None:
    site = SiteFactory.create(is_active=False)
    SiteMappingFactory.create(connection=connection, site=site)

    html = page.get(url("mappings", connection)).content.decode()

    assert "is inactive: its people are neither created nor moved" in html


@pytest.mark.rule("R095")
def test_a_step_up_swaps_two_sequences(
    page: Client, connection: TenantConnection
) -> None:
    first, second, third = three(connection)
    sent = {"order": [first.pk, second.pk, third.pk], "rules_version": 1}

    answer = page.post(url("order", connection), sent | {"up": third.pk})

    assert answer.status_code == 302
    assert order(connection) == [(first.pk, 10), (third.pk, 25), (second.pk, 30)]
    assert version(connection) == 2


@pytest.mark.rule("R095")
def test_a_dragged_order_is_saved_and_shown(
    page: Client, connection: TenantConnection
) -> None:
    first, second, third = three(connection)
    sent = {"order": [third.pk, first.pk, second.pk], "rules_version": 1}

    answer = page.post(url("order", connection), sent, headers=HTMX)
    again = page.post(
        url("order", connection), sent | {"rules_version": 2}, headers=HTMX
    )

    html = answer.content.decode()
    assert "<html" not in html
    assert 'name="rules_version" value="2"' in html
    assert order(connection) == [(third.pk, 10), (first.pk, 25), (second.pk, 30)]
    assert again.status_code == 200
    assert version(connection) == 2


def test_an_order_of_other_mappings_changes_nothing(
    page: Client, connection: TenantConnection
) -> None:
    first, second, third = three(connection)
    before = order(connection)
    foreign = SiteMappingFactory.create()
    for keys, seen in (
        ([first.pk, second.pk], 1),
        ([first.pk, first.pk, second.pk], 1),
        ([second.pk, first.pk, foreign.pk], 1),
        ([second.pk, first.pk, third.pk], 9),
    ):
        answer = page.post(
            url("order", connection),
            {"order": keys, "rules_version": seen},
            follow=True,
        )

        assert "Nothing was moved" in answer.content.decode()
    assert order(connection) == before
    assert version(connection) == 1


def test_the_first_goes_no_further_up(
    page: Client, connection: TenantConnection
) -> None:
    first, second, third = three(connection)
    sent = {"order": [first.pk, second.pk, third.pk], "rules_version": 1}

    page.post(url("order", connection), sent | {"up": first.pk})

    assert version(connection) == 1


def test_what_a_removed_mapping_gave_is_left_to_the_next_run(
    page: Client, connection: TenantConnection
) -> None:
    row = SiteMappingFactory.create(connection=connection)
    user = EndUserFactory.create(site=row.site, site_set_by=connection)
    address = url("mapping-remove", connection, row.pk)

    shown = page.get(address).content.decode()
    page.post(address, {"rules_version": 1, "given": "take"})
    user.refresh_from_db()

    assert ">1</b> person has this site" in shown
    assert not SiteMapping.objects.exists()
    assert (user.site_set_by, user.revision) == (connection, 1)


def test_what_a_removed_mapping_gave_may_stay_as_given_by_hand(
    page: Client, connection: TenantConnection
) -> None:
    row = SiteMappingFactory.create(connection=connection)
    kept = EndUserFactory.create(site=row.site, site_set_by=connection)
    other = EndUserFactory.create(site_set_by=connection)
    address = url("mapping-remove", connection, row.pk)

    page.post(address, {"rules_version": 1, "given": "keep"})

    given = dict(EndUser.objects.values_list("pk", "site_set_by"))
    assert given == {kept.pk: None, other.pk: connection.pk}
    kept.refresh_from_db()
    assert kept.revision == 2
    assert version(connection) == 2


def test_a_removed_agent_mapping_may_leave_its_role(
    page: Client, connection: TenantConnection
) -> None:
    role, agent = AgentRoleFactory.create(), AgentFactory.create()
    row = SiteMappingFactory.create(
        connection=connection, is_agent=True, site=None, agent_role=role
    )
    grant = AgentRoleGrant.objects.create(agent=agent, role=role, granted_by=connection)
    address = url("mapping-remove", connection, row.pk)

    page.post(address, {"rules_version": 1, "given": "keep"})
    grant.refresh_from_db()

    assert grant.granted_by is None


def test_a_removal_of_an_old_page_is_refused(
    page: Client, connection: TenantConnection
) -> None:
    row = SiteMappingFactory.create(connection=connection)

    answer = page.post(
        url("mapping-remove", connection, row.pk), {"rules_version": 9}, follow=True
    )

    assert "Somebody changed the rules" in answer.content.decode()
    assert SiteMapping.objects.exists()


def test_only_administrators_remove_what_gives_access(
    client: Client, connection: TenantConnection
) -> None:
    sign_in(client, Permission.CONFIGURE)
    row = SiteMappingFactory.create(connection=connection, is_agent=True, site=None)
    address = url("mapping-remove", connection, row.pk)

    answer = client.post(address, {"rules_version": 1})

    assert answer.status_code == 403
    assert "Only somebody with the permission" in answer.content.decode()
    assert SiteMapping.objects.exists()


def test_other_organisations_are_not_told(
    client: Client, connection: TenantConnection
) -> None:
    mine, foreign = SiteFactory.create(), SiteFactory.create()
    sign_in(client, Permission.CONFIGURE, organisations=[mine.organisation])
    SiteMappingFactory.create(connection=connection, site=mine)
    hidden = SiteMappingFactory.create(connection=connection, site=foreign)

    html = client.get(url("mappings", connection)).content.decode()
    answer = client.get(url("mapping-remove", connection, hidden.pk))

    assert mine.name in html
    assert str(foreign) not in html
    assert "an organisation that you may not see" in html
    assert answer.status_code == 404


def test_only_those_who_configure_come_in(
    client: Client, connection: TenantConnection
) -> None:
    sign_in(client, *(set(Permission) - {Permission.CONFIGURE}))
    row = SiteMappingFactory.create(connection=connection)

    for name in ("mappings", "mapping-types", "groups"):
        assert client.get(url(name, connection)).status_code == 403
    for name in ("mapping", "mapping-remove"):
        assert client.get(url(name, connection, row.pk)).status_code == 403
    assert client.post(url("order", connection)).status_code == 403


def test_ordering_takes_a_post(page: Client, connection: TenantConnection) -> None:
    assert page.get(url("order", connection)).status_code == 405


def test_two_hundred_mappings_are_one_light_page(
    page: Client,
    connection: TenantConnection,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(200):
        CriterionFactory.create(
            mapping=SiteMappingFactory.create(
                connection=connection,
                group_id=uuid.uuid4(),
                group_name=f"SG-Office {number}",
            )
        )

    with django_assert_max_num_queries(8):
        answer = page.get(url("mappings", connection))

    assert len(answer.content) < 150_000
