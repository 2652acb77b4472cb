"""The demo's page: it breaks the practice tenant and mends it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from halo_entra import practice
from imports.words import RunKind, Status
from tests.bench import connect
from tests.desk_agents import sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

    from simulator.process import Simulator
    from tests.bench import Desk

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("halo_entra.practice_urls"),
]


@pytest.fixture
def desk(entra: Simulator, settings: Settings, tmp_path: Path) -> Desk:
    """A desk on the practice tenant with its people imported."""
    tenant = entra.admin.create_tenant(name="Contoso")
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    told = [{"name": "Contoso", "tenant_id": tenant.tenant_id, "people": 12}]
    (tmp_path / practice.FILE).write_text(json.dumps(told))
    desk = connect(entra.admin, tenant)
    people = [desk.person(f"p{at}") for at in range(12)]
    desk.map_site(10, "Leeds", group_id=desk.group("Leeds", people))
    desk.run()
    return desk


def press(client: Client, name: str) -> None:
    """Press one of the page's buttons."""
    answer = client.post(f"/practice/{name}", follow=True)
    assert "Now preview an import" in answer.content.decode()


def test_people_join_and_leave(client: Client, desk: Desk) -> None:
    sign_in(client, *Permission)
    assert "Contoso" in client.get("/practice/").content.decode()

    press(client, "join")
    press(client, "leave")

    counts = desk.run(RunKind.PREVIEW).counts["users"]
    assert (counts["create"], counts["deactivate"]) == (1, practice.LEAVERS)


def test_an_emptied_group_is_held_up(client: Client, desk: Desk) -> None:
    sign_in(client, *Permission)
    press(client, "empty")

    counts = desk.run(RunKind.PREVIEW).counts["users"]
    assert counts["flag"] == 12


def test_a_broken_tenant_changes_nothing_and_is_mended(
    client: Client, desk: Desk
) -> None:
    sign_in(client, *Permission)
    press(client, "unreadable")
    assert desk.run().status != Status.SUCCEEDED

    press(client, "mend")
    assert desk.run().status == Status.NOTHING_CHANGED


def test_only_administrators_break_things(client: Client, desk: Desk) -> None:
    sign_in(client, Permission.VIEW)

    assert client.post("/practice/leave").status_code == 403
    assert client.post("/practice/nonsense").status_code == 403
