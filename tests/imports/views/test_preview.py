"""The page of a preview: what it shows, and that it writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from directory.models import EndUser, Site
from imports.models import Run
from imports.words import Status
from mappings.models import FieldMapping
from mappings.words import Kind
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import EndUserFactory
from tests.imports.views.steps import page, read

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(desk: Desk, client: Client) -> Desk:
    """Two mappings, and an agent who may do everything."""
    sign_in(client, *EVERYTHING)
    group = desk.group("SG-Leeds", [desk.person("ben", department="IT")])
    desk.map_site(10, "Leeds", group_id=group, group_name="SG-Leeds")
    desk.map_field(20, "department")
    desk.person("anna", department="Sales")
    desk.person("cara")
    return desk


@pytest.mark.rule("R128")
@pytest.mark.rule("R130")
def test_a_preview_is_grouped_by_mapping_and_writes_nothing(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    shown = read(client, run)
    leeds, by_field = shown.index("Mapping 10: "), shown.index("Mapping 20: ")
    assert leeds < shown.index("Ben") < by_field < shown.index("Anna", by_field)
    assert not EndUser.objects.exists()
    assert not Site.objects.filter(name="Sales").exists()


def test_a_preview_names_the_sites_that_it_would_make(
    ready: Desk, client: Client
) -> None:
    shown = read(client, ready.preview())
    assert "Sites to be created" in shown
    assert "Acme / Sales" in shown


def test_numbers_by_action_filter_when_clicked(ready: Desk, client: Client) -> None:
    site = ready.site("Leeds")
    EndUserFactory.create(site=site, name="Old", entra_object_id=None)
    run = ready.preview()
    shown = read(client, run)
    assert "?action=create#rows" in shown
    assert "Anna" in read(client, run, "?action=create")
    assert "No row matches" in read(client, run, "?action=deactivate")


@pytest.mark.parametrize(
    ("query", "named", "missing"),
    [
        ("?query=ann", "Anna", "Ben"),
        ("?query=BEN@", "Ben", "Anna"),
        ("?mapping=10", "Ben", "Anna"),
        ("?mapping=20", "Anna", "Ben"),
        ("?kind=users", "Anna", "nobody at all"),
        ("?action=nonsense&mapping=x", "Anna", "nobody at all"),
        ("?at=nonsense", "Anna", "nobody at all"),
    ],
)
def test_rows_are_found_by_name_address_and_mapping(
    ready: Desk, client: Client, query: str, named: str, missing: str
) -> None:
    run = ready.preview()
    rows = client.get(page(run, query=query), headers={"HX-Request": "true"})
    shown = rows.content.decode()
    assert "<html" not in shown
    assert named in shown
    assert missing not in shown


def test_rows_are_found_by_site_made_or_not(ready: Desk, client: Client) -> None:
    run = ready.preview()
    planned = run.planned_sites.get()
    shown = read(client, run, f"?site=new-{planned.pk}")
    assert "anna@" in shown
    assert "ben@" not in shown
    shown = read(client, run, f"?site={ready.site('Leeds').pk}")
    assert "ben@" in shown
    assert "anna@" not in shown


def test_rows_that_htmx_asks_for_can_be_ticked(ready: Desk, client: Client) -> None:
    run = ready.preview()
    rows = client.get(page(run), headers={"HX-Request": "true"}).content.decode()
    assert rows.count('name="tick"') == 2


def test_each_row_has_its_changes_field_by_field(ready: Desk, client: Client) -> None:
    ready.run()
    person = EndUser.objects.get(name="Anna")
    ready.change(person.entra_object_id, department="<i>Legal</i>")  # type: ignore[arg-type]
    shown = read(client, ready.preview())
    assert "<del><bdi>Sales</bdi></del>" in shown
    assert "<ins><bdi>&lt;i&gt;Legal&lt;/i&gt;</bdi></ins>" in shown


@pytest.mark.rule("R083")
def test_the_manager_is_blank_with_a_hint_until_imported(
    ready: Desk, client: Client
) -> None:
    assert "retrieved when the record is imported" not in read(client, ready.preview())
    FieldMapping.objects.create(
        connection=ready.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    ready.rules_changed()
    assert "retrieved when the record is imported" in read(client, ready.preview())


def test_people_without_a_row_are_counted_with_the_reason(
    ready: Desk, client: Client
) -> None:
    ready.run()
    shown = read(client, ready.preview())
    assert "Users: nothing to do" in shown
    assert "Users left out" in shown


@pytest.mark.rule("R108")
def test_other_mappings_that_match_are_told(ready: Desk, client: Client) -> None:
    assert "Also matches 20." in read(client, ready.preview())


@pytest.mark.rule("R125")
def test_duplicates_are_warned_of_before_importing(ready: Desk, client: Client) -> None:
    EndUserFactory.create_batch(2, site=ready.site("Leeds"))
    assert "2 users already here have no Azure ID" in read(client, ready.preview())


def test_a_preview_of_old_rules_offers_no_import(ready: Desk, client: Client) -> None:
    run = ready.preview()
    assert page(run, "apply") in read(client, run)
    ready.rules_changed()
    shown = read(client, run)
    assert page(run, "apply") not in shown
    assert "Preview again" in shown


def test_who_may_only_look_gets_neither_ticks_nor_buttons(
    ready: Desk, client: Client
) -> None:
    run = ready.preview()
    sign_in(client, Permission.VIEW)
    shown = read(client, run)
    assert 'name="tick"' not in shown
    assert page(run, "apply") not in shown


def test_an_agent_of_another_organisation_learns_no_name(
    ready: Desk, client: Client
) -> None:
    ready.run()
    ready.change(EndUser.objects.get(name="Anna").entra_object_id, displayName="Anne")  # type: ignore[arg-type]
    run = ready.preview()
    sign_in(
        client,
        Permission.VIEW,
        organisations=[EndUserFactory.create().site.organisation],
    )
    for query in ("", "?query=ann", "?action=update"):
        shown = read(client, run, query)
        assert "Ann" not in shown
        assert "Leeds" not in shown
    sign_in(client, Permission.VIEW, organisations=[ready.organisation])
    assert "Anna" in read(client, run)


def test_a_run_that_is_not_there_is_not_found(client: Client) -> None:
    sign_in(client, *EVERYTHING)
    assert client.get(page(Run(pk=4711))).status_code == 404


def test_a_preview_is_discarded(ready: Desk, client: Client) -> None:
    run = ready.preview()
    client.post(page(run, "cancel"))
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert "The run is cancelled." in read(client, run)
