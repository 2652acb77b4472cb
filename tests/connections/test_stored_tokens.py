"""Delegated tokens at work: renewed, shared by workers, lost, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from common import encryption
from connections import access, authorised
from connections.delegated import UserTokens
from connections.graph.errors import (
    NeedsAuthorisation,
    SignInReason,
    SignInRefused,
)
from connections.models import TenantConnection
from connections.probe import Need, probe
from tests.connections.graph.people import add_group

if TYPE_CHECKING:
    from tests.connections.authorising import Case

HOURS = 2


@pytest.fixture
def ada(delegated: Case) -> str:
    """Who has authorised the connection."""
    person = delegated.add("ada")
    delegated.authorise(person)
    return person


def tokens_of(case: Case) -> UserTokens:
    row = TenantConnection.objects.get(pk=case.connection.pk)
    text = encryption.decrypt(row.token_cache, place=row.token_place)
    return UserTokens.load(text)


def expire(case: Case) -> None:
    """Let the access token be of no use any more, here and at Microsoft."""
    case.simulator.admin.advance(HOURS * 3600)
    old = tokens_of(case)
    ended = UserTokens(old.refresh_token, old.access_token, timezone.now())
    place = case.connection.token_place
    TenantConnection.objects.filter(pk=case.connection.pk).update(
        token_cache=encryption.encrypt(ended.dump(), place=place)
    )
    case.connection.refresh_from_db()


def ask(case: Case, needs: tuple[Need, ...] = (Need.USERS,)) -> list[bool | None]:
    with access.open_client(case.connection, wait=lambda _: None) as client:
        return [one.granted for one in probe(client, needs)]


def renewals(case: Case) -> int:
    path = f"POST /{case.tenant.tenant_id}/oauth2/v2.0/token"
    asked = case.simulator.admin.request_counts(case.tenant.tenant_id)
    return asked.get(path, 0) - 1


def test_graph_answers_for_what_the_person_was_granted(delegated: Case) -> None:
    add_group(delegated.simulator, delegated.tenant, "G")
    delegated.application(scopes=["User.Read.All"])
    delegated.authorise(delegated.add("ada"))

    assert ask(delegated, (Need.USERS, Need.GROUPS)) == [True, False]
    assert renewals(delegated) == 0


def test_an_old_token_is_renewed_and_the_new_ones_are_kept(
    delegated: Case, ada: str
) -> None:
    first = tokens_of(delegated)
    expire(delegated)

    assert ask(delegated) == [True]
    second = tokens_of(delegated)
    assert second.refresh_token != first.refresh_token
    assert second.is_good(timezone.now())
    assert ask(delegated) == [True]
    assert renewals(delegated) == 1


def test_a_token_that_graph_does_not_accept_is_renewed_once(
    delegated: Case, ada: str
) -> None:
    delegated.simulator.admin.advance(HOURS * 3600)

    assert ask(delegated) == [True]
    assert renewals(delegated) == 1


def test_without_tokens_somebody_is_asked_to_authorise(delegated: Case) -> None:
    with pytest.raises(NeedsAuthorisation, match=r"^401 .*Press Authorize"):
        ask(delegated)


@pytest.mark.rule("R070")
@pytest.mark.rule("R129")
def test_a_revoked_authorisation_says_so_until_somebody_authorises_again(
    delegated: Case, ada: str
) -> None:
    object_id = ada.partition("/")[2]
    delegated.simulator.admin.revoke_sessions(delegated.tenant.tenant_id, object_id)
    expire(delegated)

    with pytest.raises(SignInRefused, match=r"^401 Unauthorized.*authorise again"):
        ask(delegated)
    row = TenantConnection.objects.get(pk=delegated.connection.pk)
    assert row.needs_authorising_again
    assert row.authorised_at is not None

    delegated.simulator.admin.reset_clock()
    delegated.authorise(ada)
    assert not delegated.connection.needs_authorising_again
    assert ask(delegated) == [True]


def test_a_wrong_secret_does_not_end_the_authorisation(
    delegated: Case, ada: str
) -> None:
    delegated.application(secret="another")
    expire(delegated)

    with pytest.raises(SignInRefused) as caught:
        ask(delegated)
    assert caught.value.reason is SignInReason.WRONG_SECRET
    delegated.connection.refresh_from_db()
    assert not delegated.connection.needs_authorising_again

    delegated.application(secret=delegated.tenant.secret)
    assert ask(delegated) == [True]


def test_a_sign_in_host_that_is_away_leaves_the_tokens_as_they_are(
    delegated: Case, ada: str
) -> None:
    expire(delegated)
    before = tokens_of(delegated)
    delegated.simulator.admin.fault(
        tenant_id=delegated.tenant.tenant_id, path="v2.0/token", status=503, times=1
    )

    assert ask(delegated) == [True]
    assert tokens_of(delegated) != before
    assert renewals(delegated) == 2


def test_disconnecting_deletes_the_tokens_and_says_where_consent_ends(
    delegated: Case, ada: str
) -> None:
    authorised.disconnect(delegated.connection)

    row = TenantConnection.objects.get(pk=delegated.connection.pk)
    assert (row.token_cache, row.authorised_at, row.granted_scopes) == ("", None, [])
    assert str(row.registration.application_id) in authorised.where_to_revoke(row)
    with pytest.raises(NeedsAuthorisation):
        ask(delegated)
