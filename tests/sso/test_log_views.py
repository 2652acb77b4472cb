"""The sign-in log on the screen: what it shows, to whom, and how it is filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from common.rights import Permission
from tests.desk_agents import sign_in
from tests.factories.directory import EndUserFactory
from tests.factories.sso import SignInEventFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
RIGHTS = (Permission.VIEW, Permission.CONFIGURE)


def page(client: Client, **query: str) -> str:
    answer = client.get("/sign-ins/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_attempts_are_listed_with_their_reasons(client: Client) -> None:
    sign_in(client, *RIGHTS)
    SignInEventFactory.create(upn="ada@acme.example", audience="agent")
    SignInEventFactory.create(upn="<b>bob", reason="not_imported", audience="user")

    text = page(client)

    assert "ada@acme.example" in text
    assert "Not imported" in text
    assert "<b>bob" not in text
    assert text.index("bob") < text.index("ada@")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "ADA"}, {"ada"}),
        ({"result": "in"}, {"ada"}),
        ({"result": "guest"}, {"bob"}),
        ({"audience": "user"}, {"bob"}),
        ({"q": "nobody"}, set()),
    ],
)
def test_attempts_are_filtered(
    client: Client, query: dict[str, str], shown: set[str]
) -> None:
    sign_in(client, *RIGHTS)
    SignInEventFactory.create(upn="ada@acme.example", audience="agent")
    SignInEventFactory.create(upn="bob@acme.example", reason="guest", audience="user")

    text = page(client, **query)

    assert {name for name in ("ada", "bob") if f"{name}@" in text} == shown


def test_a_restricted_agent_sees_only_people_of_theirs(client: Client) -> None:
    mine, other = (
        EndUserFactory.create(entra_tenant_id=uuid4(), entra_object_id=uuid4())
        for _ in range(2)
    )
    sign_in(client, *RIGHTS, organisations=[mine.site.organisation])
    for user, name in ((mine, "mine"), (other, "other")):
        SignInEventFactory.create(
            upn=f"{name}@acme.example",
            entra_tenant_id=user.entra_tenant_id,
            entra_object_id=user.entra_object_id,
        )
    SignInEventFactory.create(upn="unknown@acme.example")

    text = page(client)

    assert "mine@" in text
    assert "other@" not in text
    assert "unknown@" not in text
