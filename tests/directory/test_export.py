"""The directory on stdout: whole, in order, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from directory import export
from tests.factories.directory import (
    AgentFactory,
    AgentRoleFactory,
    AgentRoleGrantFactory,
    AssetFactory,
    BoardSeatFactory,
    ChangeAdvisoryBoardFactory,
    EndUserFactory,
    LicenceFactory,
    OrganisationFactory,
    SiteFactory,
    SoftwareAssignmentFactory,
    TeamFactory,
    UserRoleFactory,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What the command prints."""

    def run(kind: str, *options: str) -> str:
        call_command("export_directory", kind, *options)
        return capsys.readouterr().out

    return run


def lines(text: str) -> list[dict[str, Any]]:
    """Return the rows of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def cells(text: str) -> list[dict[str, str]]:
    """Return the rows of CSV."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_user_is_told_with_everything_that_belongs_to_them(
    exported: Callable[..., str],
) -> None:
    boss = EndUserFactory.create(network_login="boss@acme.example")
    site = SiteFactory.create(
        name="London", organisation=OrganisationFactory.create(name="Acme")
    )
    user = EndUserFactory.create(
        name="Ann",
        site=site,
        manager=boss,
        user_role=UserRoleFactory.create(name="Standard User"),
        custom_values={"badge": 7},
    )
    for part in ("SPE_E5", "ENTERPRISEPACK"):
        licence = LicenceFactory.create(sku_part_number=part)
        SoftwareAssignmentFactory.create(
            user=user, licence=licence, software=licence.software
        )
    row = lines(exported("users"))[1]
    assert list(row) == [
        *("id", "name", "first_name", "last_name", "email", "network_login"),
        *("job_title", "department", "phone", "mobile", "organisation", "site"),
        *("role", "manager", "is_active", "entra_tenant_id", "entra_object_id"),
        *("custom", "licences"),
    ]
    assert (row["organisation"], row["site"], row["role"], row["manager"]) == (
        *("Acme", "London", "Standard User", "boss@acme.example"),
    )
    assert (row["custom"], row["licences"]) == (
        {"badge": 7},
        ["ENTERPRISEPACK", "SPE_E5"],
    )


def test_an_agent_is_told_with_sorted_roles_and_seats(
    exported: Callable[..., str],
) -> None:
    user = EndUserFactory.create(network_login="ann@acme.example")
    agent = AgentFactory.create(
        user=user, default_team=TeamFactory.create(name="Service Desk")
    )
    for name in ("Viewer", "Analyst"):
        AgentRoleGrantFactory.create(
            agent=agent, role=AgentRoleFactory.create(name=name)
        )
    board = ChangeAdvisoryBoardFactory.create(name="CAB")
    BoardSeatFactory.create(agent=agent, board=board)
    (row,) = lines(exported("agents"))
    assert (row["roles"], row["boards"], row["team"], row["user"]) == (
        *(["Analyst", "Viewer"], ["CAB"], "Service Desk", "ann@acme.example"),
    )


@pytest.mark.parametrize("kind", list(export.ExportKind))
def test_both_formats_have_the_promised_columns(
    kind: export.ExportKind, exported: Callable[..., str]
) -> None:
    AgentFactory.create()
    EndUserFactory.create()
    LicenceFactory.create()
    AssetFactory.create()
    columns = list(export.ORDER[kind])
    (row,) = lines(exported(kind.value))
    (cell,) = cells(exported(kind.value, "--format", "csv"))
    assert list(row) == list(cell) == columns


def test_rows_stream_in_the_order_of_their_ids_over_many_chunks(
    exported: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "CHUNK", 2)
    site = SiteFactory.create()
    made = [EndUserFactory.create(site=site).pk for _ in range(5)]
    assert [row["id"] for row in lines(exported("users"))] == made


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_csv_cell_starts_a_formula_and_jsonl_is_raw(
    start: str, exported: Callable[..., str]
) -> None:
    name = f"{start}1+1"
    EndUserFactory.create(name=name, department=name)
    (cell,) = cells(exported("users", "--format", "csv"))
    assert (cell["name"], cell["department"]) == (f"'{name}", f"'{name}")
    (row,) = lines(exported("users"))
    assert row["name"] == name


def test_a_telephone_number_stays_as_it_is_in_csv(exported: Callable[..., str]) -> None:
    EndUserFactory.create(phone="+44 20 7946 0000", mobile="+44 7700 900000")
    (cell,) = cells(exported("users", "--format", "csv"))
    assert (cell["phone"], cell["mobile"]) == ("+44 20 7946 0000", "+44 7700 900000")


def test_a_telephone_cell_that_is_no_number_is_no_formula_either(
    exported: Callable[..., str],
) -> None:
    EndUserFactory.create(phone="=HYPERLINK(1)", mobile="+cmd|' /C calc'!A0")
    (cell,) = cells(exported("users", "--format", "csv"))
    assert (cell["phone"][0], cell["mobile"][0]) == ("'", "'")


def test_lines_and_markup_in_a_value_stay_in_their_cell(
    exported: Callable[..., str],
) -> None:
    name = 'Ann, "the"\nBoss <b>'
    EndUserFactory.create(name=name)
    (cell,) = cells(exported("users", "--format", "csv"))
    (row,) = lines(exported("users"))
    assert cell["name"] == row["name"] == name
