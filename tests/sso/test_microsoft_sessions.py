"""Sessions that Microsoft opened: what ends them, and proving anew who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from common.rights import Permission
from connections.models import Module
from directory.models import EndUser
from sso.models import SignInEvent
from sso.words import AllowedAudience, SecondFactor
from tests.desk_agents import sign_in as sign_in_locally
from tests.sso import signing

if TYPE_CHECKING:
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R056")
def test_a_person_deactivated_meanwhile_is_out_at_the_next_request(
    visit: Visit,
) -> None:
    person = visit.add("ada")
    user = signing.user(person)
    visit.come_in(person, portal="user")
    assert visit.client.get("/portal/").status_code == 200

    EndUser.objects.filter(pk=user.pk).update(is_active=False)

    assert visit.client.get("/portal/").headers["Location"].startswith("/auth/login")


@pytest.mark.parametrize("what", ["unpublished", "audience", "identity", "module"])
def test_a_session_ends_with_what_it_stood_on(visit: Visit, what: str) -> None:
    person = visit.add("ada")
    agent = signing.agent(person)
    visit.come_in(person)
    assert visit.client.get("/auth/security").status_code == 200

    if what == "unpublished":
        visit.connection.published = False
        visit.connection.save()
    elif what == "audience":
        visit.connection.allow = AllowedAudience.USERS
        visit.connection.save()
    elif what == "identity":
        type(agent).objects.filter(pk=agent.pk).update(
            entra_object_id=None, entra_tenant_id=None
        )
    else:
        Module.objects.update(enabled=False)

    assert visit.client.get("/auth/security").status_code == 302
    assert not signing.is_in(visit.client)


def test_entras_second_factor_counts_where_the_connection_says_so(visit: Visit) -> None:
    visit.connection.second_factor = SecondFactor.ENTRA
    visit.connection.save()
    person = visit.add("ada")
    signing.agent(person)

    visit.come_in(person)

    assert visit.client.session["sign_in"]["factor"] == "entra"


def test_who_signed_in_with_microsoft_confirms_there(visit: Visit) -> None:
    person, other = visit.add("ada"), visit.add("bob")
    signing.agent(person)
    visit.come_in(person)
    session = visit.client.session
    session["sign_in"] = {**session["sign_in"], "proved": 0}
    session.save()

    ask = visit.client.get("/auth/password")
    assert ask.headers["Location"].startswith("/auth/account/azure/confirm?next=")

    def led() -> str:
        found = visit.client.get(ask.headers["Location"]).headers["Location"]
        assert parse_qs(urlsplit(found).query)["prompt"] == ["login"]
        return found

    wrong = visit.answer(visit.browser.sign_in(led(), other))
    assert signing.denied(wrong) == "unknown_state"
    assert visit.client.session["sign_in"]["proved"] == 0
    right = visit.answer(visit.browser.sign_in(led(), person))
    assert right.headers["Location"] == "/auth/password"
    assert visit.client.session["sign_in"]["proved"] > 0


def test_a_test_sign_in_changes_nothing_and_says_what_would_happen(
    visit: Visit,
) -> None:
    visit.connection.published = False
    visit.connection.save()
    person = visit.add("ada")
    signing.user(person)
    sign_in_locally(visit.client, Permission.VIEW, Permission.CONFIGURE)
    before, session = signing.counts(), visit.client.session.session_key

    address = (
        f"/configuration/integrations/microsoft-entra-id/sso/{visit.connection.pk}/test"
    )
    led = visit.client.post(address).headers["Location"]
    page = visit.answer(visit.browser.sign_in(led, person)).content.decode()

    assert 'data-tested="ok"' in page
    assert "not published yet" in page
    assert signing.counts() == before
    assert not SignInEvent.objects.exists()
    assert visit.client.session.session_key == session
