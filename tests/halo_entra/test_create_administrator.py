from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.management import call_command
from django.utils.http import urlsafe_base64_decode

from accounts.models import Account
from common.rights import Permission
from directory.models import Agent, AgentRole
from halo_entra.commands import Exit
from tests.accounts.signing import send_password, with_app
from tests.desk_agents import agent_with
from tests.factories.accounts import AccountFactory
from tests.factories.directory import (
    AgentFactory,
    AgentRoleFactory,
    AgentRoleGrantFactory,
    OrganisationFactory,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

ADDRESS = "Anna@acme.example"
PASSWORD = "a-canary-sings-at-dawn"


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    """A file that holds a good password."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    return str(file)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Return the exit status and what the command said on stderr."""
    with pytest.raises(SystemExit) as left:
        call_command("create_administrator", *arguments)
    return int(str(left.value.code)), capsys.readouterr().err


def test_the_first_administrator_has_an_account_an_agent_and_every_permission() -> None:
    call_command("create_administrator", ADDRESS)

    agent = Agent.objects.get()
    assert agent.account == Account.objects.get(username="anna@acme.example")
    assert (agent.email, agent.is_active) == (ADDRESS, True)
    assert set(agent.roles.get().permissions) == set(Permission)


def test_the_link_sets_the_password_of_that_account(
    capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.AGENT_BASE_URL = "https://desk.acme.example"

    call_command("create_administrator", ADDRESS)

    link = re.search(
        r"https://desk\.acme\.example/auth/set-password/(\S+)/(\S+)",
        capsys.readouterr().out,
    )
    assert link
    account = Account.objects.get(pk=urlsafe_base64_decode(link[1]).decode())
    assert default_token_generator.check_token(account, link[2])
    assert not account.has_usable_password()


def test_a_password_file_sets_the_password_and_shows_no_link(
    capsys: pytest.CaptureFixture[str], password_file: str
) -> None:
    call_command("create_administrator", ADDRESS, "--password-file", password_file)

    said = capsys.readouterr().out
    assert Account.objects.get().check_password(PASSWORD)
    assert PASSWORD not in said
    assert "set-password" not in said


def test_only_break_glass_signs_in_without_microsoft() -> None:
    call_command("create_administrator", ADDRESS)
    assert not Account.objects.get().may_sign_in_locally

    call_command("create_administrator", ADDRESS, "--break-glass")
    assert Account.objects.get().may_sign_in_locally


def test_a_second_time_changes_nothing(
    capsys: pytest.CaptureFixture[str], password_file: str
) -> None:
    call_command("create_administrator", ADDRESS, "--password-file", password_file)
    revision = Agent.objects.get().revision

    call_command("create_administrator", ADDRESS.lower())

    assert "is an administrator." in capsys.readouterr().out
    assert Account.objects.get().check_password(PASSWORD)
    assert Agent.objects.get().revision == revision
    assert AgentRole.objects.count() == 1


def test_lost_second_factors_are_removed_and_all_administrators_read_of_it(
    client: Client,
    capsys: pytest.CaptureFixture[str],
    password_file: str,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    call_command("create_administrator", ADDRESS, "--password-file", password_file)
    account = with_app(Account.objects.get())
    other = agent_with(Permission.ADMINISTER)
    other.email = "boss@acme.example"
    other.save()
    capsys.readouterr()

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            call_command("create_administrator", ADDRESS, "--reset-second-factor")

    said = capsys.readouterr().out
    assert said.count("removed the second factors") == 1
    assert said.count("/auth/set-password/") == 2
    assert "--reset-second-factor" not in said
    assert not Authenticator.objects.exists()
    [told] = mail.outbox
    assert sorted(told.to) == [ADDRESS, "boss@acme.example"]
    assert told.subject == f"The second factors of {account} were removed"
    send_password(client, account.username)
    assert "_auth_user_id" in client.session


def test_second_factors_stay_unless_that_is_asked_and_the_command_says_so(
    capsys: pytest.CaptureFixture[str], password_file: str
) -> None:
    call_command("create_administrator", ADDRESS, "--password-file", password_file)
    with_app(Account.objects.get())
    for options in ((), ("--password-file", password_file)):
        call_command("create_administrator", ADDRESS, *options)
        assert "repeat this with --reset-second-factor" in capsys.readouterr().out

    assert Authenticator.objects.count() == 2
    assert mail.outbox == []


def test_an_agent_with_the_address_becomes_the_administrator() -> None:
    agent = AgentFactory.create(name="Anna", email="anna@ACME.example", is_active=False)

    call_command("create_administrator", ADDRESS)

    agent.refresh_from_db()
    assert agent.account == Account.objects.get()
    assert (agent.name, agent.is_active) == ("Anna", True)
    assert agent.revision > 1


def test_a_role_that_administers_already_is_enough() -> None:
    agent = AgentFactory.create(account=AccountFactory.create(username=ADDRESS.lower()))
    role = AgentRoleFactory.create(permissions=[Permission.ADMINISTER])
    AgentRoleGrantFactory.create(agent=agent, role=role)

    call_command("create_administrator", ADDRESS)

    assert agent.roles.get() == role


def test_a_role_for_one_organisation_is_not_enough() -> None:
    agent = AgentFactory.create(account=AccountFactory.create(username=ADDRESS.lower()))
    role = AgentRoleFactory.create(permissions=[Permission.ADMINISTER])
    role.organisations.add(OrganisationFactory.create())
    AgentRoleGrantFactory.create(agent=agent, role=role)

    call_command("create_administrator", ADDRESS)

    assert set(agent.roles.all()) == {role, AgentRole.objects.get(name="Administrator")}


def test_an_inactive_account_is_let_in_again() -> None:
    AccountFactory.create(username=ADDRESS.lower(), is_active=False)

    call_command("create_administrator", ADDRESS)

    assert Account.objects.get().is_active


@pytest.mark.parametrize("address", ["anna", "anna@", "a b@acme.example", ""])
def test_a_bad_address_is_refused(
    capsys: pytest.CaptureFixture[str], address: str
) -> None:
    status, said = refusal(capsys, address)

    assert status == Exit.WRONG_USE
    assert "is not an e-mail address." in said
    assert not Account.objects.exists()


@pytest.mark.parametrize("password", ["short", "123456789012345", "anna@acme.example"])
def test_a_weak_password_is_refused_and_nothing_is_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, password: str
) -> None:
    (tmp_path / "weak").write_text(password)

    status, said = refusal(capsys, ADDRESS, "--password-file", str(tmp_path / "weak"))

    assert status == Exit.WRONG_USE
    assert said.startswith("The password is too weak: ")
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("content", "why"), [(None, "cannot be read"), ("\n", "empty")]
)
def test_a_password_file_without_a_password_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str | None, why: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)

    status, said = refusal(capsys, ADDRESS, "--password-file", str(file))

    assert status == Exit.WRONG_USE
    assert why in said


def test_an_agent_who_signs_in_with_another_account_is_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    agent = AgentFactory.create(email=ADDRESS, account=AccountFactory.create())

    status, said = refusal(capsys, ADDRESS)

    assert status == Exit.FAILED
    assert "Use another address." in said
    assert not agent.roles.exists()


def test_two_agents_with_the_address_are_not_guessed_between(
    capsys: pytest.CaptureFixture[str],
) -> None:
    AgentFactory.create_batch(2, email=ADDRESS)

    status, said = refusal(capsys, ADDRESS)

    assert status == Exit.FAILED
    assert "Several agents" in said
    assert not Account.objects.exists()


def test_a_role_of_that_name_that_does_not_administer_is_left_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    role = AgentRoleFactory.create(name="Administrator")

    status, said = refusal(capsys, ADDRESS)

    assert status == Exit.FAILED
    assert "permission administer" in said
    role.refresh_from_db()
    assert role.permissions == []
