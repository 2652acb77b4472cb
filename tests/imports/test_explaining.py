"""What *Explain* says of somebody is what the last run decided about them."""

from __future__ import annotations

import random
import sys
from itertools import cycle
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from common.errors import NotFound
from directory.models import EndUser
from imports import explaining, record, runs
from imports.engine import explain
from imports.engine.types import Action, Reason
from imports.models import MirrorUser, RunItem
from imports.words import Status
from mappings.words import Kind
from tests import bench

if TYPE_CHECKING:
    from collections.abc import Iterable

    from common.types import JsonObject
    from imports.models import Run
    from simulator.process import Simulator
    from tests.bench import Desk

ASKED = 1000
CHANGES: tuple[dict[str, Any], ...] = (
    {"accountEnabled": False},
    {"department": "Nowhere"},
    {"displayName": "Renamed"},
    {"city": "Elsewhere"},
)
"""What happens to people, in turn."""


@pytest.fixture
def contoso(db: None, entra: Simulator) -> Desk:
    """A desk connected to a company of 1,200, with five mappings."""
    tenant = entra.admin.create_tenant(name="Contoso", profile="contoso")
    desk = bench.connect(entra.admin, tenant)
    groups = {
        row["properties"]["displayName"]: UUID(row["id"])
        for row in entra.admin.oracle(tenant.tenant_id, "groups")
    }
    bench.match_by(desk, Kind.USERS, "email", "network_login")
    desk.map_site(10, "London", group_id=groups["SG-London"], group_name="SG-London")
    role = bench.user_role("Standard")
    sales = desk.map_field(20, "city", user_role=role, include_external=True)
    sales.criteria.create(field="department", operator="equals", value="Sales")
    desk.map_site(30, "Leeds", group_id=groups["SG-Leeds"], user_role=role)
    desk.map_site(40, "Hidden", group_id=groups["Board Matters"])
    desk.map_agents(100, groups["SG-Agents"], "Analyst")
    bench.map_role(desk, groups["SG-Admins"], bench.agent_role("Approver"))
    bench.agents_get(desk, user_site=desk.site("Desk"))
    bench.unguarded(desk)
    return desk


def decided(run: Run) -> dict[tuple[UUID, str], RunItem]:
    """Return what a run stored of its decisions, by person and kind."""
    return {(item.object_id, item.kind): item for item in run.items.all()}


def stored(item: RunItem) -> JsonObject:
    """Return a stored decision as an explanation tells it.

    A site still to be made is a row of its plan; an explanation plans none.
    """
    changes = dict(item.changes)
    before, after = changes.get("site", [None, None])
    if after and "planned" in after:
        changes["site"] = [before, {**after, "planned": None}]
    return {"action": item.action, "changes": changes, "reason": item.reason or None}


def differences(explanation: JsonObject, items: dict[str, RunItem]) -> list[Any]:
    """Return where an explanation differs from what was decided."""
    wrong: list[Any] = []
    for kind, item in items.items():
        part = explanation["user" if kind == Kind.USERS else "agent"]
        if part != stored(item):
            wrong.append((part, stored(item)))
        kept = explain.from_trace(item.trace)
        if kept["mappings"] != explanation["mappings"]:
            wrong.append((kept["mappings"], explanation["mappings"]))
        if kind == Kind.USERS and kept["match"] != explanation["match"]:
            wrong.append((kept["match"], explanation["match"]))
    for kind, name in ((Kind.USERS, "user"), (Kind.AGENTS, "agent")):
        part = explanation[name]
        if kind not in items and part and part["action"] not in record.NOT_STORED:
            wrong.append((part, "nothing was decided"))
    return wrong


def compare(desk: Desk, run: Run, people: Iterable[MirrorUser]) -> set[str]:
    """Ask about people; return every action that was decided about them."""
    desk.connection.refresh_from_db()
    items, actions = decided(run), set[str]()
    for person in people:
        mine = {
            kind.value: items[person.object_id, kind]
            for kind in Kind
            if (person.object_id, kind) in items
        }
        explanation = explaining.explanation(desk.connection, person)
        assert differences(explanation, mine) == [], person
        actions |= {item.action for item in mine.values()}
    return actions


def test_an_explanation_is_the_decision_of_the_last_run(contoso: Desk) -> None:
    run = contoso.preview()
    assert run.status == Status.PLANNED, run.reason
    seed = random.randrange(10**9)
    sys.stdout.write(f"seed {seed}\n")
    people = list(MirrorUser.objects.order_by("object_id"))
    asked = random.Random(seed).sample(people, ASKED)
    assert compare(contoso, run, asked) == {Action.CREATE}
    # After the import the same people have nothing left to do.
    runs.apply_preview(run)
    assert compare(contoso, contoso.preview(), asked[:50]) == set()


def test_an_explanation_is_the_decision_about_every_change(contoso: Desk) -> None:
    # Its hidden group leaves undecided whom no other mapping selects.
    contoso.connection.site_mappings.get(sequence=40).delete()
    run = contoso.run()
    assert run.status == Status.SUCCEEDED, run.reason
    upset(contoso, run)
    new_and_old(contoso)
    changed = contoso.preview()
    people = MirrorUser.objects.filter(object_id__in=changed.items.values("object_id"))
    assert compare(contoso, changed, people) == {
        *(Action.DEACTIVATE, Action.MOVE, Action.CREATE, Action.LINK),
        *(Action.FLAG, Action.UPDATE, Action.REVIEW),
    }
    claimed_twice = changed.items.filter(reason=Reason.CLAIMED_TWICE)
    assert {item.upn.partition("@")[0] for item in claimed_twice} == {"one", "other"}


def upset(desk: Desk, run: Run) -> None:
    """Change people whom the field mapping placed, and an agent, in the tenant."""
    placed = run.items.filter(kind=Kind.USERS, mapping=20).order_by("id")[:24]
    for item, change in zip(placed, cycle(CHANGES), strict=False):
        desk.change(item.object_id, **change)
    agent = run.items.filter(kind=Kind.AGENTS).order_by("id")[0]
    desk.change(agent.object_id, accountEnabled=False)


def new_and_old(desk: Desk) -> None:
    """Bring somebody new, somebody with an old record, somebody with two, and two
    with one between them."""
    for upn, records in (("new", 0), ("old", 1), ("twice", 2)):
        address = f"{upn}@{desk.tenant.domain}"
        desk.person(upn, mail=address, department="Sales", city="Harbour")
        for _ in range(records):
            site = desk.site("Hand")
            EndUser.objects.create(site=site, name=upn, email=address)
    address = f"shared@{desk.tenant.domain}"
    for upn in ("one", "other"):
        desk.person(upn, mail=address, department="Sales", city="Harbour")
    EndUser.objects.create(site=desk.site("Hand"), name="Shared", email=address)


@pytest.mark.parametrize("who", ["upn", "mail", "object_id"])
def test_a_person_is_found_by_upn_address_or_id(desk: Desk, who: str) -> None:
    mail = f"first.last@{desk.tenant.domain}"
    ann = desk.person("ann", mail=mail)
    desk.map_site(10, "London")
    desk.preview()
    known = {"upn": f"ANN@{desk.tenant.domain}", "mail": f" {mail} "}
    found = explaining.find(desk.connection, known.get(who, str(ann)))
    assert found.object_id == ann


def test_nobody_is_found_with_words_on_what_to_do(desk: Desk) -> None:
    with pytest.raises(NotFound, match="import or preview"):
        explaining.find(desk.connection, "nobody@acme.example")


def test_an_explanation_tells_when_the_person_was_read(desk: Desk) -> None:
    desk.person("ann")
    desk.map_site(10, "London")
    run = desk.preview()
    told_now = explaining.explanation(desk.connection, MirrorUser.objects.get())
    assert run.started_at is not None
    assert told_now["as_of"] == run.started_at.isoformat(timespec="seconds")
