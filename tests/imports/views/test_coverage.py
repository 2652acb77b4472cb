"""*Coverage*: whom nothing matches, whom several do, and when that was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.urls import reverse

from common.rights import Permission
from imports import tasks
from imports.recount import recount
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from django.test import Client

    from tests.bench import Desk

    Committed = Callable[..., AbstractContextManager[list[Callable[[], object]]]]


@pytest.fixture(autouse=True)
def _no_count_under_way(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def page(client: Client) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def shown(client: Client, **query: str) -> str:
    answer = client.get(reverse("imports:coverage"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def counted(desk: Desk) -> None:
    """Count ann, who is matched twice, bob, once, and zoe, by nothing."""
    ann, bob = desk.person("ann", displayName="Ann <a>"), desk.person("bob")
    desk.person("zoe")
    desk.map_site(10, "London", group_id=desk.group("A", [ann, bob]), group_name="A")
    desk.map_site(20, "Leeds", group_id=desk.group("B", [ann]), group_name="B")
    desk.preview()
    recount(desk.connection)


@pytest.mark.rule("R108")
def test_who_is_matched_by_nothing_and_by_several_is_listed(
    page: Client, desk: Desk
) -> None:
    counted(desk)
    nothing, several = shown(page, show="unmatched"), shown(page, show="several")
    assert f"<bdi>{desk.address('zoe')}</bdi>" in nothing
    assert "<bdi>Ann &lt;a&gt;</bdi>" not in nothing
    assert "<bdi>Ann &lt;a&gt;</bdi>" in several
    assert "<bdi>10: Acme / London</bdi>" in several
    assert "matches too" in several
    assert "<bdi>Bob</bdi>" not in several
    assert "Nobody." in shown(page, show="undecided")


@pytest.mark.rule("R109")
def test_each_mapping_tells_whom_it_matches_and_decides_for(
    page: Client, desk: Desk
) -> None:
    counted(desk)
    html = shown(page)
    assert "Up to date" in html
    assert "3</span> people are in the tenant" in html
    first = desk.connection.site_mappings.get(sequence=10)
    who = reverse("imports:mapping-people", args=[desk.connection.pk, first.pk])
    assert f'href="{who}"' in html


def test_a_count_says_that_it_is_out_of_date(page: Client, desk: Desk) -> None:
    counted(desk)
    desk.map_site(30, "Rome", enabled=False)
    desk.map_site(40, "Oslo")
    desk.rules_changed()
    html = shown(page)
    assert "Out of date" in html
    assert "not counted" in html
    assert ">off<" in html


def test_lists_go_on_by_the_page(
    page: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for upn in ("ann", "bob"):
        desk.person(upn)
    desk.preview()
    recount(desk.connection)
    monkeypatch.setattr("imports.coverage.PAGE", 1)
    first = shown(page, show="unmatched")
    assert first.count("/explain/?") == 1
    after = first.split("after=")[1].split("#")[0]
    second = shown(page, show="unmatched", after=after)
    assert second.count("/explain/?") == 1
    assert 'rel="next"' not in second
    assert "First page" in second
    assert shown(page, show="unmatched", after="9" * 30).count("/explain/?") == 1


def test_a_count_is_left_to_a_worker(
    page: Client,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(tasks.count, "delay", rung.append)
    assert "Not counted yet" in shown(page)
    address = reverse("imports:coverage-count", args=[desk.connection.pk])
    with django_capture_on_commit_callbacks(execute=True):
        answer = page.post(address)
    assert rung == [desk.connection.pk]
    assert answer["Location"] == f"/coverage/?connection={desk.connection.pk}"
    waiting = shown(page)
    assert "A count is under way" in waiting
    assert "asked=1" in waiting
    assert "hx-trigger" not in shown(page, asked="60").split('id="coverage"')[1][:300]


def test_without_a_connection_the_page_says_what_to_do(page: Client) -> None:
    assert "No connection yet" in shown(page)
    assert page.get("/coverage/", {"connection": "7"}).status_code == 404


def test_it_is_for_agents_who_see_everybody(client: Client, desk: Desk) -> None:
    sign_in(client, *EVERYTHING, organisations=[OrganisationFactory.create()])
    assert client.get(reverse("imports:coverage")).status_code == 403
    address = reverse("imports:coverage-count", args=[desk.connection.pk])
    assert client.post(address).status_code == 403
    sign_in(client, Permission.VIEW)
    assert "Count now" not in shown(client)
    assert client.post(address).status_code == 403
