"""*Reset Deltas* by its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from directory.models import EndUser
from imports.models import Cursor, SyncSchedule
from imports.words import RunKind, Walk
from tests.desk_agents import EVERYTHING, sign_in
from tests.imports.views.steps import authorised

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(desk: Desk, client: Client) -> Desk:
    """A connection whose delta stands after one sync."""
    sign_in(client, *EVERYTHING)
    authorised(desk)
    SyncSchedule.objects.create(connection=desk.connection, delta=True)
    desk.map_site(10, "London")
    desk.person("anna")
    desk.run(RunKind.DELTA, walk=Walk.DELTA)
    return desk


def address(desk: Desk, name: str = "reset-deltas") -> str:
    return reverse(f"imports:{name}", args=[desk.connection.pk])


@pytest.mark.rule("R143")
@pytest.mark.rule("R144")
def test_the_page_offers_both_ways_and_says_what_each_costs(
    ready: Desk, client: Client
) -> None:
    assert "Reset Deltas" in client.get(address(ready, "imports")).content.decode()
    page = client.get(address(ready)).content.decode()
    assert "Clear the delta" in page
    assert "Get the latest delta" in page
    assert "changes made before now are skipped" in page


@pytest.mark.rule("R145")
def test_clearing_makes_the_next_sync_a_full_one(ready: Desk, client: Client) -> None:
    tab = address(ready, "imports")
    assert "Next sync: full" not in client.get(tab).content.decode()
    client.post(address(ready), {"mode": "clear"})
    assert not Cursor.objects.exclude(link="").exists()
    assert "Next sync: full" in client.get(tab).content.decode()
    assert ready.run(RunKind.DELTA, walk=Walk.DELTA).walk == Walk.FULL


@pytest.mark.rule("R144")
def test_the_latest_delta_skips_what_changed_before(
    ready: Desk, client: Client
) -> None:
    ready.person("ben")
    client.post(address(ready), {"mode": "latest"})
    ready.person("cara")
    run = ready.run(RunKind.DELTA, walk=Walk.DELTA)
    assert run.walk == Walk.DELTA
    names = set(EndUser.objects.values_list("name", flat=True))
    assert names == {"Anna", "Cara"}


def test_a_tenant_that_does_not_answer_leaves_the_delta_as_it_is(
    ready: Desk, client: Client
) -> None:
    before = list(Cursor.objects.values_list("link", flat=True))
    ready.admin.fault(path="/v1.0/users/delta", status=403)
    answer = client.post(address(ready), {"mode": "latest"})
    assert answer.status_code == 400
    assert "403 Forbidden" in answer.content.decode()
    assert list(Cursor.objects.values_list("link", flat=True)) == before


@pytest.mark.parametrize("sent", [{}, {"mode": "both"}])
def test_one_of_the_two_ways_must_be_chosen(
    ready: Desk, client: Client, sent: dict[str, str]
) -> None:
    answer = client.post(address(ready), sent)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert Cursor.objects.exclude(link="").exists()
