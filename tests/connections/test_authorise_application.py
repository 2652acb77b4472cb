"""Authorize with application permissions: admin consent, proven by use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from connections import prove
from connections.authorise_refusals import AuthorisationRefused, Reason
from connections.probe import Need
from tests.connections.authorising import kept, refusal

if TYPE_CHECKING:
    from tests.connections.authorising import Case

pytestmark = pytest.mark.rule("R024")


@pytest.fixture
def unconsented(application: Case) -> Case:
    """A connection whose application nobody in the tenant has consented to."""
    application.application(permissions=[])
    return application


def test_admin_consent_authorises_with_what_the_application_can_do(
    unconsented: Case,
) -> None:
    outcome = unconsented.authorise(unconsented.add("ada"))

    row = unconsented.connection
    assert row.authorised_by_id == unconsented.account_id
    assert (row.authorised_as, row.authorised_person) == ("", None)
    assert row.authorised_at is not None
    assert row.token_cache == ""
    assert "User.Read.All" in row.granted_scopes
    assert "User.Read.All" not in [one.name for one in outcome.lacking]


def test_the_button_leads_to_the_consent_of_the_connections_own_tenant(
    unconsented: Case,
) -> None:
    tenant = unconsented.tenant.tenant_id
    start = f"{unconsented.simulator.origin}/{tenant}/v2.0/adminconsent?"

    assert unconsented.start().startswith(start)


def test_an_answer_that_claims_consent_proves_nothing(unconsented: Case) -> None:
    back = unconsented.back(unconsented.add("ada"))
    unconsented.application(permissions=[])

    refused = refusal(unconsented, back, admin_consent="True")
    assert refused.reason is Reason.PERMISSIONS
    assert "User.Read.All (Import users and agents)" in str(refused)


def test_declined_consent_is_refused_although_it_says_true(unconsented: Case) -> None:
    back = unconsented.back(unconsented.add("ada"), consent="decline")

    assert back.parameters["admin_consent"] == "True"
    assert refusal(unconsented, back).reason is Reason.CONSENT_REQUIRED


def test_consent_given_in_entra_is_proven_without_a_visit(application: Case) -> None:
    outcome = prove.prove(
        application.connection,
        account_id=application.account_id,
        needs=lambda _: (Need.USERS, Need.GROUPS),
        now=timezone.now(),
    )

    assert outcome.connection.authorised_at is not None
    # Organization.Read.All, which it has, opens the licences too.
    assert kept(application)["granted_scopes"] == [
        "User.Read.All",
        "GroupMember.Read.All",
        "LicenseAssignment.Read.All",
    ]


def test_a_wrong_secret_is_told_and_nothing_is_kept(application: Case) -> None:
    application.application(secret="another")

    with pytest.raises(AuthorisationRefused, match="client secret") as caught:
        prove.prove(
            application.connection,
            account_id=application.account_id,
            needs=lambda _: (Need.USERS,),
            now=timezone.now(),
        )
    assert caught.value.reason is Reason.PROVIDER_ERROR
    assert kept(application)["authorised_at"] is None
