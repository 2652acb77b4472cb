"""`import_directory --delta` and `reset_delta`, as an administrator uses them."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from connections.models import TenantConnection
from directory.models import EndUser
from imports.models import Cursor

if TYPE_CHECKING:
    from tests.bench import Desk


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a caller of commands that answers with their JSON."""

    def call(*arguments: str, status: int = 0) -> Any:
        capsys.readouterr()
        if status:
            with pytest.raises(SystemExit) as left:
                call_command(*arguments, "--json")
            assert left.value.code == status
        else:
            call_command(*arguments, "--json")
        return json.loads(capsys.readouterr().out)

    return call


def delta(run: Any, desk: Desk) -> Any:
    return run("import_directory", desk.connection.name, "--delta")


@pytest.mark.rule("R142")
def test_a_delta_run_says_what_it_is(desk: Desk, run: Any) -> None:
    desk.person("ann")
    desk.map_site(10, "London")
    first, second = delta(run, desk), delta(run, desk)
    assert (first["kind"], first["walk"]) == ("delta", "full")
    assert "everybody was read" in first["reason"]
    assert (second["walk"], second["reason"]) == ("delta", "")
    assert second["fetched"]["graph_requests"] == 1


def test_a_full_walk_says_why_in_words(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_directory", desk.connection.name, "--delta")
    assert "no delta to go on from, so everybody was read" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--preview", "--only=ann"])
def test_a_delta_is_neither_a_preview_nor_about_one_person(
    desk: Desk, run: Any, option: str
) -> None:
    told = run("import_directory", desk.connection.name, "--delta", option, status=2)
    assert "leave the Integrator's cursor alone" in told["error"]


@pytest.mark.rule("R143")
@pytest.mark.rule("R145")
def test_cleared_deltas_make_the_next_run_full(desk: Desk, run: Any) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    delta(run, desk)
    desk.change(ann, displayName="Renamed")
    told = run("reset_delta", desk.connection.name, "--clear")
    assert told["next_walk"] == "full"
    assert not Cursor.objects.exists()
    assert delta(run, desk)["walk"] == "full"
    assert EndUser.objects.get().name == "Renamed"


@pytest.mark.rule("R143")
@pytest.mark.rule("R144")
def test_the_latest_deltas_skip_what_was_before_and_read_nobody(
    desk: Desk, run: Any
) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London", group_id=desk.group("L", [ann, bob]))
    delta(run, desk)
    desk.change(ann, displayName="Before")
    desk.admin.reset_requests()
    told = run("reset_delta", desk.connection.name, "--latest")
    queries = [
        row["query"]
        for row in desk.admin.requests(desk.tenant.tenant_id)
        if row["path"].startswith("/v1.0/")
    ]
    assert len(queries) == 2
    assert all("latest" in query for query in queries)
    desk.change(bob, displayName="After")
    assert (told["next_walk"], delta(run, desk)["walk"]) == ("delta", "delta")
    assert set(EndUser.objects.values_list("name", flat=True)) == {"Ann", "After"}


@pytest.mark.rule("R144")
def test_the_latest_deltas_warn_that_changes_are_skipped(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("reset_delta", desk.connection.name, "--latest")
    assert "Changes before now are skipped" in capsys.readouterr().out


@pytest.mark.parametrize("way", ["--clear", "--latest"])
def test_while_a_run_is_at_work_nothing_is_reset(
    desk: Desk, run: Any, way: str
) -> None:
    desk.map_site(10, "London")
    delta(run, desk)
    before = list(Cursor.objects.values())
    TenantConnection.objects.update(
        claim_token=uuid.uuid4(), claim_beat_at=timezone.now()
    )
    told = run("reset_delta", desk.connection.name, way, status=4)
    assert "is at work" in told["error"]
    assert list(Cursor.objects.values()) == before


def test_without_a_way_it_is_wrong_use(desk: Desk) -> None:
    with pytest.raises(Exception, match="--clear --latest"):
        call_command("reset_delta", desk.connection.name)


def test_a_connection_that_is_not_there_is_told(desk: Desk, run: Any) -> None:
    told = run("reset_delta", "Nowhere", "--clear", status=1)
    assert desk.connection.name in told["error"]
