"""Every form says at the field what is wrong, keeps what was typed, and goes there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from connections.models import Module
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories import directory as made
from tests.factories.connections import TenantConnectionFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

TYPED = "typed by somebody"
LONG = "x" * 300


@dataclass(frozen=True, slots=True)
class Bad:
    """What is sent to a form, and the field that is wrong of it."""

    address: str
    sent: dict[str, Any]
    wrong: str
    kept: str = TYPED
    """What was typed and must still stand there; empty: nothing may (passwords)."""
    more: dict[str, Any] = field(default_factory=dict)
    made: Callable[[], int] | None = None

    def path(self, connection: int) -> str:
        """Return the address, of what was made or of the connection, or of nothing."""
        of_tab = self.address.startswith(("connections:", "mappings:", "imports:"))
        pk = self.made() if self.made else connection
        is_plain = (
            self.address.endswith(("-new", ":explain"))
            and "mapping" not in (self.address.rpartition(":")[2])
        )
        needs = (of_tab and not is_plain) or self.made
        return reverse(self.address, kwargs=({"pk": pk} if needs else {}) | self.more)


def user() -> int:
    """Return a user by number."""
    return made.EndUserFactory.create().pk


def agent() -> int:
    """Return an agent by number."""
    return made.AgentFactory.create().pk


FORMS = [
    Bad("connections:tenant-new", {"name": TYPED, "tenant_id": "no guid"}, "tenant_id"),
    Bad("connections:details", {"name": "", "notify": TYPED}, "name"),
    Bad("connections:secret-add", {"secret": "", "expires_on": TYPED}, "expires_on"),
    Bad(
        "connections:certificate-add",
        {"certificate": TYPED, "private_key": "none"},
        "certificate",
    ),
    Bad("connections:sso-new", {"name": TYPED, "tenant_type": "?"}, "tenant_type"),
    Bad(
        "mappings:field-add", {"extension": TYPED}, "extension", more={"kind": "users"}
    ),
    Bad(
        "mappings:mapping-new",
        {"sequence": TYPED},
        "sequence",
        more={"type_": "existing_site"},
    ),
    Bad("mappings:grant-add", {"group": TYPED}, "role", more={"kind": "roles"}),
    Bad(
        "mappings:settings",
        {"guard-people": TYPED, "guard-percent": "5", "guard-rules_version": 0},
        "guard-people",
        more={"section": "guard"},
    ),
    Bad("imports:integrator", {"time_zone": TYPED, "enabled": "on"}, "time_zone"),
    Bad("imports:reset-deltas", {"mode": "?"}, "mode", kept="Reset"),
    Bad("imports:explain", {"who": TYPED}, "connection"),
    *(
        Bad(f"directory:{kind}-new", {"name": LONG}, "name", kept=LONG)
        for kind in (
            *("organisation", "site", "user-role", "agent-role", "team", "board"),
            *("custom-field", "software-product"),
        )
    ),
    Bad("directory:user-new", {"name": "", "job_title": TYPED}, "name"),
    Bad(
        "directory:user-edit",
        {"name": "", "job_title": TYPED},
        "name",
        made=user,
    ),
    Bad(
        "directory:agent-edit",
        {"name": "", "email": TYPED},
        "name",
        made=agent,
    ),
    Bad(
        "change_password",
        {"old_password": "wrong", "new_password1": TYPED},
        "old_password",
        kept="",
    ),
]


@pytest.fixture
def connection() -> int:
    """A connection whose tabs are open."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    cache.clear()
    return TenantConnectionFactory.create(first_fetched_at=timezone.now()).pk


@pytest.mark.parametrize("bad", FORMS, ids=lambda bad: bad.address)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    bad: Bad, client: Client, connection: int
) -> None:
    sign_in(client, *EVERYTHING)
    method = client.get if bad.address == "imports:explain" else client.post
    answer = method(bad.path(connection), bad.sent | {"rules_version": 0})
    html = answer.content.decode()
    focused = re.findall(r"<(?:input|select|textarea)[^>]* autofocus[^>]*>", html)

    assert answer.status_code in (200, 400)
    assert f'id="id_{bad.wrong}_error"' in html
    assert bad.kept in html if bad.kept else TYPED not in html
    assert len(focused) == 1
    assert re.search(rf'id="id_{first(html)}(_0)?"', focused[0])


def first(html: str) -> str:
    """Return the name of the first field that an error stands at."""
    found = re.search(r'<ul class="errorlist" id="id_(.+?)_error">', html)
    assert found is not None
    return found[1]


def test_a_refused_sign_in_keeps_the_address_and_not_the_password(
    client: Client,
) -> None:
    cache.clear()
    answer = client.post(
        reverse("account_login"), {"login": "ann@acme.example", "password": TYPED}
    )
    html = answer.content.decode()

    assert 'role="alert"' in html
    assert 'value="ann@acme.example"' in html
    assert TYPED not in html
