"""Forms about one person, run or account say what is wrong, and lose nothing typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from connections.models import Module
from imports.engine.types import Action, Reason
from imports.words import RunKind, Status
from tests.accounts.signing import local_account, with_app
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories import directory as made
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import (
    MirrorGroupFactory,
    MirrorUserFactory,
    RunFactory,
    RunItemFactory,
)

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
    from pytest_django import Settings

    from connections.models import TenantConnection

pytestmark = pytest.mark.django_db

TYPED = "typed by somebody"
LONG = "x" * 1001


@pytest.fixture(autouse=True)
def _own_cache(settings: Settings) -> None:
    """Clear no other test's counted attempts: workers share the server's cache."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory}}
    cache.clear()


@pytest.fixture
def connection(client: Client) -> TenantConnection:
    """A connection whose tabs are open, and somebody who may do everything."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    sign_in(client, *EVERYTHING)
    return TenantConnectionFactory.create(first_fetched_at=timezone.now())


def assert_told(answer: Answer, wrong: str, *, kept: str = "") -> None:
    """Demand an error at the field, what was typed, and the focus there."""
    html = answer.content.decode()
    focused = re.findall(r"<(?:input|select|textarea)[^>]* autofocus[^>]*>", html)

    assert answer.status_code in (200, 400)
    assert f'id="id_{wrong}_error"' in html
    assert kept in html
    assert re.search(rf'id="id_{wrong}(_0)?"', "".join(focused[:1]))


def test_users_to_move_need_a_site(client: Client, connection: object) -> None:
    user = made.EndUserFactory.create()
    sent = {"id": user.pk, "change": "site", "query": f"q={TYPED}"}
    answer = client.post(reverse("directory:users-bulk"), sent)

    assert_told(answer, "site", kept=f'name="id" value="{user.pk}"')
    assert TYPED in answer.content.decode()
    assert b"Do it" not in answer.content


def test_a_role_that_is_gone_is_not_given(client: Client, connection: object) -> None:
    agent = made.AgentFactory.create()
    role, board = (
        made.AgentRoleFactory.create(),
        made.ChangeAdvisoryBoardFactory.create(),
    )
    sent = {"roles": [role.pk, 0], "boards": [board.pk]}
    answer = client.post(reverse("directory:agent-give", args=[agent.pk]), sent)
    html = answer.content.decode()

    assert_told(answer, "roles")
    assert re.search(rf'value="{role.pk}"[^>]* checked', html)
    assert re.search(rf'name="boards" value="{board.pk}"[^>]* checked', html)
    assert not agent.role_grants.exists()
    assert not agent.board_seats.exists()


def test_to_give_nothing_is_told(client: Client, connection: object) -> None:
    agent = made.AgentFactory.create()
    answer = client.post(reverse("directory:agent-give", args=[agent.pk]))

    assert answer.status_code == 400
    assert b"Tick a role or a board first." in answer.content


@pytest.mark.parametrize("reason", ["", LONG], ids=["no reason", "too long"])
def test_leaving_people_out_needs_a_reason(
    client: Client, connection: TenantConnection, reason: str
) -> None:
    run = RunFactory.create(connection=connection, kind=RunKind.PREVIEW)
    item = RunItemFactory.create(run=run, is_ticked=False)
    answer = client.post(
        reverse("imports:leave-out", args=[run.pk]), {"reason": reason}
    )

    assert_told(answer, "reason", kept=reason)
    item.refresh_from_db()
    assert item.reason == ""


@pytest.mark.parametrize("reason", ["", LONG], ids=["no reason", "too long"])
def test_leaving_somebody_out_in_review_needs_a_reason(
    client: Client, connection: TenantConnection, reason: str
) -> None:
    run = RunFactory.create(connection=connection, status=Status.SUCCEEDED)
    item = RunItemFactory.create(
        run=run, action=Action.REVIEW, reason=Reason.CLAIMED_TWICE
    )
    MirrorUserFactory.create(connection=connection, object_id=item.object_id)
    sent = {"verdict": "leave_out", "reason": reason}
    answer = client.post(reverse("imports:review-decide", args=[item.pk]), sent)

    assert_told(answer, "reason", kept=reason)


@pytest.mark.parametrize("kind", ["user", "agent"])
def test_a_record_is_linked_to_somebody_who_is_there(
    client: Client, connection: TenantConnection, kind: str
) -> None:
    record = getattr(made, "EndUserFactory" if kind == "user" else "AgentFactory")()
    sent = {"connection": connection.pk, "who": TYPED, "revision": record.revision}
    answer = client.post(reverse(f"imports:{kind}-link", args=[record.pk]), sent)

    assert_told(answer, "who", kept=TYPED)


def test_unlinking_offers_what_there_is(
    client: Client, connection: TenantConnection
) -> None:
    user = made.EndUserFactory.create()
    sent = {"then": TYPED, "revision": user.revision}
    answer = client.post(reverse("imports:user-unlink", args=[user.pk]), sent)

    assert_told(answer, "then")


def test_the_same_matching_field_twice(
    client: Client, connection: TenantConnection
) -> None:
    sent = {"users-0": "email", "users-1": "email", "agents-0": "email"}
    answer = client.post(reverse("imports:matching", args=[connection.pk]), sent)

    assert_told(answer, "users-1")
    assert answer.content.decode().count('value="email" selected') == 3


def test_a_rejection_says_how_long_it_holds(
    client: Client, connection: TenantConnection
) -> None:
    run = RunFactory.create(connection=connection, status=Status.WAITING_FOR_APPROVAL)
    path = reverse("imports:reject", args=[run.pk])
    answer = client.post(path, {"how": TYPED}, follow=True)

    run.refresh_from_db()
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert b"Choose how long the rejection holds." in answer.content


WHAT_IFS: list[tuple[dict[str, Any], str]] = [
    ({"attribute": "accountEnabled", "value": TYPED}, "value"),
    ({"membership": "joined", "attribute": "city", "value": TYPED}, "group"),
    ({"attribute": "nothing", "value": TYPED}, "attribute"),
]


@pytest.mark.parametrize(("sent", "wrong"), WHAT_IFS, ids=lambda one: str(one)[:40])
def test_what_would_be_otherwise_must_make_sense(
    client: Client, connection: TenantConnection, sent: dict[str, Any], wrong: str
) -> None:
    properties = {"displayName": "Ann", "city": "Oslo", "accountEnabled": True}
    person = MirrorUserFactory.create(connection=connection, properties=properties)
    MirrorGroupFactory.create(connection=connection)
    who = {"connection": connection.pk, "who": str(person.object_id)}
    answer = client.get(reverse("imports:explain"), sent | who)

    assert_told(answer, wrong, kept=TYPED)


SECTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("licensing", {"enabled": "on"}, "licensed_roles"),
    ("licensing", {"licensed_roles": ["0"]}, "licensed_roles"),
    ("agents", {"default_team_id": "0"}, "default_team_id"),
    ("agents", {"user_site_id": TYPED}, "user_site_id"),
    ("leavers", {"disabled": TYPED}, "disabled"),
]


@pytest.mark.parametrize(("section", "sent", "wrong"), SECTIONS)
def test_a_section_of_the_advanced_configuration(
    client: Client,
    connection: TenantConnection,
    section: str,
    sent: dict[str, Any],
    wrong: str,
) -> None:
    path = reverse("mappings:settings", args=[connection.pk, section])
    data = {f"{section}-{name}": value for name, value in sent.items()}
    answer = client.post(path, data | {f"{section}-rules_version": 0})

    assert_told(answer, f"{section}-{wrong}")


def test_a_wrong_code_sets_up_no_second_factor(client: Client) -> None:
    sign_in(client, *EVERYTHING)
    answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert_told(answer, "code")


def test_a_wrong_password_is_not_enough_to_go_on(client: Client) -> None:
    client.force_login(local_account())
    answer = client.post(reverse("account_reauthenticate"), {"password": TYPED})

    assert_told(answer, "password")
    assert TYPED not in answer.content.decode()


def test_a_wrong_code_is_not_enough_to_go_on(client: Client) -> None:
    client.force_login(with_app(local_account()))
    answer = client.post(reverse("mfa_reauthenticate"), {"code": "000000"})

    assert_told(answer, "code")
