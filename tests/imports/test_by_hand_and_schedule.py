"""What somebody imports by hand is what the Integrator imports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from directory.models import Agent, EndUser
from imports import pausing, plans, runs, tasks, undo
from imports.words import RunKind, Status, Trigger, Walk
from tests import bench

if TYPE_CHECKING:
    from tests.bench import Desk

pytestmark = pytest.mark.django_db


def exported(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return users, agents and sites as they leave the product, but for their keys."""
    capsys.readouterr()
    for kind in ("users", "agents", "sites"):
        call_command("export_directory", kind)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [{name: row[name] for name in row if name != "id"} for row in rows]


@pytest.mark.rule("R140")
@pytest.mark.parametrize("kind", [RunKind.IMPORT, RunKind.DELTA])
def test_both_leave_the_same_directory(
    desk: Desk, kind: RunKind, capsys: pytest.CaptureFixture[str]
) -> None:
    anna, ben = desk.person("anna", department="IT"), desk.person("ben")
    desk.change(desk.person("cara"), accountEnabled=False)
    admins = desk.group("SG-Agents", [anna])
    desk.map_field(10, "department")
    desk.map_site(20, "London", group_id=desk.group("SG-London", [ben]), group_name="g")
    desk.map_agents(30, admins, role="Analyst")
    bench.agent_role("Unused")
    by_hand = desk.preview()
    plans.apply_later(by_hand)
    tasks.ring(by_hand.pk)
    by_hand.refresh_from_db()
    imported = exported(capsys)
    assert (EndUser.objects.count(), Agent.objects.count()) == (2, 1)

    runs.execute(undo.queue(by_hand, Trigger.MANUAL))
    pausing.resume(desk.connection.pk)
    assert not EndUser.objects.exists()
    order = runs.Order(kind, trigger=Trigger.SCHEDULE, walk=Walk.DELTA)
    queued = runs.queue(desk.connection, order)
    tasks.ring(queued.pk)
    queued.refresh_from_db()
    assert queued.status == Status.SUCCEEDED
    assert exported(capsys) == imported
