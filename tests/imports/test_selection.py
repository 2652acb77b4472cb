"""Whom mappings select and where they lead, through whole runs (AM-20 to AM-28)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from connections.models import TenantConnection
from directory.models import Agent, EndUser, Organisation, Site
from imports import runs
from imports.engine.types import Reason
from imports.words import RunKind, Stage, Status, Trigger
from mappings.words import Combine, Kind
from tests import bench

if TYPE_CHECKING:
    from uuid import UUID

    from imports.models import Run
    from tests.bench import Desk


def sites() -> dict[str, str]:
    """Return each user's organisation and site, by name."""
    rows = EndUser.objects.select_related("site__organisation")
    return {user.name: str(user.site) for user in rows}


def criteria(mapping: Any, *rows: tuple[str, str, object]) -> None:
    """Let a mapping compare these fields."""
    for field, operator, value in rows:
        mapping.criteria.create(field=field, operator=operator, value=value)


@pytest.mark.rule("R093")
@pytest.mark.rule("R104")
def test_each_type_of_mapping_leads_to_its_own_target(desk: Desk) -> None:
    other = Organisation.objects.create(name="Other")
    # A site of that name elsewhere is another site.
    desk.site("Bristol")
    desk.person("ann", city="Bristol")
    desk.person("bob", city=None)
    mapping = desk.map_field(10, "city")
    mapping.organisation = other
    mapping.save()
    desk.map_site(20, "London")
    desk.run()
    assert sites() == {"Ann": "Other / Bristol", "Bob": f"{desk.organisation} / London"}


@pytest.mark.rule("R090")
@pytest.mark.rule("R099")
@pytest.mark.parametrize(
    ("match", "found"), [(Combine.ALL, {"Ann"}), (Combine.ANY, {"Ann", "Bob"})]
)
def test_a_group_narrows_what_the_criteria_allow(
    desk: Desk, match: Combine, found: set[str]
) -> None:
    ann = desk.person("ann", department=" sales ", jobTitle="Manager")
    bob = desk.person("bob", department="Sales", jobTitle="Clerk")
    desk.person("eve", department="Sales", jobTitle="Manager")
    group = desk.group("L", [ann, bob, desk.person("joe", department="Help")])
    mapping = desk.map_site(10, "London", group_id=group, match=match)
    criteria(
        mapping, ("department", "equals", "SALES"), ("jobTitle", "in", ["manager"])
    )
    desk.run()
    assert set(sites()) == found


def test_rooms_and_shared_mailboxes_are_left_out_by_criteria(desk: Desk) -> None:
    desk.person("ann", mail=f"ann@{desk.tenant.domain}")
    desk.person("svc")
    off = desk.person("room", mail=f"room@{desk.tenant.domain}")
    desk.change(off, accountEnabled=False)
    mapping = desk.map_site(10, "London")
    criteria(mapping, ("has_mail", "equals", True), ("accountEnabled", "equals", True))
    desk.run()
    assert set(sites()) == {"Ann"}


def test_a_blank_field_goes_to_the_default_site_else_to_the_next_mapping(
    desk: Desk,
) -> None:
    desk.person("ann", city="  ")
    mapping = desk.map_field(10, "city")
    desk.map_site(20, "Next")
    desk.run()
    assert sites() == {"Ann": f"{desk.organisation} / Next"}
    mapping.default_site = desk.site("Default")
    mapping.save()
    desk.rules_changed()
    desk.run()
    assert sites() == {"Ann": f"{desk.organisation} / Default"}


@pytest.mark.rule("R105")
def test_a_site_name_that_is_too_long_is_cut_and_noted(desk: Desk) -> None:
    desk.person("ann", officeLocation="Long " * 60)
    desk.map_field(10, "officeLocation")
    run = desk.run()
    assert len(Site.objects.get().name) <= 256
    assert "cut" in run.items.get().notes[0]
    assert desk.run().status == Status.NOTHING_CHANGED


@pytest.mark.rule("R128")
def test_a_preview_names_the_mapping_of_everybody(desk: Desk) -> None:
    people = [desk.person(name) for name in ("ann", "bob", "eve")]
    desk.map_site(10, "London", group_id=desk.group("L", people[:2]))
    desk.map_site(20, "Leeds")
    run = desk.preview()
    counted = Counter(run.items.values_list("mapping", flat=True))
    assert counted == {10: 2, 20: 1}


@pytest.mark.rule("R130")
def test_a_preview_leaves_the_connection_as_it_was(desk: Desk) -> None:
    desk.person("ann", officeLocation="Bristol")
    desk.map_field(10, "officeLocation")
    desk.preview()
    before = TenantConnection.objects.values().get()
    desk.preview()
    assert TenantConnection.objects.values().get() == before
    assert not desk.connection.cursors.exists()
    assert not desk.connection.runs.exclude(kind=RunKind.PREVIEW).exists()


class Watcher:
    """Notes what a run says of its progress; cancels it in a stage of choice."""

    def __init__(self, run: Run, cancel_in: Stage | None = None) -> None:
        self._run, self._cancel_in = run, cancel_in
        self._stage = ""
        self.seen: dict[str, list[int]] = {}

    def stage(self, stage: Stage, total: int | None) -> None:
        """Note the stage."""
        self._stage = stage
        self.seen[stage] = []

    def advance(self, done: int) -> None:
        """Note how much is done."""
        self.seen[self._stage].append(done)
        if self._stage == self._cancel_in:
            runs.cancel(self._run)


def watched(desk: Desk, cancel_in: Stage | None = None) -> tuple[Run, Watcher]:
    """Import five people by pages of two, and watch."""
    for name in ("ann", "bob", "eve", "joe", "zoe"):
        desk.person(name)
    desk.map_site(10, "London")
    desk.admin.settings(desk.tenant.tenant_id, page_size=2)
    run = runs.queue(desk.connection, runs.Order(RunKind.IMPORT, Trigger.COMMAND))
    watcher = Watcher(run, cancel_in)
    return runs.execute(run, progress=watcher, patience=0), watcher


@pytest.mark.rule("R132")
def test_a_large_tenant_is_read_page_by_page_with_progress(desk: Desk) -> None:
    run, watcher = watched(desk)
    assert run.status == Status.SUCCEEDED, run.reason
    assert watcher.seen[Stage.PEOPLE][:3] == [2, 4, 5]
    assert watcher.seen[Stage.APPLY][-1] == 5
    assert EndUser.objects.count() == 5


@pytest.mark.rule("R132")
@pytest.mark.parametrize("stage", [Stage.PEOPLE, Stage.PLAN])
def test_a_run_is_cancelled_at_its_next_page_and_writes_nothing(
    desk: Desk, stage: Stage
) -> None:
    run, _ = watched(desk, cancel_in=stage)
    assert run.status == Status.CANCELLED
    assert not EndUser.objects.exists()
    # The connection is free again, and the next run does it all.
    assert desk.run().status == Status.SUCCEEDED
    assert EndUser.objects.count() == 5


@pytest.mark.rule("R127")
@pytest.mark.parametrize(
    ("order", "linked"),
    [(("email", "network_login"), "Mail"), (("network_login", "email"), "Login")],
)
def test_matching_fields_are_tried_in_their_order(
    desk: Desk, order: tuple[str, ...], linked: str
) -> None:
    ann = person_with_records(desk)
    bench.match_by(desk, Kind.USERS, *order)
    # The name follows Entra: the record is told by its job title.
    desk.run()
    assert EndUser.objects.get(entra_object_id=ann).job_title == linked


def person_with_records(desk: Desk) -> UUID:
    """Make somebody with one inactive record of their login, one of their mail."""
    ann = desk.person("ann", mail=f"first.last@{desk.tenant.domain}")
    site = desk.site("London")
    EndUser.objects.create(
        site=site,
        name="a",
        job_title="Login",
        network_login=f" ANN@{desk.tenant.domain}",
        is_active=False,
    )
    EndUser.objects.create(
        site=site,
        name="b",
        job_title="Mail",
        email=f"First.Last@{desk.tenant.domain}",
    )
    desk.map_site(10, "London")
    return ann


@pytest.mark.rule("R127")
@pytest.mark.parametrize(
    ("organisation", "domain", "reason"),
    [
        ("Other", "", Reason.OTHER_ORGANISATION),
        ("", "elsewhere.example", Reason.UNVERIFIED_DOMAIN),
    ],
)
def test_a_record_that_must_not_be_guessed_waits_for_review(
    desk: Desk, organisation: str, domain: str, reason: Reason
) -> None:
    address = f"ann@{domain or desk.tenant.domain}"
    desk.person("ann", mail=address)
    site = desk.site("London")
    if organisation:
        other = Organisation.objects.create(name=organisation)
        site = Site.objects.create(organisation=other, name="Hand")
    EndUser.objects.create(site=site, name="Old", email=address)
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    assert desk.run().items.get().reason == reason
    assert EndUser.objects.get().entra_object_id is None


def test_members_of_nested_groups_get_a_role_only_if_the_mapping_says_so(
    desk: Desk,
) -> None:
    ann = desk.person("ann")
    desk.map_agents(100, desk.group("A", [ann]))
    outer = desk.group("Outer", [desk.group("Inner", [ann])])
    mapping = bench.map_role(desk, outer, bench.agent_role("Approver"))
    desk.run()
    assert not Agent.objects.get().roles.exists()
    mapping.nested = True
    mapping.save()
    desk.rules_changed()
    desk.run()
    assert Agent.objects.get().roles.count() == 1
