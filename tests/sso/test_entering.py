"""The account by which somebody comes in, and whose session it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from accounts.models import Account
from directory.models import Agent, EndUser
from sso import entering
from tests.factories.accounts import AccountFactory
from tests.simulator.browser import Browser
from tests.sso import signing
from tests.sso.entering import PORTAL, identity

if TYPE_CHECKING:
    from connections.id_tokens import Identity
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


def who(record: Any, **columns: Any) -> Identity:
    """Return the identity that a record carries."""
    return identity(
        tenant_id=record.entra_tenant_id, object_id=record.entra_object_id, **columns
    )


def test_signing_in_again_uses_the_same_account(visit: Visit) -> None:
    person = visit.add("ada")
    signing.agent(person)
    for _ in range(2):
        visit.come_in(person)
        visit.client.logout()

    account = Account.objects.get()

    assert not account.has_usable_password()
    assert signing.events() == ["", ""]
    assert Agent.objects.get().account == account


def test_a_local_account_stays_the_records_account(visit: Visit) -> None:
    person = visit.add("ada")
    local = AccountFactory.create(password="a-canary-sings-at-dawn")
    signing.agent(person, account=local)

    visit.come_in(person)

    assert visit.client.session["_auth_user_id"] == str(local.pk)
    assert Account.objects.count() == 1
    local.refresh_from_db()
    assert local.has_usable_password()


def test_an_account_of_another_identity_is_not_taken_over(visit: Visit) -> None:
    person = visit.add("ada")
    theirs = AccountFactory.create(username=f"{uuid4()}.{uuid4()}")
    agent = signing.agent(person, account=theirs)

    visit.come_in(person)

    agent.refresh_from_db()
    assert agent.account != theirs
    assert agent.account == Account.objects.get(username=person.replace("/", "."))
    assert visit.client.session["_auth_user_id"] == str(agent.account.pk)


def test_an_account_goes_with_its_identity_to_another_record(visit: Visit) -> None:
    person = visit.add("ada")
    first = signing.user(person)
    visit.come_in(person, **PORTAL)
    EndUser.objects.filter(pk=first.pk).update(
        entra_tenant_id=None, entra_object_id=None
    )
    second = signing.user(person)

    visit.come_in(person, **PORTAL)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.account, second.account) == (None, Account.objects.get())


def test_a_record_given_to_somebody_else_gets_their_account(visit: Visit) -> None:
    ada, bob = visit.add("ada"), visit.add("bob")
    user = signing.user(ada)
    visit.come_in(ada, **PORTAL)
    EndUser.objects.filter(pk=user.pk).update(**signing.identity(bob))
    other = signing.Visit(
        visit.simulator,
        visit.tenant,
        visit.connection,
        Browser(visit.simulator),
    )

    other.come_in(bob, **PORTAL)

    user.refresh_from_db()
    assert user.account
    assert user.account.username == bob.replace("/", ".")
    assert visit.client.get("/portal/").status_code == 302
    assert other.client.get("/portal/").status_code == 200


def test_two_tabs_at_once_make_one_account(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = visit.add("ada")
    agent = signing.agent(person)
    faster = entering._account(person.replace("/", "."), "")
    looked = Account.objects.none()
    monkeypatch.setattr(Account.objects, "filter", lambda **_columns: looked)

    assert entering.account_of(who(agent), agent) == faster


@pytest.mark.parametrize("is_linked", [True, False], ids=["held", "free"])
def test_a_switched_off_account_lets_nobody_in(
    visit: Visit, *, is_linked: bool
) -> None:
    person = visit.add("ada")
    account = AccountFactory.create(
        username=person.replace("/", "."), email="", is_active=False
    )
    signing.agent(person, account=account if is_linked else None)
    before = signing.counts()

    answer = visit.come_in(person)

    assert answer.status_code == 403
    assert signing.denied(answer) == "inactive"
    assert signing.counts() == before
    assert signing.events() == ["inactive"]
    assert not signing.is_in(visit.client)


def test_somebody_elses_session_in_the_same_browser_is_replaced(visit: Visit) -> None:
    ada, bob = visit.add("ada"), visit.add("bob")
    signing.agent(ada)
    signing.agent(bob)
    visit.come_in(ada)
    before, key = (
        visit.client.session["_auth_user_id"],
        visit.client.session.session_key,
    )
    visit.client.get("/auth/security")
    session = visit.client.session
    session["of ada"] = "only hers"
    session.save()

    visit.come_in(bob)

    after = visit.client.session
    assert after["_auth_user_id"] != before
    assert after.session_key != key
    assert "of ada" not in after
    assert after["sign_in"]["person"] == bob.partition("/")[2]
