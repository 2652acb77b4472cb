"""Licences come from what the tenant has bought, by hand and by the Integrator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import InvalidInput
from directory.models import EndUser, Licence, Software
from imports import integrator, licences, undo
from imports.models import MirrorSku, SyncSchedule
from imports.words import Cause, RunKind, Status, Thing, Trigger, Walk
from mappings.models import LicenceSettings
from mappings.words import Kind
from tests.factories.directory import OrganisationFactory

if TYPE_CHECKING:
    from imports.models import Run
    from tests.bench import Desk

pytestmark = pytest.mark.django_db

E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
E5 = "c7df2760-2c81-4ef7-b578-5b5392b571df"
BOTH = [Thing.LICENCES, Kind.USERS]


@pytest.mark.rule("R151")
@pytest.mark.rule("R152")
@pytest.mark.rule("R163")
def test_what_the_tenant_has_bought_comes_into_the_chosen_organisation(
    desk: Desk,
) -> None:
    settings(desk)
    buys(desk, E3, enabled=25, warning=1, consumed=14, upper_case=True)
    run = imported(desk)
    assert run.status == Status.SUCCEEDED, run.reason
    licence = Licence.objects.select_related("software").get()
    assert licence.organisation == desk.organisation
    assert (licence.name, licence.software.name) == ("Office 365 E3", "Office 365 E3")
    assert (licence.sku_part_number, str(licence.sku_id)) == ("ENTERPRISEPACK", E3)
    assert (licence.total, licence.consumed, licence.available) == (26, 14, 12)
    assert (licence.state, licence.is_active) == ("enabled", True)
    assert (licence.source, licence.entra_tenant_id) == (
        desk.connection,
        desk.connection.tenant_id,
    )
    assert MirrorSku.objects.get().properties["skuPartNumber"] == "ENTERPRISEPACK"
    assert run.counts["licences"] == {"create": 1, "update": 0, "link": 0, "unlink": 0}


@pytest.mark.rule("R133")
def test_a_second_import_of_licences_writes_nothing(desk: Desk) -> None:
    settings(desk)
    buys(desk, E3)
    imported(desk)
    before = list(Licence.objects.values()), list(MirrorSku.objects.values())
    assert imported(desk).status == Status.NOTHING_CHANGED
    assert (list(Licence.objects.values()), list(MirrorSku.objects.values())) == before


def test_seats_and_the_name_are_brought_up_to_date(desk: Desk) -> None:
    settings(desk)
    buys(desk, E3, enabled=25)
    buys(desk, E5, part_number="ENTERPRISEPREMIUM")
    imported(desk)
    Licence.objects.filter(sku_id=E3).update(name="Office for all")
    desk.admin.remove_sku(desk.tenant.tenant_id, E5)
    buys(desk, E3, enabled=30, status="Warning")
    run = imported(desk)
    assert run.counts["licences"]["update"] == 2
    kept = Licence.objects.get(sku_id=E3)
    assert (kept.name, kept.total, kept.state) == ("Office for all", 30, "warning")
    gone = Licence.objects.get(sku_id=E5)
    assert (gone.state, gone.is_active) == ("gone", False)
    assert MirrorSku.objects.get().revision == 2
    assert imported(desk).status == Status.NOTHING_CHANGED


def test_two_skus_of_one_name_are_one_product(desk: Desk) -> None:
    settings(desk)
    Software.objects.create(name="office 365 e3")
    for sku_id in (UUID(int=1), UUID(int=2)):
        buys(desk, str(sku_id), part_number="Office 365 E3")
    imported(desk)
    assert Licence.objects.count() == 2
    assert Software.objects.count() == 1


@pytest.mark.rule("R150")
def test_a_missing_permission_is_named_and_keeps_no_people_away(desk: Desk) -> None:
    settings(desk)
    desk.person("ann")
    desk.map_site(10, "London")
    lose_permission(desk)
    run = imported(desk)
    assert (run.status, run.cause) == (Status.FAILED, Cause.PERMISSION)
    assert "LicenseAssignment.Read.All" in run.reason
    assert "authorise the connection again" in run.reason
    run = imported(desk, kinds=BOTH)
    assert run.status == Status.SUCCEEDED
    assert "LicenseAssignment.Read.All" in run.reason
    assert EndUser.objects.count() == 1


@pytest.mark.rule("R152")
def test_without_an_organisation_no_licence_comes(desk: Desk) -> None:
    buys(desk, E3)
    desk.admin.reset_requests()
    run = imported(desk)
    assert (run.status, run.reason) == (Status.FAILED, licences.NOWHERE)
    assert imported(desk, kinds=BOTH).reason == licences.NOWHERE
    assert not Licence.objects.exists()
    assert asked(desk) == 0


def test_whoever_imports_no_licences_pays_nothing(desk: Desk) -> None:
    settings(desk)
    desk.admin.reset_requests()
    run = desk.run()
    assert asked(desk) == 0
    assert "licences" not in run.counts


@pytest.mark.parametrize("order", [{"kind": RunKind.PREVIEW}, {"only": "ann"}])
def test_licences_have_no_preview_and_belong_to_nobody(
    desk: Desk, order: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput, match="Licences"):
        imported(desk, **order)


@pytest.mark.rule("R154")
@pytest.mark.rule("R139")
@pytest.mark.parametrize("delta", [False, True])
def test_the_integrator_brings_licences_before_people(
    desk: Desk, *, delta: bool
) -> None:
    row = SyncSchedule(connection=desk.connection, delta=delta)
    row.kinds = ["users", "licences"]
    found = integrator.order(row, Walk.FULL)
    assert list(found.kinds) == [Thing.LICENCES, Kind.USERS]
    row.kinds = ["licences"]
    assert list(integrator.order(row, Walk.FULL).kinds) == [Thing.LICENCES]
    settings(desk)
    buys(desk, E3)
    desk.admin.reset_requests()
    run = imported(desk, kind=found.kind, kinds=found.kinds)
    assert run.status == Status.SUCCEEDED, run.reason
    paths = [row["path"] for row in desk.admin.requests(desk.tenant.tenant_id)]
    first_person = next(n for n, path in enumerate(paths) if "/users" in path)
    assert paths.index("/v1.0/subscribedSkus") < first_person


@pytest.mark.rule("R154")
def test_the_command_imports_licences(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(desk)
    buys(desk, E3)
    call_command("import_directory", desk.connection.name, "--licences", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["licences"] == {"create": 1, "update": 0, "link": 0, "unlink": 0}
    call_command("import_directory", desk.connection.name, "--licences")
    assert "Licences: nothing changed" in capsys.readouterr().out


def test_another_organisation_takes_the_licences_over(desk: Desk) -> None:
    settings(desk)
    buys(desk, E3)
    imported(desk)
    other = OrganisationFactory.create()
    LicenceSettings.objects.update(organisation=other)
    imported(desk)
    assert Licence.objects.get().organisation == other


def test_the_number_of_queries_does_not_grow_with_skus(desk: Desk) -> None:
    settings(desk)
    buys(desk, E3)
    imported(desk)
    counted, at = [], 0
    for size in (5, 60):
        for number in range(at, at := at + size):
            buys(desk, str(UUID(int=number)), part_number=f"SKU{number}")
        buys(desk, E3, enabled=at)
        with CaptureQueriesContext(connection) as queries:
            run = imported(desk)
        counted.append(len(queries))
        assert run.counts["licences"]["create"] == size
    assert counted[0] == counted[1]


def test_a_run_of_licences_has_nothing_to_undo(desk: Desk) -> None:
    settings(desk)
    buys(desk, E3)
    run = imported(desk)
    with pytest.raises(InvalidInput):
        undo.queue(run, Trigger.MANUAL)


def settings(desk: Desk) -> None:
    """Let licences go into the desk's organisation."""
    LicenceSettings.objects.create(
        connection=desk.connection, organisation=desk.organisation
    )
    desk.rules_changed()


def buys(desk: Desk, sku_id: str, **spec: Any) -> None:
    """Let the tenant subscribe to a SKU, or change what it has bought of it."""
    spec = {"part_number": "ENTERPRISEPACK", "enabled": 25, **spec}
    desk.admin.put_sku(desk.tenant.tenant_id, sku_id, **spec)


def imported(desk: Desk, **order: Any) -> Run:
    """Run an import of licences, unless told otherwise."""
    return desk.run(**{"kinds": [Thing.LICENCES], **order})


def lose_permission(desk: Desk) -> None:
    """Leave the application what people take, and no more."""
    desk.admin.set_application(
        desk.tenant.tenant_id,
        desk.tenant.application_id,
        permissions=["User.Read.All", "GroupMember.Read.All"],
    )


def asked(desk: Desk) -> int:
    """Return how often the tenant was asked for its SKUs."""
    counts = desk.admin.request_counts(desk.tenant.tenant_id)
    return counts.get("GET /v1.0/subscribedSkus", 0)
