"""An undo that is killed anywhere, or meets others at work, does no harm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from common.errors import InvalidInput
from common.rights import Permission
from directory.models import Agent, EndUser
from imports import runs, tasks, undo, undo_load, undo_write
from imports.models import Run
from imports.words import Outcome, Stage, Status, Trigger
from tests import bench, dumps
from tests.factories.accounts import AccountFactory
from tests.factories.directory import AgentRoleGrantFactory, AssetFactory
from tests.imports import staff
from tests.imports.mortals import Killed, Killer, silence

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.process import Simulator
    from tests.bench import Desk


@dataclass(slots=True)
class Meddler:
    """Does something once the plan is made and before it is written."""

    act: Callable[[], object]

    def stage(self, stage: Stage, total: int | None) -> None:
        """Act when writing begins."""
        if stage is Stage.APPLY:
            self.act()

    def advance(self, done: int) -> None:
        """Let it go on."""


def undone_by_mortals(run: Run) -> int:
    """Undo a run by workers who die one after the other, each a little later."""
    queued = undo.queue(run, Trigger.COMMAND)
    for deaths in count():
        try:
            runs.execute(queued, progress=Killer(deaths), patience=0)
        except Killed:
            silence()
        else:
            assert queued.status == Status.SUCCEEDED
            return deaths
    raise AssertionError


def test_killed_at_every_moment_it_ends_as_if_undisturbed(
    db: None, entra: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_load, "CHUNK", 5)
    desk = staff.desk(entra.admin, people=24)
    empty = dumps.dump()
    first = desk.run()
    before = dumps.dump()
    staff.a_week_later(desk)
    assert undone_by_mortals(desk.run()) > 3
    assert dumps.dump() == before != empty
    assert undone_by_mortals(first) > 8
    assert dumps.dump() == empty


def test_the_tick_takes_an_undo_up_again(imported: Run) -> None:
    queued = undo.queue(imported, Trigger.COMMAND)
    with pytest.raises(Killed):
        runs.execute(queued, progress=Killer(3), patience=0)
    silence()
    tasks.ring(queued.pk)
    queued.refresh_from_db()
    assert (queued.status, EndUser.objects.count()) == (Status.SUCCEEDED, 0)


def test_of_several_undos_at_once_one_goes_ahead(
    transactional_db: None, imported: Run
) -> None:
    together = Barrier(4)

    def try_it(_: int) -> bool:
        together.wait()
        try:
            undo.queue(Run.objects.get(pk=imported.pk), Trigger.COMMAND)
        except InvalidInput:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == [False, False, False, True]
    assert Run.objects.filter(undoes=imported).count() == 1


def test_an_undo_of_a_run_that_is_no_longer_kept_fails(imported: Run) -> None:
    queued = undo.queue(imported, Trigger.COMMAND)
    imported.delete()
    queued = runs.execute(Run.objects.get(pk=queued.pk), patience=0)
    assert (queued.status, EndUser.objects.count()) == (Status.FAILED, 1)
    assert "no longer kept" in queued.reason


def meddled(run: Run, act: Callable[[], object]) -> Run:
    """Undo a run while something happens between its plan and its writing."""
    queued = undo.queue(run, Trigger.COMMAND)
    return runs.execute(queued, progress=Meddler(act), patience=0)


@pytest.fixture
def imported(desk: Desk) -> Run:
    """A run that made one user."""
    desk.person("ann")
    desk.map_site(10, "London")
    return desk.run()


MEDDLING: dict[str, tuple[Callable[[], object], str]] = {
    "edited": (lambda: EndUser.objects.update(revision=5), undo_write.MOVED),
    "removed": (lambda: EndUser.objects.all().delete(), undo_write.MOVED),
    "used": (
        lambda: AssetFactory.create(user=EndUser.objects.get()),
        undo_write.USED,
    ),
    "signed in": (
        lambda: EndUser.objects.update(account=AccountFactory.create()),
        undo_write.USED,
    ),
}


@pytest.mark.parametrize(("act", "why"), MEDDLING.values(), ids=MEDDLING)
def test_a_record_that_moves_while_it_is_undone_stays(
    imported: Run, act: Callable[[], object], why: str
) -> None:
    found = meddled(imported, act)
    item = found.items.get()
    assert (found.status, item.outcome) == (Status.PARTLY_FAILED, Outcome.STALE)
    assert item.error == why


def test_a_row_that_the_database_refuses_fails_and_the_rest_go_on(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London")
    desk.run()
    for person in (ann, bob):
        desk.change(person, department="Sales")
    run = desk.run()
    undoing = undo.queue(run, Trigger.COMMAND)
    user = EndUser.objects.get(entra_object_id=ann)

    def spoil() -> None:
        item = undoing.items.get(record_id=user.pk)
        item.changes["name"] = ["Ann", ""]
        item.save(update_fields=["changes"])

    found = runs.execute(undoing, progress=Meddler(spoil), patience=0)
    outcomes = set(found.items.values_list("object_id", "outcome"))
    assert outcomes == {(ann, Outcome.FAILED), (bob, Outcome.APPLIED)}
    assert found.status == Status.PARTLY_FAILED


@pytest.mark.rule("R121")
def test_an_administrator_who_became_the_last_one_stays(desk: Desk) -> None:
    ann = desk.person("ann")
    group = desk.group("A", [ann])
    desk.map_agents(10, group)
    role = bench.agent_role("Admin", Permission.ADMINISTER)
    bench.map_role(desk, group, role)
    other = AgentRoleGrantFactory.create(role=role).agent
    run = desk.run()
    found = meddled(run, lambda: Agent.objects.filter(pk=other.pk).delete())
    agent = Agent.objects.get()
    assert (agent.entra_object_id, agent.is_active) == (ann, True)
    assert found.items.get().error == undo_write.LAST
