"""*Explain* in the browser, and what would change if somebody were different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from common.rights import Permission
from directory.models import EndUser
from imports.models import MirrorMembership, MirrorUser
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import SiteFactory

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def ask(client: Client, desk: Desk, who: str, status: int = 200, **more: str) -> str:
    """Return the page about somebody."""
    query = {"connection": str(desk.connection.pk), "who": who, **more}
    answer = client.get(reverse("imports:explain"), query)
    assert answer.status_code == status
    return answer.content.decode()


def staffed(desk: Desk) -> Any:
    """Return the group that decides; ann in Sales is in it, and imported to London."""
    group = desk.group("SG-London", [desk.person("ann", department="Sales")])
    desk.map_site(10, "London", group_id=group, group_name="SG-London")
    sales = desk.map_site(20, "Leeds")
    sales.criteria.create(field="department", operator="equals", value="Sales")
    desk.run()
    return group


def test_the_page_asks_for_a_person(page: Client, desk: Desk) -> None:
    html = page.get(reverse("imports:explain")).content.decode()
    assert "Why is somebody where they are?" in html
    assert f'<option value="{desk.connection.pk}" selected>' in html


def test_every_mapping_is_told_with_every_test(page: Client, desk: Desk) -> None:
    staffed(desk)
    html = ask(page, desk, desk.address("ann"))
    assert "10: <bdi>Acme / London</bdi>" in html
    assert "Member of the group" in html
    assert "<bdi>SG-London</bdi>" in html
    assert "Matches too, but an earlier one decides" in html
    assert "Department equals" in html
    assert "found by its Entra id" in html
    assert "Nothing to do" in html


def test_what_would_change_if_an_attribute_were_different(
    page: Client, desk: Desk
) -> None:
    staffed(desk)
    before = list(MirrorUser.objects.values())
    html = ask(
        page, desk, desk.address("ann"), attribute="displayName", value="An <b>n"
    )
    assert "The next run would then do this" in html
    assert "<ins><bdi>An &lt;b&gt;n</bdi></ins>" in html
    assert list(MirrorUser.objects.values()) == before
    same = ask(page, desk, desk.address("ann"), attribute="displayName", value="Ann")
    assert "Nothing would change" in same


def test_what_would_change_if_a_group_were_left(page: Client, desk: Desk) -> None:
    group = staffed(desk)
    html = ask(page, desk, desk.address("ann"), membership="left", group=str(group))
    assert "<del><bdi>Acme / London</bdi></del>" in html
    assert "<ins><bdi>Acme / Leeds</bdi></ins>" in html
    assert "Mapping 10" in html
    assert MirrorMembership.objects.filter(group_id=group).exists()
    assert EndUser.objects.get().site == desk.site("London")


def test_an_odd_supposition_is_told(page: Client, desk: Desk) -> None:
    staffed(desk)
    ann = desk.address("ann")
    html = ask(page, desk, ann, attribute="accountEnabled", value="perhaps")
    assert "either true or false" in html
    assert 'value="perhaps"' in html
    assert "Choose the group." in ask(page, desk, ann, membership="joined")


def test_somebody_unknown_is_told_at_the_field(page: Client, desk: Desk) -> None:
    html = ask(page, desk, "<nobody>", status=404)
    assert "Nobody whom you may see" in html
    assert "&lt;nobody&gt;" in html
    assert "errorlist" in ask(page, desk, "", status=400)


def test_agents_explain_people_of_their_organisations_only(
    client: Client, desk: Desk
) -> None:
    staffed(desk)
    desk.person("bob", department="Else")
    desk.run()
    other = SiteFactory.create().organisation
    sign_in(client, Permission.VIEW, organisations=[desk.organisation])
    assert "London" in ask(client, desk, desk.address("ann"))
    ask(client, desk, desk.address("bob"), status=404)
    sign_in(client, Permission.VIEW, organisations=[other])
    ask(client, desk, desk.address("ann"), status=404)


def test_importing_is_offered_to_those_who_may(client: Client, desk: Desk) -> None:
    staffed(desk)
    sign_in(client, Permission.VIEW)
    assert "Import this person now" not in ask(client, desk, desk.address("ann"))
