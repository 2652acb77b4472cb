"""Administrators make break-glass accounts, and take that back, on the agent's page."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from auditlog.models import LogEntry
from django.core import mail
from django.urls import reverse

from common.rights import Permission
from halo_entra.celery import app
from tests.accounts.signing import local_account
from tests.break_glass import break_glass_account, redirecting
from tests.desk_agents import agent_with, sign_in
from tests.factories.directory import AgentFactory, OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from directory.models import Agent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """Let no worker be waited for."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def administrator(client: Client) -> Client:
    """The client of an administrator."""
    sign_in(client, Permission.VIEW, Permission.ADMINISTER)
    return client


def ask(client: Client, agent: Agent, may: str) -> str:
    """Press the button on the agent's page; return the page that follows."""
    address = reverse("directory:agent-break-glass", args=[agent.pk])
    page = client.post(address, {"may": may}, REMOTE_ADDR="192.0.2.7", follow=True)
    return unescape(" ".join(page.content.decode().split()))


@pytest.mark.rule("R049")
def test_the_flag_is_set_and_cleared_and_all_administrators_read_of_it(
    administrator: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    boss = break_glass_account()
    account = local_account(Permission.ADMINISTER)
    for may in ("yes", "no"):
        assert (
            f'name="may" value="{may}"'
            in administrator.get(
                reverse("directory:agent", args=[account.agent.pk])
            ).content.decode()
        )
        with django_capture_on_commit_callbacks(execute=True):
            page = ask(administrator, account.agent, may)
        account.refresh_from_db()
        assert account.may_sign_in_locally is (may == "yes")
        assert "All administrators are told by mail" in page

    subjects = [one.subject for one in mail.outbox]
    assert subjects == [
        f"Break-glass account {account} may sign in at /auth/local from now on",
        f"Break-glass account {account} may no longer sign in at /auth/local",
    ]
    assert boss.email in mail.outbox[0].to
    assert "From: 192.0.2.7" in mail.outbox[0].body
    kept = LogEntry.objects.get_for_object(account)[:2]
    assert [one.changes["may_sign_in_locally"] for one in kept] == [
        ["True", "False"],
        ["False", "True"],
    ]
    assert kept[0].actor is not None


@pytest.mark.rule("R049")
def test_the_last_one_keeps_the_flag_while_microsoft_is_the_only_way_in(
    administrator: Client,
) -> None:
    account = break_glass_account()
    redirecting()

    page = ask(administrator, account.agent, "no")

    account.refresh_from_db()
    assert account.may_sign_in_locally
    assert f"last break-glass administrator, {account}, while" in page
    assert mail.outbox == []


def test_pressing_twice_tells_once(
    administrator: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    account = break_glass_account()
    with django_capture_on_commit_callbacks(execute=True):
        ask(administrator, account.agent, "yes")

    assert mail.outbox == []


@pytest.mark.parametrize("who", ["no account", "no boss", "limited", "no password"])
def test_who_could_not_come_in_and_help_is_none(
    administrator: Client, who: str
) -> None:
    if who == "no account":
        agent = AgentFactory.create(account=None)
    elif who == "no boss":
        agent = local_account().agent
    elif who == "limited":
        places = [OrganisationFactory.create()]
        agent = agent_with(Permission.ADMINISTER, organisations=places)
    else:
        agent = agent_with(Permission.ADMINISTER)
        assert agent.account
        agent.account.set_unusable_password()
        agent.account.save()

    page = ask(administrator, agent, "yes")

    agent.refresh_from_db()
    assert not (agent.account and agent.account.may_sign_in_locally)
    words = {
        "no account": "has no account to be",
        "no password": "has no password",
    }
    assert words.get(who, "is not an active administrator") in page
    assert str(agent.account or agent) in page


def test_it_asks_again_who_it_is(client: Client) -> None:
    sign_in(client, Permission.VIEW, Permission.ADMINISTER, recently=False)
    account = local_account(Permission.ADMINISTER)
    address = reverse("directory:agent-break-glass", args=[account.agent.pk])

    answer = client.post(address, {"may": "yes"})

    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    account.refresh_from_db()
    assert not account.may_sign_in_locally


def test_others_do_not_see_the_button(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    agent = break_glass_account().agent
    page = client.get(reverse("directory:agent", args=[agent.pk])).content.decode()

    assert "Break-glass" not in page
