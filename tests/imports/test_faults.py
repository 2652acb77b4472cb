"""Whatever goes wrong on the wire, nobody is lost, doubled or wrongly changed.

Each test lets a desk import, changes the tenant, makes a run go wrong, and compares
with a control: the same tenant and desk where nothing ever went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from imports.words import Status
from tests import snapshot
from tests.imports import staff

if TYPE_CHECKING:
    from tests.bench import Desk

USERS, SECOND = "/v1.0/users[?]", {"skip": 1}
"""The list of people, and a rule that lets its first page pass."""
LINK, BATCH, MEMBERS, GROUPS = "skiptoken", r"\$batch", "/members", "/groups/[^/]*[?]"

LASTING: dict[str, tuple[dict[str, Any], str]] = {
    "page without a list": (
        {"path": USERS, **SECOND, "malformed": "value_not_list"},
        "no list of objects (request ",
    ),
    "person without id": (
        {"path": USERS, **SECOND, "malformed": "id_missing"},
        "unexpected value for id (request ",
    ),
    "property of another type": (
        {"path": USERS, **SECOND, "malformed": "wrong_type"},
        "(request ",
    ),
    "half a JSON": (
        {"path": USERS, **SECOND, "malformed": "broken_json"},
        "no JSON (request ",
    ),
    "member without id": (
        {"path": MEMBERS, "malformed": "id_missing"},
        "unexpected value for id (request ",
    ),
    "members without a list": (
        {"path": MEMBERS, "malformed": "value_not_list"},
        "no list of objects (request ",
    ),
    "group without id": (
        {"path": GROUPS, "malformed": "id_missing"},
        "unexpected value for id (request ",
    ),
    "pages in a circle": ({"path": USERS, "loop": True}, "do not come to an end"),
    "members in a circle": ({"path": MEMBERS, "loop": True}, "do not come to an end"),
    "pages of another host": (
        {"path": USERS, "foreign": True},
        "leads away from the Graph host",
    ),
    "members of another host": (
        {"path": MEMBERS, "foreign": True},
        "leads away from the Graph host",
    ),
    "503 for ever": ({"path": USERS, **SECOND, "status": 503}, "503: Microsoft Graph"),
    "503 for ever at groups": ({"path": BATCH, "status": 503}, "503: Microsoft Graph"),
    "503 for ever at members": (
        {"path": MEMBERS, "status": 503},
        "503: Microsoft Graph",
    ),
    "a web page instead of JSON": (
        {"path": USERS, **SECOND, "status": 200, "html": True},
        "did not come from Microsoft Graph",
    ),
    "a web page instead of groups": (
        {"path": BATCH, "status": 200, "html": True},
        "did not come from Microsoft Graph",
    ),
    "connections that drop": ({"path": USERS, "skip": 1, "drop": True}, ""),
    "bodies that end early": ({"path": USERS, "skip": 1, "truncate": True}, ""),
    "401 in mid-walk": (
        {"path": USERS, **SECOND, "status": 401},
        "401 Unauthorized: Microsoft Graph does not accept our token. "
        "Please authorise again",
    ),
    "403 in mid-walk": (
        {"path": USERS, **SECOND, "status": 403},
        "403 Forbidden: the application lacks the permission User.Read.All",
    ),
    "404 for the list": ({"path": USERS, **SECOND, "status": 404}, "404"),
}
PASSING: dict[str, dict[str, Any]] = {
    "a dropped connection": {"path": USERS, **SECOND, "times": 1, "drop": True},
    "a body that ends early": {"path": USERS, "times": 1, "truncate": True},
    "a batch that ends early": {"path": BATCH, "times": 1, "truncate": True},
    "a dropped sign-in": {"path": "oauth2", "times": 1, "drop": True},
    "429 with Retry-After": {"path": USERS, "times": 3, "retry_after": 1},
    "429 with Retry-After: 0": {
        "path": USERS,
        "times": 3,
        "status": 429,
        "headers": {"retry-after": "0"},
    },
    "429 without Retry-After": {"path": USERS, "times": 3, "status": 429},
    "429 for some members": {"path": MEMBERS, "times": 3, "throttle": True},
    "429 for groups": {"path": GROUPS, "times": 1, "throttle": True},
    "503 for a while": {"path": USERS, **SECOND, "times": 5, "status": 503},
    "504 for members": {"path": MEMBERS, "times": 2, "status": 504},
    "a gateway's page": {"path": USERS, "times": 2, "status": 502, "html": True},
    "a token that ends": {"path": USERS, **SECOND, "times": 1, "status": 401},
    "an expired link": {
        "path": USERS + ".*" + LINK,
        "skip": 1,
        "times": 1,
        "status": 400,
        "body": {"error": {"code": "Directory_ExpiredPageToken", "message": "x"}},
    },
    "an expired link of members": {
        "path": MEMBERS + ".*" + LINK,
        "times": 1,
        "status": 400,
        "body": {"error": {"code": "Directory_ExpiredPageToken", "message": "x"}},
    },
    "empty pages that lead on": {"path": USERS, "empty": True},
    "a slow page": {"path": USERS, **SECOND, "times": 1, "delay": 0.1},
}


@dataclass(slots=True)
class Bench:
    """A desk whose tenant has moved on since its first import, and the control."""

    desk: Desk
    undisturbed: snapshot.Snapshot
    waits: list[float]

    def fault(self, rule: dict[str, Any]) -> None:
        """Put a rule in force for the desk's tenant."""
        self.desk.admin.fault(tenant_id=self.desk.tenant.tenant_id, **rule)

    def mend(self) -> None:
        """Let everything go right again."""
        self.desk.admin.clear_faults()

    def directory(self) -> snapshot.Snapshot:
        """Return what the desk has now."""
        return snapshot.directory(self.desk.connection)


_CONTROL: list[snapshot.Snapshot] = []
"""What the control came to; the same whenever it is made, so made once."""


@pytest.fixture
def bench(db: None, entra: Any, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A desk in its second week, without waiting."""
    waits: list[float] = []
    monkeypatch.setattr("imports.attempt.sleep", waits.append)
    if not _CONTROL:
        control = staff.desk(entra.admin, name="Control")
        _second_week(control)
        assert control.run().status == Status.SUCCEEDED
        _CONTROL.append(snapshot.directory(control.connection))
    desk = staff.desk(entra.admin)
    _second_week(desk)
    return Bench(desk, _CONTROL[0], waits)


def _second_week(desk: Desk) -> None:
    desk.admin.settings(desk.tenant.tenant_id, page_size=10)
    assert desk.run().status == Status.SUCCEEDED
    staff.a_week_later(desk)


@pytest.mark.parametrize(("rule", "words"), LASTING.values(), ids=LASTING)
def test_what_lasts_fails_the_run_and_changes_nobody(
    bench: Bench, rule: dict[str, Any], words: str
) -> None:
    before = snapshot.revisions()
    bench.fault(rule)
    run = bench.desk.run()
    assert (run.status, run.traceback) == (Status.FAILED, "")
    assert words in run.reason
    assert snapshot.revisions() == before
    bench.mend()
    assert bench.desk.run().status == Status.SUCCEEDED
    assert bench.directory() == bench.undisturbed


@pytest.mark.rule("R132")
@pytest.mark.parametrize("rule", PASSING.values(), ids=PASSING)
def test_what_passes_is_ridden_out(bench: Bench, rule: dict[str, Any]) -> None:
    bench.fault(rule)
    run = bench.desk.run()
    assert (run.status, run.reason) == (Status.SUCCEEDED, "")
    assert bench.directory() == bench.undisturbed
    bench.mend()
    assert bench.desk.run().status == Status.NOTHING_CHANGED


def test_a_first_import_that_fails_half_way_doubles_nobody(bench: Bench) -> None:
    fresh = staff.desk(bench.desk.admin, name="Fresh")
    _fail_once(fresh, {"path": USERS, "skip": 2, "times": 9, "status": 503})
    _second_week(fresh)
    fresh.run()
    assert snapshot.directory(fresh.connection) == bench.undisturbed


@pytest.mark.rule("R132")
def test_throttling_is_obeyed_as_told(bench: Bench) -> None:
    bench.fault({"path": USERS, "times": 2, "retry_after": 7})
    bench.desk.run()
    assert bench.waits == [7.0, 7.0]


def test_a_run_that_waits_long_keeps_its_claim_beating(bench: Bench) -> None:
    bench.fault({"path": USERS, "times": 1, "retry_after": 50})
    bench.desk.run()
    assert bench.waits == [20.0, 20.0, 10.0]


@pytest.mark.rule("R014")
def test_another_tenant_behind_the_token_is_refused(bench: Bench) -> None:
    stranger = "99999999-9999-4999-8999-999999999999"
    held = snapshot.mirror(bench.desk.connection)
    before = snapshot.revisions()
    card = {"id": stranger, "displayName": "Other", "verifiedDomains": []}
    bench.fault({"path": "/organization", "status": 200, "body": {"value": [card]}})
    run = bench.desk.run()
    assert run.status == Status.FAILED
    assert f"answers for tenant {stranger}" in run.reason
    assert "Correct the Tenant ID" in run.reason
    assert snapshot.mirror(bench.desk.connection) == held
    assert snapshot.revisions() == before


def test_duplicates_on_pages_double_nobody(bench: Bench) -> None:
    bench.desk.admin.settings(bench.desk.tenant.tenant_id, duplicates=0.5)
    assert bench.desk.run().status == Status.SUCCEEDED
    assert bench.directory() == bench.undisturbed


def _fail_once(desk: Desk, rule: dict[str, Any]) -> None:
    desk.admin.settings(desk.tenant.tenant_id, page_size=10)
    desk.admin.fault(tenant_id=desk.tenant.tenant_id, **rule)
    assert desk.run().status == Status.FAILED
    desk.admin.clear_faults()
