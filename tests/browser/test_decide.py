"""Decisions by clicks: who somebody is, and whether a plan with losses may go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from common.rights import Permission
from directory.models import EndUser
from tests import bench
from tests.desk_agents import sign_in
from tests.imports import leaving
from tests.imports.views import test_review
from tests.imports.views.steps import authorised, worker

if TYPE_CHECKING:
    from django.test import Client

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk
    from tests.browser.visit import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk on a fresh tenant."""
    return authorised(bench.connect(entra.admin, tenant))


def test_one_of_two_candidates_is_chosen_and_linked(
    visitor: Visitor, client: Client, desk: Desk
) -> None:
    first, second = test_review.twice(desk)
    sign_in(client, *Permission)
    visitor.enter(client)
    page = visitor.go("/review/")
    page.get_by_role("link", name="Ann", exact=True).first.click()
    assert visitor.barriers() == []

    page.get_by_role("button", name="Link").last.click()
    page.get_by_role("button", name="Import this person now").click()
    worker()

    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.entra_object_id, second.department) == (None, "Sales")
    assert second.entra_object_id is not None


@pytest.mark.parametrize(
    ("answer", "active"), [("Approve and apply", 3), ("Reject", 8)]
)
def test_a_plan_with_losses_waits_for_a_click(
    visitor: Visitor, client: Client, desk: Desk, answer: str, active: int
) -> None:
    people = leaving.eight(desk)
    run = leaving.plan_of_five(desk, people)
    sign_in(client, *Permission)
    visitor.enter(client)
    page = visitor.go("/")
    page.get_by_role("link", name="a plan waits for approval").click()
    expect(page.get_by_role("heading", name="What would be lost")).to_be_visible()
    visitor.look(dark=True, narrow=True)
    assert visitor.barriers() == []

    visitor.look()
    page.get_by_role("button", name=answer).click()
    worker()
    page.goto(f"{visitor.origin}/runs/{run.pk}/")

    assert EndUser.objects.filter(is_active=True).count() == active
    assert visitor.barriers() == []
