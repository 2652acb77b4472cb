"""Whoever a delta reports: an entry in the log says what was done, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imports.engine.types import Action, Reason
from imports.models import Reported, RunItem
from imports.words import Status
from tests.imports.integrator import delta

if TYPE_CHECKING:
    from tests.bench import Desk


@pytest.mark.rule("R149d")
@pytest.mark.rule("R149e")
def test_whoever_was_reported_has_an_entry_that_tells_why(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London", group_id=desk.group("L", [ann]))
    delta(desk)
    desk.change(ann, displayName="Ann B")
    desk.change(bob, accountEnabled=False)
    run = delta(desk)
    entries = {item.object_id: item for item in run.items.all()}
    changed, left_out = entries[ann], entries[bob]
    assert (changed.action, left_out.action) == (Action.UPDATE, Action.SKIP)
    assert left_out.reason == Reason.NO_MAPPING
    assert changed.sent is not None
    assert changed.sent["displayName"] == "Ann B"
    assert changed.trace["mappings"][0][:3] == [10, "site", "won"]
    assert run.counts["users"]["skip"] == 1
    assert not Reported.objects.exists()


@pytest.mark.rule("R149d")
def test_a_report_that_changes_nothing_has_an_entry_too(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    delta(desk)
    desk.change(ann, displayName="Other")
    desk.change(ann, displayName="Ann")
    run = delta(desk)
    item = RunItem.objects.get(run=run)
    assert (run.status, item.action) == (Status.NOTHING_CHANGED, Action.NONE)
    assert (item.sent or {})["displayName"] == "Ann"
    assert run.counts["users"]["none"] == 1


def test_of_people_whom_nobody_selects_no_more_is_logged_than_is_kept(
    desk: Desk,
) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London", group_id=desk.group("L"))
    delta(desk)
    desk.change(ann, displayName="Secret", accountEnabled=False)
    delta(desk)
    (item,) = RunItem.objects.all()
    assert set(item.sent or {}) == {"accountEnabled", "userPrincipalName", "userType"}
