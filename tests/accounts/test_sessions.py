"""Sessions: whose they are, how long they last, and when somebody is out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.backends import ModelBackend
from django.test import Client
from django.urls import reverse

from accounts.audiences import BACKENDS, refusal
from accounts.backends import AgentBackend, UserBackend
from accounts.sessions import SEEN, SIGN_IN, is_over
from accounts.words import Audience
from common.rights import Permission
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.accounts import AccountFactory
from tests.factories.directory import AgentFactory, EndUserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
HOURS = 3600
NOW = 1_000_000.0


def age(client: Client, key: str, seconds: int) -> None:
    """Make the session look as if that moment was longer ago."""
    session = client.session
    if key == SIGN_IN:
        session[SIGN_IN] = {**session[SIGN_IN], "at": session[SIGN_IN]["at"] - seconds}
    else:
        session[key] -= seconds
    session.save()


def is_in(client: Client) -> bool:
    """Return whether the session still opens the start page."""
    response = client.get("/")
    if response.status_code == 200:
        return True
    assert response.headers["Location"] == f"{reverse('account_login')}?next=/"
    return False


@pytest.mark.parametrize(
    ("began", "seen", "audience", "over"),
    [
        (9.9, 0.9, Audience.AGENT, False),
        (10, 0, Audience.AGENT, True),
        (2, 1, Audience.AGENT, True),
        (2, 1, Audience.USER, False),
        (10, 0, Audience.USER, True),
    ],
)
def test_a_session_ends_at_ten_hours_and_an_agents_after_an_idle_one(
    began: float, seen: float, audience: Audience, over: bool
) -> None:
    session = {SIGN_IN: {"at": NOW - began * HOURS}, SEEN: NOW - seen * HOURS}

    assert is_over(session, audience, NOW) is over


def test_a_session_without_its_times_is_over() -> None:
    assert is_over({}, Audience.AGENT, NOW)


def test_an_agent_is_asked_again_after_an_idle_hour(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    age(client, SEEN, 59 * 60)
    assert is_in(client)

    age(client, SEEN, 60 * 60)
    assert not is_in(client)


def test_using_the_desk_keeps_a_session_for_ten_hours_at_most(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    age(client, SIGN_IN, 10 * HOURS)

    assert not is_in(client)


def test_a_deactivated_agent_is_out_at_the_next_request(client: Client) -> None:
    agent = sign_in(client, Permission.VIEW)
    assert is_in(client)
    agent.is_active = False
    agent.save()

    assert not is_in(client)


def test_a_deactivated_account_is_out_at_the_next_request(client: Client) -> None:
    account = sign_in(client, Permission.VIEW).account
    assert account
    account.is_active = False
    account.save()

    assert not is_in(client)


def test_a_users_session_opens_no_page_of_the_agents(client: Client) -> None:
    agent = sign_in(client, *EVERYTHING)
    assert agent.account
    EndUserFactory.create(account=agent.account)
    other = Client()
    other.force_login(agent.account, backend=BACKENDS[Audience.USER])

    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 403


def test_an_account_is_admitted_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    account = AccountFactory.create()
    AgentFactory.create(account=account)
    EndUserFactory.create(account=account)
    backends: list[ModelBackend] = [AgentBackend(), UserBackend()]

    for backend in backends:
        with django_assert_num_queries(1):
            assert backend.get_user(account.pk) == account


def test_an_inactive_site_or_organisation_refuses_its_users() -> None:
    user = EndUserFactory.create(account=AccountFactory.create())
    assert user.account
    assert refusal(user.account, Audience.USER) == ""

    user.site.organisation.is_active = False
    user.site.organisation.save()
    assert UserBackend().get_user(user.account.pk) is None


def test_who_has_no_record_for_the_door_is_not_imported() -> None:
    account = AgentFactory.create(account=AccountFactory.create()).account
    assert account

    assert refusal(account, Audience.AGENT) == ""
    assert refusal(account, Audience.USER) == "not_imported"
