"""A user without an identity is given one, once, by a trusted address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from kombu.exceptions import OperationalError

from accounts.models import Account
from common.rights import Permission
from connections.models import AppRegistration, CloudName, TenantConnection
from directory.models import EndUser
from directory.states import EntraState
from halo_entra.celery import app
from sso import entering
from sso.models import SignInEvent
from sso.tasks import tell_of_link
from tests.desk_agents import agent_with
from tests.factories.accounts import AccountFactory
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import AgentFactory, EndUserFactory, SiteFactory
from tests.sso import signing
from tests.sso.entering import PORTAL, address, change, identity, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """Let no worker be waited for."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def knows_domain(visit: Visit, *domains: str) -> TenantConnection:
    """Let the desk know the tenant's verified domains, as after a first import."""
    return TenantConnectionFactory.create(
        registration=AppRegistration.objects.get(),
        cloud=CloudName.CUSTOM,
        verified_domains=list(domains or (visit.tenant.domain,)),
    )


def linking(visit: Visit, **settings: Any) -> None:
    """Let the connection link users by their address."""
    change(visit, **{"link_by_address": True, **settings})


@pytest.mark.rule("R054")
@pytest.mark.parametrize("column", ["email", "network_login"])
def test_a_user_is_linked_once_by_an_address_of_the_tenant(
    visit: Visit, caplog: pytest.LogCaptureFixture, column: str
) -> None:
    caplog.set_level("INFO", "sso.entering")
    linking(visit)
    knows_domain(visit)
    administrator = agent_with(Permission.ADMINISTER)
    administrator.email = "root@desk.example"
    administrator.save()
    person = visit.add("ada")
    user = EndUserFactory.create(**{column: address(visit).upper()})

    assert visit.come_in(person, **PORTAL).headers["Location"] == "/portal/"

    user.refresh_from_db()
    assert {
        "entra_tenant_id": user.entra_tenant_id,
        "entra_object_id": user.entra_object_id,
    } == signing.identity(person)
    assert (user.entra_state, user.revision) == (EntraState.PRESENT, 2)
    assert user.account == Account.objects.get(username=person.replace("/", "."))
    (told,) = mail.outbox
    assert told.to == ["root@desk.example"]
    assert f"user {user.pk}" in told.body
    assert address(visit) in str(told.body).lower()
    assert str(user.entra_object_id) in told.body
    (line,) = [one for one in caplog.records if "linked" in one.message]
    assert vars(line)["user"] == user.pk

    visit.client.logout()
    visit.come_in(person, **PORTAL)

    assert signing.is_in(visit.client)
    assert len(mail.outbox) == 1
    user.refresh_from_db()
    assert user.revision == 2


def test_a_linked_user_is_never_linked_to_somebody_else(visit: Visit) -> None:
    linking(visit)
    knows_domain(visit)
    EndUserFactory.create(email="shared@" + visit.tenant.domain)
    first = visit.add("ada", mail=address(visit, "shared"))
    second = visit.add("bob", mail=address(visit, "shared"))
    visit.come_in(first, **PORTAL)
    visit.client.logout()
    SignInEvent.objects.all().delete()
    mail.outbox.clear()
    before = signing.counts()

    refused(visit, visit.come_in(second, **PORTAL), before)

    assert EndUser.objects.get().entra_object_id == UUID(first.partition("/")[2])


UNLINKED = {
    "option off": "off",
    "no domain known": "unknown",
    "another domain": "unverified",
    "two candidates": "two",
    "another identity": "identity",
    "a password": "password",
    "another address": "address",
}


@pytest.mark.rule("R054", "R055")
@pytest.mark.parametrize("what", UNLINKED.values(), ids=UNLINKED)
def test_an_address_alone_links_nobody(visit: Visit, what: str) -> None:
    linking(visit, link_by_address=what != "off")
    if what != "unknown":
        knows_domain(visit, *(["else.example"] if what == "unverified" else []))
    columns: dict[str, Any] = {"email": address(visit)}
    if what == "identity":
        columns |= {"entra_tenant_id": uuid4(), "entra_object_id": uuid4()}
    elif what == "password":
        columns["account"] = AccountFactory.create(password="somebody-knows-it")
    elif what == "address":
        columns["email"] = address(visit, "bob")
    EndUserFactory.create(**columns)
    if what == "two":
        EndUserFactory.create(network_login=address(visit))
    person = visit.add("ada")
    before = signing.counts()

    refused(visit, visit.come_in(person, **PORTAL), before)


@pytest.mark.parametrize("domain", ["mail.{}", "evil-{}", "{}.evil.example"])
def test_a_domain_like_the_tenants_is_not_the_tenants(
    visit: Visit, domain: str
) -> None:
    linking(visit)
    knows_domain(visit)
    theirs = f"ada@{domain.format(visit.tenant.domain)}"
    EndUserFactory.create(email=theirs)
    person = visit.add("eve", mail=theirs)
    before = signing.counts()

    refused(visit, visit.come_in(person, **PORTAL), before)


def test_agents_are_not_linked(visit: Visit) -> None:
    linking(visit, create_users=True, create_site=SiteFactory.create())
    knows_domain(visit)
    AgentFactory.create(email=address(visit))
    EndUserFactory.create(email=address(visit))
    person = visit.add("ada")
    before = signing.counts()

    refused(visit, visit.come_in(person), before)


def test_guests_are_not_linked_though_they_may_sign_in(visit: Visit) -> None:
    linking(visit, allow_guests=True)
    knows_domain(visit)
    EndUserFactory.create(email=address(visit))
    person = visit.add("ada")
    visit.simulator.admin.settings(
        visit.tenant.tenant_id, forge={"claims": {"idp": "https://home.example/"}}
    )
    before = signing.counts()

    refused(visit, visit.come_in(person, **PORTAL), before)


def test_an_inactive_namesake_is_not_linked(visit: Visit) -> None:
    linking(visit)
    knows_domain(visit)
    user = EndUserFactory.create(email=address(visit), is_active=False)
    answer = visit.come_in(visit.add("ada"), **PORTAL)

    assert signing.denied(answer) == "inactive"
    user.refresh_from_db()
    assert user.entra_object_id is None


def test_a_link_that_came_too_late_changes_nothing(visit: Visit) -> None:
    taken, free = identity(), EndUserFactory.create()
    holder = EndUserFactory.create(
        entra_tenant_id=taken.tenant_id, entra_object_id=taken.object_id
    )

    assert not entering.link(identity(), holder.pk, visit.connection)
    assert not entering.link(taken, free.pk, visit.connection)

    free.refresh_from_db()
    assert (free.entra_object_id, mail.outbox) == (None, [])


@pytest.mark.parametrize("answers", [True, False])
def test_a_worker_sends_the_mail_and_the_page_only_without_a_broker(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    rung: list[tuple[int, int]] = []

    def delay(*ids: int) -> None:
        if not answers:
            raise OperationalError
        rung.append(ids)  # type: ignore[arg-type]  # two of them

    monkeypatch.setattr(tell_of_link, "delay", delay)
    linking(visit)
    knows_domain(visit)
    administrator = agent_with(Permission.ADMINISTER)
    administrator.email = "root@desk.example"
    administrator.save()
    user = EndUserFactory.create(email=address(visit))

    visit.come_in(visit.add("ada"), **PORTAL)

    assert signing.is_in(visit.client)
    assert rung == ([(user.pk, visit.connection.pk)] if answers else [])
    assert len(mail.outbox) == (0 if answers else 1)
