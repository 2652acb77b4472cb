"""How many people each mapping matches, and who, as a browser sees it (R109)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.urls import reverse

from common.rights import Permission
from imports import tasks
from imports.models import MirrorGroup
from imports.recount import recount
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import SiteFactory
from tests.factories.mappings import SiteMappingFactory
from tests.imports.views.steps import authorised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from django.test import Client

    from mappings.models import SiteMapping
    from tests.bench import Desk

    Committed = Callable[..., AbstractContextManager[list[Callable[[], object]]]]

HTMX = {"HX-Request": "true"}


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


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The connections that are to be counted, instead of messages."""
    found: list[int] = []
    monkeypatch.setattr(tasks.count, "delay", found.append)
    return found


def address(name: str, desk: Desk, *more: int) -> str:
    """Return an address of the connection's numbers."""
    return reverse(f"imports:{name}", args=[desk.connection.pk, *more])


def read_in(desk: Desk) -> tuple[SiteMapping, SiteMapping]:
    """Return two mappings of people who were read: ann is in both, bob in the first."""
    ann, bob = desk.person("ann"), desk.person("bob")
    first = desk.map_site(
        10, "London", group_id=desk.group("SG", [ann, bob]), group_name="SG"
    )
    second = desk.map_site(
        20, "Leeds", group_id=desk.group("SG-2", [ann]), group_name="SG-2"
    )
    authorised(desk)
    desk.preview()
    return first, second


@pytest.mark.rule("R109")
def test_each_mapping_says_how_many_people_it_matches(page: Client, desk: Desk) -> None:
    first, _ = read_in(desk)
    recount(desk.connection)

    html = page.get(address("matches", desk), headers=HTMX).content.decode()

    assert "<html" not in html
    assert f'id="m{first.pk}" hx-swap-oob="innerHTML"' in html
    assert f'href="{address("mapping-people", desk, first.pk)}"' in html
    assert ">2</a>" in html
    assert "0 come here, an earlier mapping has the others" in html
    assert "2 people are in the tenant" in html


@pytest.mark.rule("R109")
def test_who_is_matched_is_listed_by_pages(
    page: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imports.coverage.PAGE", 1)
    first, second = read_in(desk)
    recount(desk.connection)

    html = page.get(address("mapping-people", desk, first.pk)).content.decode()
    last = page.get(address("mapping-people", desk, second.pk)).content.decode()

    assert "<bdi>Ann</bdi>" in html
    assert "<bdi>Bob</bdi>" not in html
    assert 'rel="next"' in html
    assert "Decides the site" in html
    assert "An earlier one decides" in last
    assert "/ London</bdi>" in last


def test_a_page_without_script_says_the_same(page: Client, desk: Desk) -> None:
    read_in(desk)
    recount(desk.connection)

    html = page.get(address("matches", desk)).content.decode()

    assert "<h2" in html
    assert ">2</a>" in html
    assert "Count now</button>" in html


def test_a_count_is_left_to_a_worker_and_rung_for_once(
    page: Client,
    desk: Desk,
    rung: list[int],
    django_capture_on_commit_callbacks: Committed,
) -> None:
    read_in(desk)

    with django_capture_on_commit_callbacks(execute=True):
        page.post(address("count", desk))
        page.post(address("count", desk))
    waiting = page.get(address("matches", desk), headers=HTMX).content.decode()
    tasks.count(desk.connection.pk)
    ready = page.get(
        address("matches", desk) + "?asked=1", headers=HTMX
    ).content.decode()

    assert rung == [desk.connection.pk]
    assert "asked=1" in waiting
    assert "Counting whom each mapping matches" in waiting
    assert "2 people are in the tenant" in ready


def test_the_page_does_not_ask_for_ever(page: Client, desk: Desk) -> None:
    authorised(desk)
    cache.set(tasks.counting_key(desk.connection.pk), "1")

    html = page.get(
        address("matches", desk) + "?asked=60", headers=HTMX
    ).content.decode()

    assert "hx-get" not in html


def test_a_changed_mapping_is_counted_anew_unasked(page: Client, desk: Desk) -> None:
    read_in(desk)
    recount(desk.connection)
    is_current = page.get(address("matches", desk), headers=HTMX).content.decode()
    desk.rules_changed()

    html = page.get(address("matches", desk), headers=HTMX).content.decode()

    assert 'hx-trigger="load, submit"' not in is_current
    assert 'hx-trigger="load, submit"' in html
    assert "Something has changed since." in html


def test_a_group_says_that_it_is_gone_or_renamed(page: Client, desk: Desk) -> None:
    first, second = read_in(desk)
    groups = MirrorGroup.objects.filter(connection=desk.connection)
    groups.filter(group_id=str(first.group_id)).update(
        state="gone", error="It is gone <b>."
    )
    groups.filter(group_id=str(second.group_id)).update(name="SG-Two")

    html = page.get(address("matches", desk), headers=HTMX).content.decode()

    assert "The group decides nothing: <bdi>It is gone &lt;b&gt;.</bdi>" in html
    assert "Now called <bdi>SG-Two</bdi>, renamed from <bdi>SG-2</bdi>" in html


def test_a_mapping_that_is_off_or_new_is_not_counted(page: Client, desk: Desk) -> None:
    read_in(desk)
    recount(desk.connection)
    off = desk.map_site(30, "Rome", enabled=False)
    desk.map_site(40, "Oslo")
    desk.rules_changed()

    html = page.get(address("matches", desk), headers=HTMX).content.decode()

    cells = html.split('hx-swap-oob="innerHTML">')
    off_cell = next(
        cell
        for before, cell in pairwise(cells)
        if before.rstrip().endswith(f'id="m{off.pk}"')
    )
    assert '<span class="muted">off</span>' in off_cell
    assert "not counted" in html


def test_other_organisations_and_connections_are_not_told(
    client: Client, desk: Desk
) -> None:
    mine = SiteFactory.create()
    sign_in(client, Permission.CONFIGURE, organisations=[mine.organisation])
    first, _ = read_in(desk)
    recount(desk.connection)
    foreign = SiteMappingFactory.create(
        connection=TenantConnectionFactory.create(), site=mine
    )

    html = client.get(address("matches", desk), headers=HTMX).content.decode()

    assert f'id="m{first.pk}"' not in html
    for key in (first.pk, foreign.pk):
        answer = client.get(address("mapping-people", desk, key))
        assert answer.status_code == 404


def test_only_those_who_configure_come_in(client: Client, desk: Desk) -> None:
    sign_in(client, *(set(EVERYTHING) - {Permission.CONFIGURE}))
    row = desk.map_site(10, "London")

    assert client.get(address("matches", desk)).status_code == 403
    assert client.post(address("count", desk)).status_code == 403
    assert client.get(address("mapping-people", desk, row.pk)).status_code == 403


def test_counting_takes_a_post(page: Client, desk: Desk) -> None:
    assert page.get(address("count", desk)).status_code == 405
