"""On people's pages: where values come from, and linking by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from common.rights import Permission
from directory.models import EndUser
from imports.models import Decision
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import AgentFactory, EndUserFactory, SiteFactory

if TYPE_CHECKING:
    from django.test import Client

    from directory.models import Agent
    from tests.bench import Desk

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(client: Client) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def at(name: str, record: EndUser | Agent) -> str:
    """Return an address of a record."""
    return reverse(f"imports:{name}", args=[record.pk])


def imported(desk: Desk) -> EndUser:
    desk.person("ann", department="<Sales>")
    desk.map_site(10, "London")
    desk.run()
    return EndUser.objects.get()


def test_each_value_tells_its_field_its_rule_and_its_run(
    page: Client, desk: Desk
) -> None:
    record = imported(desk)
    html = page.get(at("user-source", record), headers=HTMX).content.decode()
    assert "<html" not in html
    assert "<td><bdi>&lt;Sales&gt;</bdi></td><td>Department</td>" in html
    assert "Always: the next sync puts Entra&#x27;s value back" in html
    run = desk.connection.runs.get()
    assert f'<a href="/runs/{run.pk}/">run {run.pk}</a>' in html
    assert "Yours: no run touches it" in html
    assert "Import this person now" in html
    assert "/explain/?connection=" in html


def test_the_persons_page_loads_it_and_links_to_it(page: Client, desk: Desk) -> None:
    record, agent = imported(desk), AgentFactory.create()
    user_page = page.get(reverse("directory:user", args=[record.pk])).content.decode()
    agent_page = page.get(reverse("directory:agent", args=[agent.pk])).content.decode()
    assert f'hx-get="{at("user-source", record)}"' in user_page
    assert f'href="{at("agent-source", agent)}"' in agent_page
    whole = page.get(at("agent-source", agent)).content.decode()
    assert "<h1>" in whole
    assert "left alone by every run" in whole


def test_a_record_is_linked_by_hand(page: Client, desk: Desk) -> None:
    desk.person("ann")
    desk.preview()
    record = EndUserFactory.create()
    form = {
        "connection": str(desk.connection.pk),
        "who": desk.address("ann"),
        "revision": str(record.revision),
    }
    assert "Whose record it is" in page.get(at("user-link", record)).content.decode()
    answer = page.post(at("user-link", record), form)
    assert answer["Location"] == reverse("directory:user", args=[record.pk])
    record.refresh_from_db()
    assert record.source == desk.connection


def test_what_is_wrong_with_a_link_stands_at_the_field(
    page: Client, desk: Desk
) -> None:
    record = EndUserFactory.create()
    form = {"connection": str(desk.connection.pk), "who": "<zoe>", "revision": "1"}
    answer = page.post(at("user-link", record), form)
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "errorlist" in html
    assert 'value="&lt;zoe&gt;"' in html
    desk.person("ann")
    desk.preview()
    stale = form | {"who": desk.address("ann"), "revision": "99"}
    answer = page.post(at("user-link", record), stale)
    assert "changed this record meanwhile" in answer.content.decode()


def test_unlinking_tells_its_consequence_and_keeps_the_person_out(
    page: Client, desk: Desk
) -> None:
    record = imported(desk)
    html = page.get(at("user-unlink", record)).content.decode()
    assert "No run changes this record any more" in html
    form = {"then": "leave_out", "revision": str(record.revision)}
    answer = page.post(at("user-unlink", record), form)
    assert answer["Location"] == reverse("directory:user", args=[record.pk])
    record.refresh_from_db()
    assert record.entra_object_id is None
    assert Decision.objects.get().verdict == "leave_out"
    again = page.post(at("user-unlink", record), form | {"revision": "3"})
    assert again.status_code == 400


def test_agents_are_linked_by_administrators_only(client: Client) -> None:
    agent, user = AgentFactory.create(), EndUserFactory.create()
    sign_in(client, *(set(EVERYTHING) - {Permission.ADMINISTER}))
    for name in ("agent-link", "agent-unlink"):
        assert client.get(at(name, agent)).status_code == 403
        assert client.post(at(name, agent)).status_code == 403
    assert client.get(at("user-link", user)).status_code == 200
    shown = client.get(at("agent-source", agent)).content.decode()
    assert at("agent-link", agent) not in shown


def test_records_of_other_organisations_are_not_there(client: Client) -> None:
    other = EndUserFactory.create()
    mine = EndUserFactory.create(site=SiteFactory.create())
    sign_in(client, *EVERYTHING, organisations=[mine.site.organisation])
    assert client.get(at("user-source", other)).status_code == 404
    assert client.get(at("user-source", mine)).status_code == 200
    # Linking finds people of the whole tenant: it takes an agent who sees everybody.
    assert client.get(at("user-link", mine)).status_code == 403
    assert client.post(at("user-unlink", mine)).status_code == 403
