"""What a change of the rules asks of the next delta: a full walk, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports.engine import parts
from imports.words import Walk
from mappings.models import FieldMapping, SiteMapping
from mappings.words import Kind
from tests.imports.integrator import delta, sites

if TYPE_CHECKING:
    from tests.bench import Desk


@pytest.mark.rule("R147")
def test_a_mapped_property_that_was_not_read_makes_the_next_run_full(
    desk: Desk,
) -> None:
    desk.person("ann", jobTitle="Baker")
    desk.map_site(10, "London")
    delta(desk)
    FieldMapping.objects.create(
        connection=desk.connection,
        kind=Kind.USERS,
        source="jobTitle",
        target="job_title",
    )
    desk.rules_changed()
    run = delta(desk)
    assert run.walk == Walk.FULL
    assert run.reason.startswith("New source: the mappings need Job Title")
    assert EndUser.objects.get().job_title == "Baker"
    assert delta(desk).walk == Walk.DELTA


@pytest.mark.rule("R147")
def test_a_group_that_was_not_followed_makes_the_next_run_full(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London", group_id=desk.group("L"))
    delta(desk)
    desk.map_site(20, "Leeds", group_id=desk.group("R", [ann]))
    desk.rules_changed()
    run = delta(desk)
    assert (run.walk, run.reason) == (Walk.FULL, parts.NEW_GROUP)
    assert sites() == {"ann": "Leeds"}


@pytest.mark.rule("R147")
def test_other_changes_of_mappings_need_no_full_walk(desk: Desk) -> None:
    desk.person("ann", department="Sales")
    desk.map_site(10, "London", enabled=False)
    delta(desk)
    SiteMapping.objects.update(enabled=True)
    desk.rules_changed()
    run = delta(desk)
    assert (run.walk, sites()) == (Walk.DELTA, {"ann": "London"})
    assert EndUser.objects.get().department == "Sales"
