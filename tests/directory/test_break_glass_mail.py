"""All administrators read of every use, failure and change of break-glass."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.urls import reverse
from kombu.exceptions import OperationalError

from common.rights import Permission
from directory.models import Agent
from directory.tasks import Event, tell_of_break_glass
from halo_entra.celery import app
from tests.accounts.signing import PASSWORD, code, local_account, send_password
from tests.break_glass import break_glass_account
from tests.desk_agents import agent_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
AT = "2026-01-02T03:04:05+00:00"


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """Let no worker be waited for, and count no attempt of another test."""
    app.conf.task_always_eager = True
    cache.clear()
    yield
    cache.clear()
    app.conf.task_always_eager = False


def subjects() -> list[str]:
    """Return what the mails are about."""
    return [str(one.subject) for one in mail.outbox]


@pytest.mark.rule("R049")
def test_all_administrators_and_nobody_else_read_of_a_use(client: Client) -> None:
    account = break_glass_account(has_factor=False)
    for address, permission, is_active in (
        ("boss@acme.example", Permission.ADMINISTER, True),
        ("gone@acme.example", Permission.ADMINISTER, False),
        ("clerk@acme.example", Permission.VIEW, True),
        ("", Permission.ADMINISTER, True),
    ):
        agent = agent_with(permission)
        Agent.objects.filter(pk=agent.pk).update(email=address, is_active=is_active)

    send_password(client, account.username, at="local", address="192.0.2.9")

    [told] = mail.outbox
    assert sorted(told.to) == sorted([account.email, "boss@acme.example"])
    assert told.subject == (
        f"Break-glass account {account.email} has signed in at /auth/local"
    )
    assert "From: 192.0.2.9" in told.body
    assert "UTC" in told.body
    assert PASSWORD not in told.body


@pytest.mark.rule("R049")
def test_a_use_counts_once_the_second_factor_is_given(client: Client) -> None:
    account = break_glass_account()
    send_password(client, account.username, at="local")
    assert subjects() == []

    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert "_auth_user_id" in client.session
    assert [one.endswith("has signed in at /auth/local") for one in subjects()] == [
        True
    ]


def test_the_usual_page_is_no_use(client: Client) -> None:
    account = break_glass_account()
    send_password(client, account.username)
    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert "_auth_user_id" in client.session
    assert subjects() == []


@pytest.mark.rule("R049")
def test_a_wrong_password_is_told_from_where_it_came(client: Client) -> None:
    account = break_glass_account()

    send_password(client, account.username.upper(), "wrong", at="local")

    [told] = mail.outbox
    assert "was refused at /auth/local" in told.subject
    assert "From: 192.0.2.1" in told.body
    assert "wrong\n" not in told.body.replace("password was wrong", "")


@pytest.mark.rule("R049")
@pytest.mark.parametrize(
    "wrong",
    [{"code": "000000"}, {"code": "00000000"}, {"credential": '{"id": "x"}'}],
    ids=["app", "recovery code", "passkey"],
)
def test_a_wrong_second_factor_is_told_each_time(
    client: Client, wrong: dict[str, str]
) -> None:
    account = break_glass_account()
    send_password(client, account.username, at="local")
    for _ in range(2):
        client.post(reverse("mfa_authenticate"), wrong, REMOTE_ADDR="192.0.2.9")

    words = "the password was right, the second factor was not"
    told = f"Break-glass account {account.email} was refused at /auth/local: {words}"
    assert subjects() == [told, told]
    assert "From: 192.0.2.9" in str(mail.outbox[0].body)


def test_a_wrong_second_factor_at_the_usual_page_is_not(client: Client) -> None:
    send_password(client, break_glass_account().username)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"credential": "{}"})

    assert "_auth_user_id" not in client.session
    assert subjects() == []


def test_a_wrong_second_factor_is_told_by_a_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tell_of_break_glass, "delay", lambda *args: rung.append(args))
    account = break_glass_account()
    send_password(client, account.username, at="local")
    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert [one[:2] for one in rung] == [(Event.FACTOR_FAILED, account.pk)]
    assert subjects() == []


def test_nobody_reads_of_other_names_and_pages(client: Client) -> None:
    account = break_glass_account()
    send_password(client, account.username, "wrong")
    send_password(client, "nobody@acme.example", "wrong", at="local")
    send_password(client, local_account().username, "wrong", at="local")

    assert subjects() == []


@pytest.mark.rule("R049")
def test_the_page_does_the_same_for_every_name(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tell_of_break_glass, "delay", lambda *args: rung.append(args))
    known = break_glass_account().username
    for name in (known, "nobody@acme.example", local_account().username):
        send_password(client, name, "wrong", at="local")

    assert [one[0] for one in rung] == [Event.FAILED] * 3
    assert "nobody" not in str(rung)


@pytest.mark.rule("R049")
def test_a_new_break_glass_account_is_told_once(
    tmp_path: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    arguments = ("anna@acme.example", "--break-glass", "--password-file", str(file))
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            call_command("create_administrator", *arguments)

    [told] = mail.outbox
    assert told.to == ["anna@acme.example"]
    assert "may sign in at /auth/local from now on" in told.subject
    assert "From: a shell on the server" in told.body


def test_a_flag_taken_away_is_told_too() -> None:
    boss = break_glass_account()
    account = local_account()

    tell_of_break_glass(Event.UNFLAGGED, account.pk, AT, "")
    tell_of_break_glass(Event.USED, account.pk, AT, "")
    tell_of_break_glass(Event.FAILED, 0, AT, "")

    [told] = mail.outbox
    assert told.to == [boss.email]
    assert "may no longer" in told.subject
    assert "When: 2026-01-02 03:04:05 UTC" in told.body


def test_a_broker_that_does_not_answer_delays_no_mail(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tell_of_break_glass, "delay", broken)
    send_password(client, break_glass_account().username, "wrong", at="local")

    assert len(mail.outbox) == 1


def test_a_mail_server_that_does_not_answer_keeps_nobody_out(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> int:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", broken)
    account = break_glass_account(has_factor=False)
    send_password(client, account.username, at="local")

    assert "_auth_user_id" in client.session
    assert "Administrators were not told" in caplog.text
