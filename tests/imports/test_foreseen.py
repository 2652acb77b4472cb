"""An explanation tells what a whole plan does to one person's rows, like the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Account
from common.rights import Permission
from directory.models import Agent, EndUser
from imports import explaining
from imports.engine.types import Reason
from imports.models import Decision
from imports.words import Verdict
from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench
from tests.imports import leaving
from tests.imports.leaving import disable, held, integrator

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


def told(desk: Desk, person: UUID, by: Account | None = None) -> dict[str, Any]:
    """Return the explanation of somebody."""
    desk.connection.refresh_from_db()
    row = desk.connection.mirror_users.get(object_id=person)
    return explaining.explanation(desk.connection, row, by=by)


def told_of_user(desk: Desk, person: UUID) -> tuple[str, str | None]:
    """Return action and reason that are told of somebody's user record."""
    found = told(desk, person)["user"]
    return found["action"], found["reason"]


def shared(desk: Desk, **properties: Any) -> tuple[UUID, UUID]:
    """Make two people who hold what a record has; one of them is disabled."""
    ann, bob = (desk.person(name, **properties) for name in ("ann", "bob"))
    desk.change(bob, accountEnabled=False)
    desk.map_site(10, "London")
    return ann, bob


@pytest.mark.parametrize(
    ("target", "source"), [("email", "mail"), ("job_title", "jobTitle")]
)
def test_two_who_fit_one_record_are_told_so(
    desk: Desk, target: str, source: str
) -> None:
    value = f"office@{desk.tenant.domain}"
    FieldMapping.objects.get_or_create(
        connection=desk.connection, kind=Kind.USERS, source=source, target=target
    )
    bench.match_by(desk, Kind.USERS, target)
    EndUser.objects.create(site=desk.site("London"), name="Office", **{target: value})
    people = shared(desk, **{source: value})
    run = desk.preview()
    assert run.counts["users"]["review"] == 2
    for person in people:
        item = run.items.get(object_id=person)
        explained = told(desk, person)["user"]
        assert (explained["action"], explained["reason"]) == (
            item.action,
            item.reason,
        )
        assert explained["reason"] == Reason.CLAIMED_TWICE
        assert explained["changes"] == item.changes


def test_a_record_that_somebody_decided_about_is_claimed_twice_too(desk: Desk) -> None:
    address = f"ann@{desk.tenant.domain}"
    bench.match_by(desk, Kind.USERS, "email")
    ann, bob = desk.person("ann", mail=address), desk.person("bob")
    office = EndUser.objects.create(
        site=desk.site("London"), name="Office", email=address
    )
    desk.map_site(10, "London")
    Decision.objects.create(
        connection=desk.connection,
        kind=Kind.USERS,
        object_id=bob,
        verdict=Verdict.LINK,
        record_id=office.pk,
    )
    desk.preview()
    for person in (ann, bob):
        assert told_of_user(desk, person) == ("review", Reason.CLAIMED_TWICE)


def test_who_fits_a_record_alone_is_linked(desk: Desk) -> None:
    address = f"ann@{desk.tenant.domain}"
    bench.match_by(desk, Kind.USERS, "email")
    ann, _ = desk.person("ann", mail=address), desk.person("bob")
    EndUser.objects.create(site=desk.site("London"), name="Office", email=address)
    desk.map_site(10, "London")
    desk.preview()
    assert told_of_user(desk, ann) == ("link", None)


@pytest.fixture
def pair(desk: Desk) -> tuple[UUID, UUID]:
    """Two administrators who came by the same groups."""
    bench.unguarded(desk)
    ann, bob = desk.person("ann"), desk.person("bob")
    role = bench.agent_role("Administrator", Permission.ADMINISTER)
    desk.map_agents(10, desk.group("Agents", [ann, bob]))
    bench.map_role(desk, desk.group("Admins", [ann, bob]), role)
    desk.run()
    return ann, bob


def test_the_last_administrator_is_told_to_stay(
    desk: Desk, pair: tuple[UUID, UUID]
) -> None:
    disable(desk, pair)
    run = desk.preview()
    items = {item.object_id: item for item in run.items.filter(kind=Kind.AGENTS)}
    for person in pair:
        explained = told(desk, person)["agent"]
        assert explained["action"] == items[person].action
        assert explained["changes"] == items[person].changes
        assert explained["reason"] == items[person].reason
    assert {item.reason for item in items.values()} == {
        Reason.DISABLED_IN_ENTRA,
        Reason.LAST_ADMINISTRATOR,
    }


def test_one_of_two_administrators_is_told_to_go(
    desk: Desk, pair: tuple[UUID, UUID]
) -> None:
    disable(desk, pair[:1])
    desk.preview()
    assert told(desk, pair[0])["agent"]["action"] == "deactivate"


def test_who_would_run_the_import_is_told_to_stay(
    desk: Desk, pair: tuple[UUID, UUID]
) -> None:
    account = Account.objects.create(username="ann")
    Agent.objects.filter(entra_object_id=pair[0]).update(account=account)
    disable(desk, pair[:1])
    run = desk.preview(started_by=account)
    item = run.items.get(object_id=pair[0], kind=Kind.AGENTS)
    explained = told(desk, pair[0], by=account)["agent"]
    assert (explained["action"], explained["reason"]) == (item.action, item.reason)
    assert explained["reason"] == Reason.RUNS_THE_IMPORT
    # The Integrator is nobody.
    assert told(desk, pair[0])["agent"]["action"] == "deactivate"


def test_who_is_held_by_a_plan_is_told_so_until_there_is_more(desk: Desk) -> None:
    people = leaving.eight(desk)
    waiting = leaving.plan_of_five(desk, people)
    assert told_of_user(desk, people[0]) == ("skip", Reason.HELD_BY_RUN)
    run = desk.preview()
    assert held(run) == 5
    # A new loss: the next plan contains the held ones.
    disable(desk, people[5:6])
    run = desk.preview()
    assert run.items.get(object_id=people[0]).action == "deactivate"
    assert told_of_user(desk, people[0])[0] == "deactivate"
    integrator(desk)
    waiting.refresh_from_db()
    assert told_of_user(desk, people[5]) == ("skip", Reason.HELD_BY_RUN)
