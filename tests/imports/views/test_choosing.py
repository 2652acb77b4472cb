"""Ticks of a preview, and leaving people out for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from directory.models import EndUser, Site
from imports.models import Decision
from imports.words import RunKind, Status, Verdict
from tests.desk_agents import EVERYTHING, sign_in
from tests.imports.views.steps import item, page, read, worker

if TYPE_CHECKING:
    from django.test import Client

    from imports.models import Run
    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(desk: Desk, client: Client) -> Desk:
    """Three people whom a mapping selects, and an agent who may do everything."""
    sign_in(client, *EVERYTHING)
    desk.map_field(10, "department")
    for name, department in (("anna", "IT"), ("ben", "IT"), ("cara", "Law")):
        desk.person(name, department=department)
    return desk


def ticked(run: Run) -> set[str]:
    return set(run.items.filter(is_ticked=True).values_list("name", flat=True))


def test_the_ticks_of_a_page_are_kept(ready: Desk, client: Client) -> None:
    run = ready.preview()
    shown = [str(pk) for pk in run.items.values_list("pk", flat=True)]
    keep = str(item(run, "ben").pk)
    client.post(page(run, "ticks"), {"shown": shown, "tick": [keep, "9999"]})
    assert ticked(run) == {"Ben"}
    assert "Not this time" in read(client, run)
    client.post(page(run, "ticks"), {"shown": shown, "tick": shown})
    assert ticked(run) == {"Anna", "Ben", "Cara"}


def test_all_rows_that_match_the_filter_are_unticked_and_ticked(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    answer = client.post(page(run, "ticks"), {"query": "a", "all": "untick"})
    assert answer["Location"] == page(run, query="?query=a#rows")
    assert ticked(run) == set()
    client.post(page(run, "ticks"), {"query": "ann", "all": "tick"})
    assert ticked(run) == {"Anna"}
    planned = run.planned_sites.get(name="Law")
    client.post(page(run, "ticks"), {"site": f"new-{planned.pk}", "all": "tick"})
    assert ticked(run) == {"Anna", "Cara"}


@pytest.mark.rule("R128")
def test_an_import_takes_the_ticked_rows_only_and_makes_their_sites_only(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    client.post(page(run, "ticks"), {"query": "cara", "all": "untick"})
    assert "2</span> of 3" in read(client, run)
    client.post(page(run, "apply"))
    worker()
    run.refresh_from_db()
    assert (run.kind, run.status) == (RunKind.IMPORT, Status.SUCCEEDED)
    assert set(EndUser.objects.values_list("name", flat=True)) == {"Anna", "Ben"}
    assert not Site.objects.filter(name="Law").exists()
    ready.run()
    assert EndUser.objects.filter(name="Cara").exists()


def test_somebody_left_out_for_good_is_left_out_by_later_runs(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    ben = item(run, "ben")
    address = page(run, "leave-out", f"?item={ben.pk}")
    assert "Ben" in client.get(address).content.decode()
    client.post(address, {"reason": "A test account"})
    decision = Decision.objects.get()
    assert (decision.verdict, decision.reason) == (Verdict.LEAVE_OUT, "A test account")
    assert decision.by is not None
    assert ticked(run) == {"Anna", "Cara"}
    assert "Somebody decided to leave this person out." in read(client, run)
    ready.run()
    assert not EndUser.objects.filter(name="Ben").exists()


def test_leaving_out_needs_a_reason(ready: Desk, client: Client) -> None:
    run = ready.preview()
    address = page(run, "leave-out", f"?item={item(run, 'ben').pk}")
    answer = client.post(address, {"reason": " "})
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()
    assert not Decision.objects.exists()


def test_all_who_are_unticked_are_left_out_together(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    client.post(page(run, "ticks"), {"query": "an", "all": "untick"})
    client.post(page(run, "leave-out"), {"reason": "Not yet"})
    (decision,) = Decision.objects.all()
    assert decision.object_id == item(run, "anna").object_id
    client.post(page(run, "ticks"), {"all": "tick"})
    assert ticked(run) == {"Ben", "Cara"}


def test_nobody_unticked_says_what_to_do(ready: Desk, client: Client) -> None:
    shown = client.get(page(ready.preview(), "leave-out")).content.decode()
    assert "Untick rows of the preview first" in shown


def test_a_plan_that_was_imported_cannot_be_chosen_any_more(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    client.post(page(run, "apply"))
    answer = client.post(page(run, "ticks"), {"all": "untick"}, follow=True)
    assert "no preview any more" in answer.content.decode()
    answer = client.post(
        page(run, "leave-out", f"?item={item(run, 'ben').pk}"),
        {"reason": "late"},
        follow=True,
    )
    assert "no preview any more" in answer.content.decode()
    assert len(ticked(run)) == 3
    assert not Decision.objects.exists()


@pytest.mark.parametrize("name", ["ticks", "leave-out", "apply"])
def test_choosing_and_importing_need_the_permission_and_the_whole_view(
    ready: Desk, client: Client, name: str
) -> None:
    run = ready.preview()
    sign_in(client, *(one for one in Permission if one is not Permission.IMPORT))
    assert client.post(page(run, name)).status_code == 403
    sign_in(client, *EVERYTHING, organisations=[ready.organisation])
    assert client.post(page(run, name)).status_code == 403
    run.refresh_from_db()
    assert run.status == Status.PLANNED
