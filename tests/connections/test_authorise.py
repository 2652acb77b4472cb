"""Authorize with delegated permissions: what is kept, what is refused, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone

from common import encryption
from connections import authorise, pending
from connections.authorise_outcomes import Authorised, Confirm
from connections.delegated import UserTokens
from connections.graph.errors import Unavailable
from tests.connections.authorising import kept

if TYPE_CHECKING:
    from tests.connections.authorising import Case

OTHER = "22222222-2222-4222-8222-222222222222"


@pytest.mark.rule("R066")
@pytest.mark.rule("R069")
@pytest.mark.rule("R026")
def test_authorising_keeps_who_when_what_and_the_tokens(delegated: Case) -> None:
    ada = delegated.add("ada")
    outcome = delegated.authorise(ada)

    row = delegated.connection
    assert row.authorised_by_id == delegated.account_id
    assert row.authorised_as == f"ada@{delegated.tenant.domain}"
    assert row.authorised_person == UUID(ada.partition("/")[2])
    assert row.authorised_at is not None
    assert row.granted_scopes == ["Group.Read.All", "User.Read.All"]
    text = encryption.decrypt(row.token_cache, place=row.token_place)
    assert UserTokens.load(text).is_good(timezone.now())
    assert [one.name for one in outcome.lacking] == [
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "DeviceManagementManagedDevices.Read.All",
    ]


@pytest.mark.rule("R067")
@pytest.mark.rule("R030")
def test_the_button_leads_to_the_connections_own_tenant(delegated: Case) -> None:
    address = delegated.start()

    tenant = delegated.tenant.tenant_id
    start = f"{delegated.simulator.origin}/{tenant}/oauth2/v2.0/authorize?"
    assert address.startswith(start)
    assert "redirect_uri=https%3A%2F%2Fdesk.example%2Fazure%2Fauth&" in address
    assert "code_challenge_method=S256" in address
    assert "response_mode=form_post" in address
    assert "prompt=select_account" in address


@pytest.mark.rule("R019")
@pytest.mark.rule("R023")
def test_without_groups_what_does_not_need_them_is_authorised(delegated: Case) -> None:
    delegated.application(scopes=["User.Read.All"])
    outcome = delegated.authorise(delegated.add("ada"))

    assert "GroupMember.Read.All" in [one.name for one in outcome.lacking]


def test_somebody_else_than_last_time_must_be_confirmed(delegated: Case) -> None:
    ada, bob = delegated.add("ada"), delegated.add("bob")
    delegated.authorise(ada)
    before = kept(delegated)

    outcome = delegated.finish(delegated.back(bob))
    assert isinstance(outcome, Confirm)
    assert outcome.previous.startswith("ada@")
    assert outcome.username.startswith("bob@")
    assert kept(delegated) == before

    again = delegated.start(is_confirmed=True)
    assert "login_hint=bob%40" in again
    assert "prompt" not in again
    assert isinstance(
        delegated.finish(delegated.browser.sign_in(again, bob)), Authorised
    )
    assert kept(delegated)["authorised_as"].startswith("bob@")


def test_confirming_one_person_does_not_let_a_third_in(delegated: Case) -> None:
    ada, bob, eve = (delegated.add(name) for name in ("ada", "bob", "eve"))
    delegated.authorise(ada)
    delegated.finish(delegated.back(bob))
    again = delegated.start(is_confirmed=True)

    outcome = delegated.finish(delegated.browser.sign_in(again, eve))
    assert isinstance(outcome, Confirm)
    assert outcome.username.startswith("eve@")


def test_confirming_is_for_the_connection_that_was_asked_about(
    delegated: Case,
) -> None:
    person = UUID(OTHER)
    pending.propose(delegated.session, delegated.connection.pk + 1, person, "bob")

    assert "login_hint" not in delegated.start(is_confirmed=True)


def test_while_microsoft_is_away_nobody_is_sent_there(delegated: Case) -> None:
    delegated.simulator.admin.fault(
        tenant_id=delegated.tenant.tenant_id, path="openid-configuration", status=503
    )

    with pytest.raises(Unavailable):
        delegated.start()
    assert pending.KEPT not in delegated.session


def test_a_privileged_account_is_warned_about_where_the_token_tells(
    delegated: Case,
) -> None:
    role = "62e90394-69f5-4237-9190-012177145e10"
    delegated.simulator.admin.settings(
        delegated.tenant.tenant_id, forge={"claims": {"wids": [role]}}
    )
    outcome = delegated.authorise(delegated.add("ada"))

    assert "is a Global Administrator" in outcome.warning


@pytest.mark.rule("R031")
def test_the_redirect_uri_is_at_the_origin_of_the_agents_app(
    delegated: Case,
) -> None:
    assert authorise.redirect_uri() == "https://desk.example/azure/auth"
