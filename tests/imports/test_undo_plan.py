"""Whom an undo spares, and what it tells before it is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from connections.models import TenantConnection
from directory.models import Agent
from directory.states import EntraState
from imports import runs, undo
from imports.engine.types import Action, Reason
from imports.models import Run, RunItem
from imports.words import Outcome, Status, Trigger
from mappings.words import Kind
from tests import bench, dumps
from tests.factories.accounts import AccountFactory
from tests.factories.directory import (
    AgentRoleGrantFactory,
    AssetFactory,
)
from tests.imports.undoing import one_user, undone

if TYPE_CHECKING:
    from tests.bench import Desk


def administrators(desk: Desk) -> tuple[Run, Agent]:
    """Import one agent who administers; return the run and the agent."""
    ann = desk.person("ann")
    group = desk.group("A", [ann])
    desk.map_agents(10, group)
    bench.map_role(desk, group, bench.agent_role("Admin", Permission.ADMINISTER))
    bench.agents_get(desk, user_site=desk.site("London"))
    waits = desk.run()
    run = waits if waits.status != Status.WAITING_FOR_APPROVAL else runs.approve(waits)
    return run, Agent.objects.get()


@pytest.mark.rule("R121")
def test_the_last_active_administrator_stays(desk: Desk) -> None:
    run, agent = administrators(desk)
    found = undone(run)
    agent.refresh_from_db()
    assert (agent.is_active, agent.role_grants.count()) == (True, 1)
    item = found.items.get(kind=Kind.AGENTS, stage="apply")
    assert (item.outcome, item.reason) == (Outcome.STALE, Reason.LAST_ADMINISTRATOR)


def test_with_another_administrator_the_agent_goes(desk: Desk) -> None:
    run, _ = administrators(desk)
    role = bench.agent_role("Admin", Permission.ADMINISTER)
    other = AgentRoleGrantFactory.create(role=role).agent
    undone(run)
    assert Agent.objects.get() == other


def test_the_agent_who_undoes_stays(desk: Desk) -> None:
    run, agent = administrators(desk)
    account = AccountFactory.create()
    Agent.objects.update(account=account)
    role = bench.agent_role("Admin", Permission.ADMINISTER)
    AgentRoleGrantFactory.create(role=role)
    queued = undo.queue(run, Trigger.MANUAL, started_by=account)
    found = runs.execute(queued, patience=0)
    agent.refresh_from_db()
    assert agent.is_active
    item = found.items.get(kind=Kind.AGENTS, stage="apply")
    assert item.reason == Reason.RUNS_THE_IMPORT


def test_a_break_glass_agent_stays(desk: Desk) -> None:
    run, agent = administrators(desk)
    Agent.objects.update(account=AccountFactory.create(may_sign_in_locally=True))
    AgentRoleGrantFactory.create(role=bench.agent_role("Admin"))
    found = undone(run)
    agent.refresh_from_db()
    assert agent.is_active
    item = found.items.get(kind=Kind.AGENTS, stage="apply")
    assert item.reason == Reason.PROTECTED_AGENT


def test_a_forecast_writes_nothing_and_tells_all(desk: Desk) -> None:
    run, user = one_user(desk)
    AssetFactory.create(user=user)
    before = dumps.dump(), Run.objects.count(), RunItem.objects.count()
    found = undo.forecast(run)
    assert (dumps.dump(), Run.objects.count(), RunItem.objects.count()) == before
    assert found.count(Kind.USERS, Action.DEACTIVATE) == 1
    assert found.kept == ["Ann: an asset refers to it"]
    assert not TenantConnection.objects.exclude(paused_at=None).exists()


def test_a_forecast_tells_what_people_who_left_would_get_back(desk: Desk) -> None:
    _, user = one_user(desk)
    assert user.entra_object_id is not None
    desk.change(user.entra_object_id, accountEnabled=False)
    run = desk.run()
    assert run.counts["users"]["deactivate"] == 1
    found = undo.forecast(run)
    assert (found.given_back, found.count(Kind.USERS, Action.REACTIVATE)) == (
        ["Ann"],
        1,
    )
    undone(run)
    user.refresh_from_db()
    assert (user.is_active, user.entra_state) == (True, EntraState.PRESENT)
    assert user.deactivated_by is None
