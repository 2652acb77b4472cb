"""Commands about runs: what they print, and how they end (design §9.2)."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from directory.models import Agent, EndUser
from imports.models import Run
from imports.words import Status

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


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Return what stdout holds, which is exactly one JSON object."""
        return json.loads(self.out)


@pytest.fixture
def manage(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command in this process."""

    def run(*arguments: str) -> Said:
        try:
            call_command(*arguments)
        except SystemExit as left:
            status = int(left.code or 0)
        else:
            status = 0
        return Said(status, *capsys.readouterr())

    return run


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody whom a mapping brings to London, at a connection called Acme."""
    person = desk.person("ann", mail=f"first.last@{desk.tenant.domain}")
    desk.map_site(10, "London")
    return person


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


def test_a_preview_is_applied_by_its_number(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    previewed = manage("import_directory", "Acme", "--preview", "--json")
    assert (previewed.status, previewed.data["status"]) == (0, "planned")
    assert (previewed.data["kind"], previewed.data["finished_at"]) == ("preview", None)
    assert not EndUser.objects.exists()
    number = str(previewed.data["run"])
    applied = manage("apply_run", number, "--json")
    assert (applied.status, applied.data["kind"]) == (0, "import")
    assert applied.data["run"] == previewed.data["run"]
    assert EndUser.objects.count() == 1
    again = manage("apply_run", number)
    assert (again.status, again.err.count("\n")) == (2, 1)


def test_a_plan_in_part_stale_ends_with_five(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.run()
    desk.change(ann, displayName="New")
    run = desk.preview()
    EndUser.objects.update(name="By hand", revision=7)
    said = manage("apply_run", str(run.pk), "--json")
    assert (said.status, said.data["status"]) == (5, "partly_failed")
    assert said.data["users"]["stale"] == 1


@pytest.fixture
def leaving(desk: Desk, ann: UUID) -> None:
    """Three of four people leave at once: more than a run may do unasked."""
    others = [desk.person(upn) for upn in ("bob", "eve", "joe")]
    desk.run()
    for person in others:
        desk.change(person, accountEnabled=False)


@pytest.fixture
def waiting(desk: Desk, leaving: None) -> str:
    """The number of a run that would deactivate them, and waits."""
    run = desk.run()
    assert run.status == Status.WAITING_FOR_APPROVAL
    return str(run.pk)


def active() -> int:
    """Return how many users are active."""
    return EndUser.objects.filter(is_active=True).count()


def test_a_plan_that_waits_ends_with_three_and_one_line(
    leaving: None, manage: Callable[..., Said]
) -> None:
    said = manage("import_directory", "Acme", "--json")
    assert (said.status, said.data["status"]) == (3, "waiting_for_approval")
    assert "approve" in said.err
    assert said.err.count("\n") == 1
    assert active() == 4


def test_a_later_import_names_the_plan_that_still_waits(
    waiting: str, manage: Callable[..., Said]
) -> None:
    said = manage("import_directory", "Acme")
    assert said.status == 0
    assert f"approve_run {waiting} or reject_run {waiting}" in said.out


def test_a_reason_is_told_once(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.map_site(20, "Leeds", group_name="Nobody has it")
    said = manage("import_directory", "Acme")
    assert said.out.count("Nobody has it") == 1


def test_an_approved_plan_is_applied(waiting: str, manage: Callable[..., Said]) -> None:
    said = manage("approve_run", waiting, "--json")
    assert (said.status, said.data["status"]) == (0, "succeeded")
    assert said.data["users"]["deactivate"] == 3
    assert active() == 1


def test_a_rejected_plan_is_not_applied(
    waiting: str, manage: Callable[..., Said]
) -> None:
    said = manage("reject_run", waiting, "--json")
    assert (said.status, said.data["status"]) == (0, "rejected")
    assert active() == 4
    assert manage("approve_run", waiting).status == 2


@pytest.mark.rule("R132")
def test_a_cancelled_preview_is_over(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    number = str(desk.preview().pk)
    said = manage("cancel_run", number, "--json")
    assert (said.status, said.data["status"]) == (0, "cancelled")
    assert manage("apply_run", number).status == 2
    assert manage("cancel_run", number).status == 2
    assert not EndUser.objects.exists()


def test_a_busy_connection_ends_with_four(
    desk: Desk,
    ann: UUID,
    manage: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned = str(desk.preview().pk)
    type(desk.connection).objects.update(
        claim_token=uuid4(), claim_beat_at=timezone.now()
    )
    monkeypatch.setattr("imports.runs.time", Hurry())
    said = manage("import_directory", "Acme", "--json")
    assert (said.status, said.data["status"]) == (4, "busy")
    assert said.err.count("\n") == 1
    assert manage("apply_run", planned).status == 4
    assert Run.objects.get(pk=planned).status == Status.PLANNED


class Hurry:
    """A clock that goes a minute a look, and does not sleep."""

    def __init__(self) -> None:
        self.monotonic = itertools.count(step=60).__next__

    def sleep(self, _seconds: float) -> None:
        """Go on."""


@pytest.mark.parametrize(
    "command",
    [
        ("import_directory", "Nowhere"),
        ("explain", "Nowhere", "ann"),
        ("test_connection", "Nowhere"),
        *((name, "999") for name in ("apply_run", "approve_run", "reject_run")),
        ("cancel_run", "999"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_told_in_one_line(
    db: None, manage: Callable[..., Said], command: tuple[str, ...]
) -> None:
    said = manage(*command)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert set(manage(*command, "--json").data) == {"error"}


@pytest.mark.rule("R129")
def test_a_refused_sign_in_ends_with_one(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, secret="another"
    )
    for command in ("import_directory", "test_connection"):
        said = manage(command, "Acme")
        assert (said.status, said.err.count("\n")) == (1, 1)
        assert "401 Unauthorized" in said.err
    assert not EndUser.objects.exists()


@pytest.mark.parametrize("who", ["upn", "mail", "object_id"])
def test_a_person_is_explained_as_json(
    desk: Desk, ann: UUID, manage: Callable[..., Said], who: str
) -> None:
    desk.preview()
    domain = desk.tenant.domain
    named = {"upn": f"Ann@{domain}", "mail": f"first.last@{domain}"}
    said = manage("explain", "Acme", named.get(who, str(ann)), "--json")
    told = said.data
    assert set(told) == {
        *("object_id", "upn", "as_of", "entra_state", "mappings", "match"),
        *("user", "agent"),
    }
    (mapping,) = told["mappings"]
    assert set(mapping) == {"sequence", "pass", "result", "tests"}
    assert (mapping["sequence"], mapping["pass"], mapping["result"]) == (
        *(10, "site", "won"),
    )
    assert set(mapping["tests"][0]) == {"test", "expected", "actual", "ok"}
    assert set(told["match"]) == {"by", "candidates"}
    assert set(told["user"]) == {"action", "changes", "reason"}
    assert (told["object_id"], told["user"]["action"]) == (str(ann), "create")
    assert told["agent"] is None


def test_a_person_is_explained_in_words(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.map_agents(100, desk.group("A", [ann]))
    desk.run()
    said = manage("explain", "Acme", str(ann))
    assert said.status == 0
    assert "Mapping 10 wins" in said.out
    assert "*Agent* mapping 100 matches" in said.out
    assert "User: nothing to do" in said.out


def test_nobody_to_explain_is_told_in_one_line(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.preview()
    said = manage("explain", "Acme", "nobody@acme.example")
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)


def test_a_connection_with_all_permissions_is_well(
    desk: Desk, manage: Callable[..., Said]
) -> None:
    desk.group("G", [desk.person("ann")])
    said = manage("test_connection", "Acme", "--json")
    assert (said.status, said.err, said.data["ok"]) == (0, "", True)
    assert set(said.data) == {"ok", "permissions"}
    for permission in said.data["permissions"]:
        assert set(permission) == {"name", "needed_for", "granted"}


def test_a_missing_permission_is_a_finding_not_a_failure(
    desk: Desk, manage: Callable[..., Said]
) -> None:
    desk.admin.set_application(
        desk.tenant.tenant_id,
        desk.tenant.application_id,
        permissions=["User.Read.All", "Organization.Read.All"],
    )
    said = manage("test_connection", "Acme", "--json")
    assert (said.status, said.data["ok"]) == (0, False)
    granted = [one["granted"] for one in said.data["permissions"]]
    assert granted == [True, False]
    assert "grant admin consent" in said.err
    assert "NOT GRANTED" in manage("test_connection", "Acme").out
