"""The tab Inbound Requests: what Microsoft reported, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from common.rights import Permission
from directory.models import EndUser
from imports import purge, runs
from imports.engine.types import Action
from imports.models import Run, RunItem
from imports.words import Outcome, RunKind, Trigger, Walk
from tests import bench
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import SiteFactory
from tests.factories.imports import RunFactory, RunItemFactory
from tests.imports.integrator import scheduled
from tests.imports.leaving import remove
from tests.imports.views.steps import authorised, worker

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def delta(desk: Desk) -> Run:
    return desk.run(RunKind.DELTA, walk=Walk.DELTA)


def reported(desk: Desk) -> RunItem:
    """Return the entry of ann, whose name Microsoft reported to have changed."""
    authorised(desk)
    ann = desk.person("ann")
    desk.map_site(10, "London")
    delta(desk)
    desk.change(ann, displayName="Anna <i>")
    return delta(desk).items.get(kind="users", stage="apply")


def tab(client: Client, desk: Desk, **query: str) -> str:
    answer = client.get(reverse("imports:inbound", args=[desk.connection.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.rule("R149d")
def test_each_reported_update_has_one_entry(page: Client, desk: Desk) -> None:
    item = reported(desk)
    entry = reverse("imports:inbound-entry", args=[item.pk])
    for shown in (tab(page, desk), page.get("/inbound-requests/").content.decode()):
        assert shown.count(entry) == 1
        assert "Anna &lt;i&gt;" in shown
        assert "Updated" in shown


@pytest.mark.rule("R149e")
def test_an_entry_tells_what_was_sent_tested_applied_and_changed(
    page: Client, desk: Desk
) -> None:
    item = reported(desk)
    html = page.get(reverse("imports:inbound-entry", args=[item.pk])).content.decode()
    assert "What Microsoft sent" in html
    assert "<dt>Display Name</dt><dd><bdi>Anna &lt;i&gt;</bdi></dd>" in html
    assert "10: <bdi>Acme / London</bdi>" in html
    assert "Mapping applied: 10." in html
    assert "<del><bdi>Ann</bdi></del>" in html
    assert f"/runs/{item.run_id}/" in html


@pytest.mark.rule("R149f")
def test_entries_are_filtered_and_searched(page: Client, desk: Desk) -> None:
    reported(desk)
    for query in (
        {"result": "updated"},
        {"query": "ANNA"},
        {"query": f"ann@{desk.tenant.domain}"},
        {"result": "odd"},
    ):
        assert "/inbound-requests/" in tab(page, desk, **query).split("<tbody>")[-1]
        assert "No entry matches" not in tab(page, desk, **query)
    assert "No entry matches" in tab(page, desk, result="error")
    assert "No entry matches" in tab(page, desk, query="zoe")
    every = page.get("/inbound-requests/", {"connection": "0"}).content.decode()
    assert "No inbound requests yet" in every


@pytest.mark.parametrize(
    ("action", "outcome", "result"),
    [
        (Action.CREATE, Outcome.APPLIED, "created"),
        (Action.MOVE, Outcome.APPLIED, "updated"),
        (Action.NONE, Outcome.PLANNED, "none"),
        (Action.SKIP, Outcome.PLANNED, "skipped"),
        (Action.REVIEW, Outcome.PLANNED, "review"),
        (Action.DEACTIVATE, Outcome.HELD, "waiting"),
        (Action.UPDATE, Outcome.FAILED, "error"),
        (Action.UPDATE, Outcome.STALE, "error"),
    ],
)
def test_every_result_is_found_by_its_filter(
    page: Client, action: Action, outcome: Outcome, result: str
) -> None:
    run = RunFactory.create(kind=RunKind.DELTA)
    item = RunItemFactory.create(run=run, action=action, outcome=outcome, sent={})
    for name in ("created", "updated", "none", "skipped", "review", "waiting", "error"):
        shown = page.get("/inbound-requests/", {"result": name}).content.decode()
        assert (f"/inbound-requests/{item.pk}/" in shown) is (name == result), name


def test_manual_imports_have_no_entries(page: Client, desk: Desk) -> None:
    authorised(desk)
    desk.person("ann")
    desk.map_site(10, "London")
    item = desk.run().items.get(kind="users")
    assert "No inbound requests yet" in tab(page, desk)
    answer = page.get(reverse("imports:inbound-entry", args=[item.pk]))
    assert answer.status_code == 404


def test_one_person_is_tried_again(page: Client, desk: Desk) -> None:
    item = reported(desk)
    desk.change(item.object_id, displayName="Annabel")
    address = reverse(
        "imports:import-person", args=[desk.connection.pk, item.object_id]
    )
    answer = page.post(address)
    worker()
    run = Run.objects.latest("pk")
    assert answer["Location"] == reverse("imports:run", args=[run.pk])
    assert run.only == str(item.object_id)
    assert EndUser.objects.get().name == "Annabel"


def test_trying_again_needs_the_permission_to_import(
    client: Client, desk: Desk
) -> None:
    item = reported(desk)
    sign_in(client, Permission.VIEW)
    html = client.get(reverse("imports:inbound-entry", args=[item.pk]))
    assert "Try again" not in html.content.decode()
    arguments = [desk.connection.pk, item.object_id]
    answer = client.post(reverse("imports:import-person", args=arguments))
    assert answer.status_code == 403


@pytest.mark.rule("R149f")
def test_agents_see_entries_of_their_people_only(client: Client, desk: Desk) -> None:
    item = reported(desk)
    entry = reverse("imports:inbound-entry", args=[item.pk])
    sign_in(client, Permission.VIEW, organisations=[desk.organisation])
    assert client.get(entry).status_code == 200
    other = SiteFactory.create().organisation
    sign_in(client, Permission.VIEW, organisations=[other])
    assert client.get(entry).status_code == 404
    assert entry not in tab(client, desk)


@pytest.mark.rule("R065")
def test_the_tab_is_locked_until_the_connection_is_authorised(
    page: Client, desk: Desk
) -> None:
    answer = page.get(reverse("imports:inbound", args=[desk.connection.pk]))
    assert answer["Location"].endswith("/details/")


def test_htmx_gets_the_list_only(page: Client, desk: Desk) -> None:
    answer = page.get("/inbound-requests/", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content


def full_sync(desk: Desk, kind: RunKind = RunKind.IMPORT) -> Run:
    """Let the Integrator read everybody."""
    order = runs.Order(kind, trigger=Trigger.SCHEDULE)
    return runs.execute(runs.queue(desk.connection, order), patience=0)


@pytest.mark.rule("R149d")
@pytest.mark.parametrize("kind", [RunKind.IMPORT, RunKind.DELTA])
def test_full_syncs_are_logged_where_somebody_asks_for_it(
    page: Client, desk: Desk, kind: RunKind
) -> None:
    authorised(desk)
    scheduled(desk, log_full=True)
    desk.person("ann")
    desk.map_site(10, "London")
    desk.change(desk.person("bob"), accountEnabled=False)
    item = full_sync(desk, kind).items.get(kind="users")
    shown = tab(page, desk)
    assert shown.count("/inbound-requests/") > 1
    assert (item.sent or {})["displayName"] == "Ann"
    entry = page.get(reverse("imports:inbound-entry", args=[item.pk]))
    assert "<dt>Display Name</dt><dd><bdi>Ann</bdi></dd>" in entry.content.decode()
    assert not full_sync(desk, kind).items.exists(), "only whom it changes"


def test_full_syncs_are_not_logged_by_default_nor_are_manual_imports(
    page: Client, desk: Desk
) -> None:
    authorised(desk)
    row = scheduled(desk)
    ann = desk.person("ann")
    desk.map_site(10, "London")
    full_sync(desk)
    row.log_full = True
    row.save()
    desk.change(ann, displayName="Anna")
    desk.run()
    assert RunItem.objects.count() == 2
    assert "No inbound requests yet" in tab(page, desk)


def test_of_somebody_who_is_not_listed_any_more_nothing_was_sent(
    page: Client, desk: Desk
) -> None:
    authorised(desk)
    bench.unguarded(desk)
    scheduled(desk, log_full=True)
    ann = desk.person("ann")
    desk.person("bob")
    desk.map_site(10, "London")
    full_sync(desk)
    remove(desk, ann)
    item = full_sync(desk).items.get(object_id=ann)
    assert (item.action, item.sent) == (Action.DEACTIVATE, {})
    html = page.get(reverse("imports:inbound-entry", args=[item.pk])).content.decode()
    assert "The person was not listed any more." in html


@pytest.mark.rule("R149f")
def test_the_page_tells_for_how_long_entries_are_kept(page: Client, desk: Desk) -> None:
    item = reported(desk)
    address = reverse("imports:inbound-entry", args=[item.pk])
    assert "Kept for 30 days." in tab(page, desk)
    assert "Kept for 30 days." in page.get(address).content.decode()
    purge.purge(timezone.now() + timedelta(days=31))
    assert "No inbound requests yet" in tab(page, desk)
    assert page.get(address).status_code == 404


@pytest.mark.rule("R149d")
def test_the_list_is_on_the_connection_and_on_the_module(
    page: Client, desk: Desk
) -> None:
    reported(desk)
    module = page.get(reverse("connections:module")).content.decode()
    assert f'href="{reverse("imports:inbound-all")}"' in module.split("<main")[1]
    connection = page.get(reverse("imports:imports", args=[desk.connection.pk]))
    address = reverse("imports:inbound", args=[desk.connection.pk])
    assert f'href="{address}"' in connection.content.decode()
