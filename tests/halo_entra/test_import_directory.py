"""`import_directory`: whom it brings, and what it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from directory.models import Agent, EndUser
from tests.halo_entra.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


ACTIONS = {
    *("create", "link", "update", "move", "deactivate", "reactivate", "flag", "none"),
    *("review", "skip", "stale", "failed"),
}
SUMMARY = {
    *("run", "connection", "kind", "trigger", "walk", "status", "reason"),
    *("started_at", "finished_at"),
    *("fetched", "users", "agents", "sites", "roles", "boards"),
}


def test_an_import_prints_its_summary_as_json(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.map_agents(100, desk.group("A", [ann]), "Analyst")
    said = manage("import_directory", "acme", "--json")
    assert (said.status, said.err) == (0, "")
    assert set(said.data) == SUMMARY
    assert set(said.data["users"]) == set(said.data["agents"]) == ACTIONS
    assert set(said.data["fetched"]) == {"users", "groups", "graph_requests"}
    assert said.data["fetched"]["users"] == 1
    assert (said.data["kind"], said.data["status"]) == ("import", "succeeded")
    assert said.data["users"]["create"] == said.data["agents"]["create"] == 1
    assert said.data["roles"] == {"grant": 1, "revoke": 0}
    assert said.data["boards"] == {"join": 0, "leave": 0}


def test_an_import_says_in_words_what_it_did(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    said = manage("import_directory", "Acme")
    assert said.status == 0
    assert "succeeded" in said.out
    assert "Users: 1 created" in said.out
    assert "1 unchanged" in manage("import_directory", "Acme").out


@pytest.mark.rule("R131")
@pytest.mark.parametrize(
    ("option", "made", "absent"),
    [("--users", (1, 0), "agents"), ("--agents", (1, 1), "users")],
)
def test_only_the_kind_that_was_asked_for_is_imported(
    desk: Desk,
    ann: UUID,
    manage: Callable[..., Said],
    option: str,
    made: tuple[int, int],
    absent: str,
) -> None:
    desk.map_agents(100, desk.group("A", [ann]))
    said = manage("import_directory", "Acme", option, "--json")
    assert set(said.data) == SUMMARY - {absent}
    assert (EndUser.objects.count(), Agent.objects.count()) == made


@pytest.mark.parametrize("who", ["upn", "object_id"])
def test_one_person_is_imported_alone(
    desk: Desk, ann: UUID, manage: Callable[..., Said], who: str
) -> None:
    desk.person("bob")
    named = f"ann@{desk.tenant.domain}" if who == "upn" else str(ann)
    said = manage("import_directory", "Acme", "--only", named, "--json")
    assert (said.status, said.data["fetched"]["users"]) == (0, 1)
    assert EndUser.objects.get().entra_object_id == ann


def test_one_person_who_is_not_there_is_told_in_one_line(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    said = manage("import_directory", "Acme", "--only", f"x@{desk.tenant.domain}")
    assert said.status == 1
    assert said.err.count("\n") == 1
    assert not EndUser.objects.exists()


def test_a_reason_is_told_once(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.map_site(20, "Leeds", group_name="Nobody has it")
    said = manage("import_directory", "Acme")
    assert said.out.count("Nobody has it") == 1
