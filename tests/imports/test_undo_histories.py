"""Applied and undone, everything is as it was before: over random histories."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports.words import Status
from mappings.words import Kind
from tests import bench, dumps
from tests.factories.directory import (
    AgentFactory,
    ChangeAdvisoryBoardFactory,
    EndUserFactory,
)
from tests.imports import histories
from tests.imports.undoing import undone

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk

SEEDS = range(3)
RUNS, EVENTS = 4, 14


def by_hand(desk: Desk, twins: histories.Twins) -> None:
    """Let some people have records already, which imports link; others have boards."""
    bench.match_by(desk, Kind.USERS, "network_login")
    bench.match_by(desk, Kind.AGENTS, "ad_login")
    domain, site = desk.tenant.domain, desk.site("Hand")
    for name in twins.people[:4]:
        login = f"{name}@{domain}"
        EndUserFactory.create(site=site, name="Old", network_login=login)
    AgentFactory.create(name="Old", ad_login=f"{twins.people[1]}@{domain}")
    board = ChangeAdvisoryBoardFactory.create()
    bench.map_board(desk, histories.identity("approvers"), board)


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_undone_one_by_one_leave_what_was_before(
    db: None, entra: Simulator, tenant: TenantInfo, seed: int
) -> None:
    twins = histories.Twins(entra.admin, [tenant], Random(seed))
    twins.begin(people=10)
    desk = histories.desk(entra.admin, tenant, "Acme")
    by_hand(desk, twins)
    before, done = [dumps.dump()], []
    for _ in range(RUNS):
        done.append(desk.run())
        before.append(dumps.dump())
        twins.happen(EVENTS)
    for run in reversed(done):
        changed = before.pop()
        assert (changed != before[-1]) == (run.status == Status.SUCCEEDED)
        if run.status == Status.SUCCEEDED:
            assert undone(run).status == Status.SUCCEEDED
        assert dumps.dump() == before[-1]


def test_an_old_run_is_undone_after_newer_ones(
    db: None, entra: Simulator, tenant: TenantInfo
) -> None:
    twins = histories.Twins(entra.admin, [tenant], Random(3))
    twins.begin(people=8)
    desk = histories.desk(entra.admin, tenant, "Acme")
    first = desk.run()
    twins.rename()
    desk.run()
    newer = dict(EndUser.objects.values_list("entra_object_id", "department"))
    undo_run = undone(first)
    kept = EndUser.objects.filter(is_active=False)
    assert undo_run.counts["users"]["deactivate"] == kept.count()
    assert {one.department for one in kept} <= set(newer.values())
