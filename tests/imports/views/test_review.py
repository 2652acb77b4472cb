"""*Needs review* in the browser: who waits, side by side, and what is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from common.rights import Permission
from directory.models import EndUser
from imports.engine.types import Reason
from imports.models import Decision, Run, RunItem
from imports.words import RunKind, Verdict
from mappings.words import Kind
from tests import bench
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import AgentFactory, EndUserFactory, SiteFactory
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


def twice(desk: Desk) -> tuple[EndUser, EndUser]:
    """Return two records that fit one person of a run, ann, who then needs review."""
    authorised(desk)
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    mail = desk.address("ann.b")
    first, second = (
        EndUserFactory.create(site=desk.site("Leeds"), name=name, email=mail)
        for name in ("Ann One", "Ann <Two>")
    )
    desk.person("ann", mail=mail, department="Sales")
    desk.run()
    return first, second


def waiting() -> RunItem:
    """Return the one row that needs review in the last run."""
    return RunItem.objects.filter(action="review").latest("pk")


def listed(client: Client, **query: str) -> str:
    """Return the list."""
    answer = client.get(reverse("imports:review"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def decide(client: Client, **form: str) -> None:
    """Send a decision about who waits."""
    address = reverse("imports:review-decide", args=[waiting().pk])
    answer = client.post(address, form)
    assert answer["Location"] == reverse("imports:review-item", args=[waiting().pk])


def import_now(client: Client) -> Run:
    """Press *Import this person now*, and let a worker do it."""
    item = waiting()
    arguments = [item.run.connection_id, item.object_id]
    client.post(reverse("imports:import-person", args=arguments))
    worker()
    return Run.objects.latest("pk")


def test_people_who_need_review_are_listed_with_the_reason(
    page: Client, desk: Desk
) -> None:
    twice(desk)
    shown = listed(page)
    assert reverse("imports:review-item", args=[waiting().pk]) in shown
    assert "Several records fit" in shown
    assert "Nobody needs review" in listed(page, connection="0")
    assert "Ann" in listed(page, connection=str(desk.connection.pk))


@pytest.mark.rule("R127")
def test_the_person_stands_beside_each_candidate(page: Client, desk: Desk) -> None:
    twice(desk)
    html = page.get(reverse("imports:review-item", args=[waiting().pk])).content
    shown = html.decode()
    assert "<bdi>Ann One</bdi>" in shown
    assert "<bdi>Ann &lt;Two&gt;</bdi>" in shown
    assert "found by Email Address" in shown
    assert "Found by this" in shown
    assert "Made by hand: linked to nobody in Entra" in shown
    assert "<bdi>Sales</bdi>" in shown


def test_a_linked_record_is_the_persons_after_the_next_import(
    page: Client, desk: Desk
) -> None:
    first, second = twice(desk)
    decide(page, verdict="link", record=str(second.pk))
    kept = Decision.objects.get()
    assert (kept.verdict, kept.record_id) == (Verdict.LINK, second.pk)
    assert kept.by is not None
    html = page.get(reverse("imports:review-item", args=[waiting().pk])).content
    assert "Decided: Link the record" in html.decode()
    assert "Nobody needs review" in listed(page)
    run = import_now(page)
    assert run.only == str(waiting().object_id)
    second.refresh_from_db()
    first.refresh_from_db()
    assert second.entra_object_id == waiting().object_id
    assert first.entra_object_id is None


def test_a_record_of_their_own_is_created(page: Client, desk: Desk) -> None:
    twice(desk)
    decide(page, verdict="create")
    import_now(page)
    made = EndUser.objects.get(entra_object_id=waiting().object_id)
    assert made.site == desk.site("London")


def test_leaving_out_needs_a_reason_and_holds(page: Client, desk: Desk) -> None:
    twice(desk)
    address = reverse("imports:review-decide", args=[waiting().pk])
    answer = page.post(address, {"verdict": "leave_out", "reason": " "})
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    decide(page, verdict="leave_out", reason="A <test> account")
    import_now(page)
    assert not EndUser.objects.filter(entra_object_id__isnull=False).exists()
    shown = listed(page, show="decided")
    assert "A &lt;test&gt; account" in shown
    assert "Leave out for good" in shown


def test_a_decision_is_taken_back_and_the_person_waits_again(
    page: Client, desk: Desk
) -> None:
    twice(desk)
    decide(page, verdict="leave_out", reason="x")
    page.post(reverse("imports:take-back", args=[Decision.objects.get().pk]))
    assert not Decision.objects.exists()
    desk.run()
    assert str(waiting().pk) in listed(page)


def test_who_was_re_created_takes_the_record_over(page: Client, desk: Desk) -> None:
    authorised(desk)
    bench.unguarded(desk)
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    mail = desk.address("ann.b")
    old = desk.person("ann", mail=mail)
    desk.run()
    desk.admin.delete_user(desk.tenant.tenant_id, str(old))
    desk.run()
    new = desk.person("ann2", mail=mail)
    desk.run()
    assert waiting().reason == Reason.RECREATED
    html = page.get(reverse("imports:review-item", args=[waiting().pk])).content
    assert "Take over" in html.decode()
    record = EndUser.objects.get()
    decide(page, verdict="link", record=str(record.pk))
    import_now(page)
    record.refresh_from_db()
    assert record.entra_object_id == new


def test_people_found_otherwise_by_a_later_run_wait_no_longer(
    page: Client, desk: Desk
) -> None:
    twice(desk)
    assert "Several records fit" in listed(page)
    desk.connection.site_mappings.all().delete()
    desk.rules_changed()
    desk.run()
    assert "Nobody needs review" in listed(page)
    item = page.get(reverse("imports:review-item", args=[waiting().pk]))
    assert "No mapping selects this person." in item.content.decode()


def test_only_the_records_of_the_page_are_linked(page: Client, desk: Desk) -> None:
    twice(desk)
    stranger = EndUserFactory.create()
    decide(page, verdict="link", record=str(stranger.pk))
    decide(page, verdict="link", record="x")
    decide(page, verdict="odd")
    assert not Decision.objects.exists()


def test_linking_an_agent_takes_an_administrator(client: Client, desk: Desk) -> None:
    authorised(desk)
    bench.match_by(desk, Kind.AGENTS, "email")
    mail = desk.address("ann.b")
    agents = [AgentFactory.create(email=mail) for _ in range(2)]
    desk.map_agents(20, desk.group("agents", [desk.person("ann", mail=mail)]))
    desk.run()
    assert waiting().kind == Kind.AGENTS
    sign_in(client, Permission.VIEW, Permission.IMPORT)
    address = reverse("imports:review-decide", args=[waiting().pk])
    form = {"verdict": "link", "record": str(agents[0].pk)}
    assert client.post(address, form).status_code == 403
    shown = client.get(reverse("imports:review-item", args=[waiting().pk]))
    assert "administer" in shown.content.decode()
    assert not Decision.objects.exists()


def test_agents_of_another_organisation_see_nobody_of_it(
    client: Client, desk: Desk
) -> None:
    twice(desk)
    mine = SiteFactory.create().organisation
    sign_in(client, *EVERYTHING, organisations=[mine])
    item = waiting()
    assert f"/review/{item.pk}/" not in listed(client)
    for name in ("review-item", "review-decide"):
        address = reverse(f"imports:{name}", args=[item.pk])
        send = client.get if name == "review-item" else client.post
        assert send(address).status_code == 404
    arguments = [desk.connection.pk, item.object_id]
    address = reverse("imports:import-person", args=arguments)
    assert client.post(address).status_code == 404
    decided = client.get(reverse("imports:review"), {"show": "decided"})
    assert decided.status_code == 403


def test_the_last_preview_counts_as_well(page: Client, desk: Desk) -> None:
    twice(desk)
    before = listed(page)
    desk.preview()
    assert waiting().run.kind == RunKind.PREVIEW
    assert f"/review/{waiting().pk}/" in listed(page)
    assert f"/review/{waiting().pk}/" not in before
