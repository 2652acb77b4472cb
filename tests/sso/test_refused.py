"""Hostile and unlucky answers: each is refused for its reason, with one log row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client

from connections.models import Module
from sso import views
from sso.models import SignInEvent
from sso.words import AllowedAudience, TenantType
from tests.factories.sso import AllowedTenantFactory
from tests.sso import signing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"


def _claims(**claims: Any) -> dict[str, Any]:
    return {"claims": claims}


FORGED: dict[str, tuple[Callable[[Visit], dict[str, Any]], str]] = {
    "issuer": (
        lambda v: _claims(iss="https://elsewhere.example/v2.0"),
        "token_invalid",
    ),
    "audience": (lambda v: _claims(aud=str(uuid4())), "token_invalid"),
    "audiences": (lambda v: _claims(aud=[v.tenant.application_id]), "token_invalid"),
    "nonce": (lambda v: _claims(nonce="another"), "token_invalid"),
    "no nonce": (lambda v: _claims(nonce=None), "token_invalid"),
    "expired": (lambda v: _claims(exp=int(time.time()) - 3600), "token_invalid"),
    "not yet": (lambda v: _claims(nbf=int(time.time()) + 3600), "token_invalid"),
    "old": (lambda v: _claims(iat=int(time.time()) - 7200), "token_invalid"),
    "clock": (lambda v: _claims(iat=int(time.time()) + 300), "token_invalid"),
    "no oid": (lambda v: _claims(oid=None), "token_invalid"),
    "no tid": (lambda v: _claims(tid=None), "token_invalid"),
    "version 1": (lambda v: _claims(ver="1.0"), "token_invalid"),
    "key": (lambda v: {"foreign_key": True}, "token_invalid"),
    "kid": (lambda v: {"header": {"kid": "unknown"}}, "token_invalid"),
    "no kid": (lambda v: {"header": {"kid": None}}, "token_invalid"),
    "HS256": (lambda v: {"header": {"alg": "HS256"}}, "token_invalid"),
    "none": (lambda v: {"header": {"alg": "none"}}, "token_invalid"),
    "rubbish": (lambda v: {"raw": "a.b.c"}, "token_invalid"),
    "tenant": (
        lambda v: _claims(
            tid=(other := str(uuid4())), iss=f"{v.simulator.origin}/{other}/v2.0"
        ),
        "token_invalid",
    ),
    "guest": (lambda v: _claims(idp="https://sts.windows.net/x/"), "guest"),
    "another's address": (
        lambda v: _claims(oid=str(uuid4()), email="ada@acme.example"),
        "not_imported",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_token_that_does_not_hold_lets_nobody_in(visit: Visit, name: str) -> None:
    forge, reason = FORGED[name]
    person = visit.add("ada")
    signing.agent(person, email="ada@acme.example")
    before = signing.counts()
    visit.simulator.admin.settings(visit.tenant.tenant_id, forge=forge(visit))  # type: ignore[arg-type]

    answer = visit.come_in(person)

    if reason == "token_invalid" and name == "tenant":
        reason = signing.denied(answer)
        assert reason in {"token_invalid", "tenant_not_allowed"}
    signing.refused(visit, answer, reason, before)


@pytest.mark.rule("R055")
def test_somebody_not_imported_is_told_so(visit: Visit) -> None:
    person = visit.add("ada")
    signing.user(person)
    before = signing.counts()

    answer = visit.come_in(person)

    signing.refused(visit, answer, "not_imported", before)
    event = SignInEvent.objects.get()
    assert event.upn.startswith("ada@")
    assert str(event.entra_object_id) in person


@pytest.mark.rule("R056")
@pytest.mark.parametrize("what", ["agent", "user", "site", "organisation"])
def test_somebody_inactive_is_refused(visit: Visit, what: str) -> None:
    person = visit.add("ada")
    if what == "agent":
        signing.agent(person, is_active=False)
    else:
        user = signing.user(person, is_active=what != "user")
        place = user.site if what == "site" else user.site.organisation
        place.is_active = what == "user"
        place.save()
    before = signing.counts()

    answer = visit.come_in(person, **({} if what == "agent" else {"portal": "user"}))

    signing.refused(visit, answer, "inactive", before)


@pytest.mark.rule("R046")
@pytest.mark.parametrize("what", ["unpublished", "module off", "unknown", "deleted"])
def test_what_is_not_published_leads_nowhere(visit: Visit, what: str) -> None:
    before = signing.counts()
    if what == "unpublished":
        visit.connection.published = False
        visit.connection.save()
    elif what == "module off":
        Module.objects.update(enabled=False)
    elif what == "unknown":
        visit.connection.slug = "no-such"
    else:
        visit.connection.delete()

    signing.refused(visit, visit.start(), "not_published", before)


@pytest.mark.rule("R047")
def test_a_connection_for_agents_refuses_the_portal(visit: Visit) -> None:
    visit.connection.allow = AllowedAudience.AGENTS
    visit.connection.save()

    answer = visit.start(portal="user")

    signing.refused(visit, answer, "audience", signing.counts())


@pytest.mark.rule("R046")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"published": False}, "not_published"),
        ({"allow": AllowedAudience.USERS}, "audience"),
        ({"tenant_type": TenantType.MULTI}, "unknown_state"),
    ],
    ids=["unpublished", "audience", "type"],
)
def test_what_changes_in_mid_flow_counts(
    visit: Visit, change: dict[str, Any], reason: str
) -> None:
    person = visit.add("ada")
    signing.agent(person)
    before = signing.counts()
    back = visit.back(person)
    for name, value in change.items():
        setattr(visit.connection, name, value)
    visit.connection.save()

    signing.refused(visit, visit.answer(back), reason, before)


@pytest.mark.rule("R044")
def test_a_tenant_that_is_not_listed_is_refused(visit: Visit) -> None:
    visit.connection.tenant_type = TenantType.MULTI
    visit.connection.save()
    visit.simulator.admin.set_application(
        visit.tenant.tenant_id, visit.tenant.application_id, multi_tenant=True
    )
    listed = AllowedTenantFactory.create(
        connection=visit.connection, tenant_id=visit.tenant.tenant_id
    )
    person = visit.add("ada")
    signing.agent(person)
    back = visit.back(person)
    assert visit.answer(back).headers["Location"] == "/"
    visit.client.logout()
    SignInEvent.objects.all().delete()
    before = signing.counts()

    back = visit.back(person)
    listed.delete()

    signing.refused(visit, visit.answer(back), "tenant_not_allowed", before)


@pytest.mark.parametrize("what", ["again", "elsewhere", "invented", "doubled", "none"])
def test_a_state_counts_once_and_in_its_own_session(visit: Visit, what: str) -> None:
    person = visit.add("ada")
    signing.agent(person)
    before = signing.counts()
    back = visit.back(person)
    if what == "again":
        visit.answer(back)
        visit.client.logout()
        SignInEvent.objects.all().delete()
        before = signing.counts()
        answer: Any = visit.answer(back)
    elif what == "elsewhere":
        other = signing.Visit(
            visit.simulator, visit.tenant, visit.connection, visit.browser
        )
        answer = other.answer(back)
    elif what == "invented":
        answer = visit.answer(back, state="x" * 60)
    elif what == "doubled":
        state = back.parameters["state"]
        answer = Client().post(
            signing.ANSWER, {**back.parameters, "state": [state, state]}
        )
    else:
        answer = visit.client.get(signing.ANSWER)

    signing.refused(visit, answer, "unknown_state", before)


def test_a_start_that_another_site_asked_for_is_refused(visit: Visit) -> None:
    answer = visit.client.get(
        f"/auth/account/azure/{visit.connection.slug}",
        headers={"sec-fetch-site": "cross-site"},
    )

    signing.refused(visit, answer, "unknown_state", signing.counts())


def test_who_asks_too_often_waits(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    for _ in range(2):
        visit.client.get(signing.ANSWER)
    SignInEvent.objects.all().delete()

    answers = [visit.client.get(signing.ANSWER) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {429}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert signing.events() == ["rate_limited"]


def test_an_office_of_people_is_let_through() -> None:
    assert views.MOST >= 120
