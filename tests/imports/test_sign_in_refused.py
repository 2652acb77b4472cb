"""What keeps a run from reading is told apart, and costs nobody anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connections.models import AppRegistration, TenantConnection
from imports.words import Status
from tests import snapshot
from tests.imports import staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.process import Simulator
    from tests.bench import Desk

NOWHERE = UUID("99999999-9999-4999-8999-999999999999")


@pytest.fixture
def desk(db: None, entra: Simulator, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk that has imported once, whose tenant has moved on since."""
    monkeypatch.setattr("imports.attempt.sleep", lambda _seconds: None)
    found = staff.desk(entra.admin, people=20)
    found.run()
    staff.a_week_later(found)
    return found


def application(**spec: Any) -> Callable[[Desk], None]:
    """Return what changes the application in the tenant."""

    def change(desk: Desk) -> None:
        tenant = desk.tenant
        desk.admin.set_application(tenant.tenant_id, tenant.application_id, **spec)

    return change


def unknown_tenant(desk: Desk) -> None:
    """Let the connection name a tenant that there is not."""
    TenantConnection.objects.update(tenant_id=NOWHERE)


def unknown_application(desk: Desk) -> None:
    """Let the connection name an application that the tenant does not know."""
    AppRegistration.objects.update(application_id=NOWHERE)


REFUSALS: dict[str, tuple[Callable[[Desk], None], str]] = {
    "wrong secret": (
        application(secret="another"),
        "401 Unauthorized: Microsoft does not accept the client secret",
    ),
    "expired secret": (
        application(secret_expired=True),
        "401 Unauthorized: The client secret has expired",
    ),
    "disabled application": (
        application(enabled=False),
        "401 Unauthorized: The application is disabled",
    ),
    "unknown tenant": (unknown_tenant, "There is no tenant with this id"),
    "unknown application": (
        unknown_application,
        "This tenant has no application with this id",
    ),
    "no consent at all": (
        application(permissions=[]),
        "403 Forbidden: the application lacks the permission Organization.Read.All",
    ),
    "no consent to people": (
        application(permissions=["GroupMember.Read.All", "Organization.Read.All"]),
        "403 Forbidden: the application lacks the permission User.Read.All",
    ),
}


@pytest.mark.rule("R129")
@pytest.mark.parametrize(("change", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_fails_the_run_in_words_and_changes_nothing(
    desk: Desk, change: Callable[[Desk], None], words: str
) -> None:
    before = snapshot.revisions(), snapshot.mirror(desk.connection)["people"]
    change(desk)
    desk.connection.refresh_from_db()
    run = desk.run()
    assert (run.status, run.traceback) == (Status.FAILED, "")
    assert words in run.reason
    assert desk.tenant.secret not in run.reason
    assert (snapshot.revisions(), snapshot.mirror(desk.connection)["people"]) == before


@pytest.mark.rule("R129")
def test_a_401_and_a_403_are_told_apart(desk: Desk) -> None:
    application(secret="another")(desk)
    unauthorised = desk.run().reason
    application(secret=desk.tenant.secret, permissions=[])(desk)
    forbidden = desk.run().reason
    assert unauthorised.startswith("401 Unauthorized")
    assert "enter it" in unauthorised
    assert forbidden.startswith("403 Forbidden")
    assert "grant admin consent in this tenant, then authorise again" in forbidden


def test_once_the_secret_is_right_the_next_run_catches_up(desk: Desk) -> None:
    application(secret="another")(desk)
    assert desk.run().status == Status.FAILED
    application(secret=desk.tenant.secret)(desk)
    run = desk.run()
    assert run.status == Status.SUCCEEDED
    assert run.counts["users"]["create"] == 1
