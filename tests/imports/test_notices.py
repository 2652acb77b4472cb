"""Notices: kept in step with what is wrong, mailed once, to the right people."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django import db
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from common.rights import Permission
from connections.models import Module, TenantConnection
from connections.switch import ENTRA
from directory.models import Agent
from imports import health, heartbeat, notices
from imports.models import Notice, SyncSchedule
from tests.desk_agents import agent_with
from tests.factories.connections import (
    ModuleFactory,
)
from tests.imports.noticed import failing, minute, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _enabled(db: None) -> None:
    """The module is on."""
    ModuleFactory.create(slug=ENTRA, enabled=True)


def administrator(email: str) -> Agent:
    """Return an administrator with an address."""
    agent = agent_with(*Permission)
    Agent.objects.filter(pk=agent.pk).update(email=email)
    return agent


def mend() -> None:
    """Let all runs succeed again."""
    SyncSchedule.objects.update(failures=0, failing_since=None, failed_run=None)


def test_without_addresses_of_its_own_all_administrators_are_told() -> None:
    administrator("b@desk.example")
    administrator("a@desk.example")
    agent_with(Permission.VIEW)
    failing(notify=[])

    assert len(minute(timezone.now())) == 1
    assert mail.outbox[0].to == ["a@desk.example", "b@desk.example"]


def test_while_nobody_can_be_told_the_notice_waits() -> None:
    now = timezone.now()
    failing(notify=[])

    assert minute(now) == []
    administrator("a@desk.example")
    assert len(minute(now + HOUR)) == 1


def test_a_name_from_outside_writes_no_header() -> None:
    failing("Acme\r\nBcc: all@acme.example\r\n\r\nPay now")

    minute(timezone.now())
    subject, body = told()
    assert subject.startswith("Acme Bcc: all@acme.example Pay now: syncs fail.")
    assert "Connection: Acme Bcc: all@acme.example Pay now\n" in body
    assert mail.outbox[0].recipients() == ["ops@acme.example"]


def test_many_mails_to_the_same_people_come_as_one() -> None:
    now = timezone.now()
    for at in range(6):
        failing(f"Tenant {at}")
    failing("Other", notify=["other@acme.example"])

    assert sorted(minute(now)) == [
        "6 notices of the service desk",
        "Other: syncs fail. Microsoft cannot be reached.",
    ]
    body = next(str(one.body) for one in mail.outbox if one.subject[0] == "6")
    assert [f"Connection: Tenant {at}\n" in body for at in range(6)] == [True] * 6
    assert minute(now + HOUR) == []
    mend()
    assert len(minute(now + 2 * HOUR)) == 2


class Deaf(EmailBackend):
    """A mail server that does not answer."""

    def open(self) -> bool:
        """Refuse."""
        raise ConnectionRefusedError(111, "Connection refused")


class Picky(EmailBackend):
    """A mail server that does not know one of the addresses."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Refuse the address."""
        if any("gone@acme.example" in one.to for one in messages):
            raise OSError("550 No such mailbox")
        return int(super().send_messages(messages))


def test_a_mail_server_that_does_not_answer_is_tried_again_at_the_next_tick(
    settings: Settings,
) -> None:
    now = timezone.now()
    failing()
    settings.EMAIL_BACKEND = f"{__name__}.Deaf"
    assert minute(now) == []
    assert Notice.objects.get().mailed_at is None

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert len(minute(now + HOUR)) == 1
    settings.EMAIL_BACKEND = f"{__name__}.Deaf"
    mend()
    assert minute(now + 2 * HOUR) == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert minute(now + 3 * HOUR) == ["Acme: syncs succeed again"]


def test_an_address_that_is_refused_keeps_no_other_from_being_told(
    settings: Settings,
) -> None:
    now = timezone.now()
    failing("Acme", notify=["gone@acme.example"])
    failing("Globex")
    settings.EMAIL_BACKEND = f"{__name__}.Picky"

    assert minute(now) == ["Globex: syncs fail. Microsoft cannot be reached."]
    acme = Notice.objects.get(connection__name="Acme")
    assert (acme.mailed_at, acme.mark) == (None, "")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert minute(now + HOUR) == ["Acme: syncs fail. Microsoft cannot be reached."]


@pytest.mark.django_db(transaction=True)
def test_two_beats_send_one_mail() -> None:
    now = timezone.now()
    heartbeat.beat(heartbeat.TICK, now)
    failing()
    start = threading.Barrier(4)

    def beat(_number: int) -> None:
        start.wait()
        notices.watch(now)
        db.connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(beat, range(4)))
    assert len(mail.outbox) == 1
    mend()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(beat, range(4)))
    assert len(mail.outbox) == 2
    assert Notice.objects.filter(ended_at=None).count() == 0


@pytest.mark.parametrize("how", ["paused", "off"])
def test_while_a_connection_rests_its_failures_are_not_told(how: str) -> None:
    now = timezone.now()
    failing()
    assert len(minute(now)) == 1
    if how == "paused":
        TenantConnection.objects.update(paused_at=now)
    else:
        SyncSchedule.objects.update(enabled=False)

    assert minute(now + 2 * DAY) == []
    assert health.shown(now + 2 * DAY) == []


def test_a_module_that_is_off_is_not_watched() -> None:
    now = timezone.now()
    failing()
    assert len(minute(now)) == 1
    Module.objects.update(enabled=False)

    assert minute(now + DAY) == []
    assert not Notice.objects.filter(ended_at=None).exists()
