"""Authorize: every answer that does not fit is refused, and nothing of it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils import timezone

from connections import callback, pending, waiting
from connections.authorise_refusals import Reason
from connections.callback import BadAnswer
from connections.probe import Need
from tests.connections.authorising import refusal

if TYPE_CHECKING:
    from simulator.contract import FaultRule
    from tests.connections.authorising import Case

OTHER = "22222222-2222-4222-8222-222222222222"


def test_an_answer_works_once(delegated: Case) -> None:
    back = delegated.back(delegated.add("ada"))
    delegated.finish(back)

    assert refusal(delegated, back).reason is Reason.UNKNOWN_STATE


def test_an_answer_is_for_its_session_its_account_and_ten_minutes(
    delegated: Case,
) -> None:
    ada = delegated.add("ada")
    back, mine = delegated.back(ada), delegated.session
    delegated.session = {}
    assert refusal(delegated, back).reason is Reason.UNKNOWN_STATE

    delegated.session = mine
    delegated.account_id += 1
    assert refusal(delegated, back).reason is Reason.OTHER_ACCOUNT


def test_what_was_begun_long_ago_is_forgotten(delegated: Case) -> None:
    back = delegated.back(delegated.add("ada"))
    late = timezone.now() + waiting.LIFE + timedelta(seconds=1)

    assert pending.take(delegated.session, back.parameters["state"], late) is None
    assert delegated.session[pending.KEPT] == {}


def test_a_session_holds_few_begun_authorisations(delegated: Case) -> None:
    backs = [delegated.back(delegated.add("ada"))]
    for _ in range(waiting.MOST):
        delegated.start()

    assert len(delegated.session[pending.KEPT]) == waiting.MOST
    assert refusal(delegated, backs[0]).reason is Reason.UNKNOWN_STATE


def test_an_error_counts_although_there_is_a_code(delegated: Case) -> None:
    back = delegated.back(delegated.add("ada"))

    refused = refusal(
        delegated,
        back,
        error="access_denied",
        error_description="AADSTS65004: <script>alert(1)</script>",
    )

    assert refused.reason is Reason.CANCELLED
    assert "(AADSTS65004)" in str(refused)
    assert "script" not in str(refused)
    assert refusal(delegated, back).reason is Reason.UNKNOWN_STATE


def test_consent_taken_back_meanwhile_is_told(delegated: Case) -> None:
    back = delegated.back(delegated.add("ada"))
    delegated.application(consented=[])

    refused = refusal(delegated, back)
    assert refused.reason is Reason.CONSENT_REQUIRED
    assert "Grant admin consent" in str(refused)


def test_declining_at_microsoft_is_told(delegated: Case) -> None:
    back = delegated.back(delegated.add("ada"), consent="decline")

    refused = refusal(delegated, back)
    assert refused.reason is Reason.CANCELLED
    assert refused.connection_id == delegated.connection.pk


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("consent_required", Reason.CONSENT_REQUIRED),
        ("temporarily_unavailable", Reason.PROVIDER_UNREACHABLE),
        ("something_new", Reason.PROVIDER_ERROR),
        ("", Reason.BAD_ANSWER),
    ],
)
def test_an_answer_without_a_code_says_what_to_do(
    delegated: Case, error: str, reason: Reason
) -> None:
    back = delegated.back(delegated.add("ada"))

    assert refusal(delegated, back, code="", error=error).reason is reason


@pytest.mark.rule("R068")
@pytest.mark.parametrize(
    ("forgery", "reason"),
    [
        ({"claims": {"tid": OTHER}}, Reason.TOKEN_INVALID),
        ({"claims": {"aud": OTHER}}, Reason.TOKEN_INVALID),
        ({"claims": {"nonce": "another"}}, Reason.TOKEN_INVALID),
        ({"claims": {"nonce": None}}, Reason.TOKEN_INVALID),
        ({"header": {"alg": "none"}}, Reason.TOKEN_INVALID),
        ({"header": {"alg": "HS256"}}, Reason.TOKEN_INVALID),
        ({"foreign_key": True}, Reason.TOKEN_INVALID),
        ({"raw": "no token"}, Reason.PROVIDER_ERROR),
        ({"raw": ""}, Reason.PROVIDER_ERROR),
    ],
    ids=str,
)
def test_a_forged_id_token_is_refused(
    delegated: Case, forgery: Any, reason: Reason
) -> None:
    delegated.simulator.admin.settings(delegated.tenant.tenant_id, forge=forgery)
    back = delegated.back(delegated.add("ada"))

    assert refusal(delegated, back).reason is reason


@pytest.mark.rule("R068")
def test_somebody_of_another_tenant_is_refused(delegated: Case) -> None:
    issuer = f"{delegated.simulator.origin}/{OTHER}/v2.0"
    delegated.simulator.admin.settings(
        delegated.tenant.tenant_id,
        forge={"claims": {"tid": OTHER, "iss": issuer}},
    )
    back = delegated.back(delegated.add("ada"))

    refused = refusal(delegated, back)
    assert refused.reason is Reason.TENANT
    assert "another tenant" in str(refused)


def test_a_guest_cannot_authorise(delegated: Case) -> None:
    guest = delegated.add("eve", userType="Guest", mail="eve@home.example")

    refused = refusal(delegated, delegated.back(guest))
    assert refused.reason is Reason.GUEST
    assert "is a guest" in str(refused)


@pytest.mark.rule("R071")
@pytest.mark.rule("R018")
def test_a_permission_that_lacks_is_named_with_what_it_is_for(delegated: Case) -> None:
    delegated.needs = (Need.USERS, Need.GROUPS)
    delegated.application(scopes=["User.Read"])

    refused = refusal(delegated, delegated.back(delegated.add("ada")))
    assert refused.reason is Reason.PERMISSIONS
    assert "User.Read.All (Import users and agents)" in str(refused)
    assert "GroupMember.Read.All (Read groups" in str(refused)


def test_a_connection_that_was_changed_meanwhile_is_not_authorised(
    delegated: Case,
) -> None:
    back = delegated.back(delegated.add("ada"))
    registration = delegated.connection.registration
    registration.application_id = UUID(OTHER)
    registration.save()

    assert refusal(delegated, back).reason is Reason.CHANGED


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}], ids=str)
@pytest.mark.parametrize("path", ["v2.0/token", "discovery/v2.0/keys"])
def test_while_microsoft_is_away_nothing_is_kept(
    delegated: Case, path: str, fault: FaultRule
) -> None:
    back = delegated.back(delegated.add("ada"))
    rule: FaultRule = {"tenant_id": delegated.tenant.tenant_id, "path": path}
    rule.update(fault)
    delegated.simulator.admin.fault(**rule)

    assert refusal(delegated, back).reason is Reason.PROVIDER_UNREACHABLE


def test_a_state_of_somebody_elses_making_is_not_even_looked_up(
    delegated: Case,
) -> None:
    back = delegated.back(delegated.add("ada"))

    with pytest.raises(BadAnswer):
        delegated.finish(back, state="invented")
    assert callback.new_state() != callback.new_state()
