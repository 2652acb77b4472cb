"""Retention of the sign-in log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sso import purge, tasks
from sso.models import SignInEvent
from tests.factories.sso import SignInEventFactory

pytestmark = pytest.mark.django_db


def test_attempts_go_after_half_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "BATCH", 2)
    now = timezone.now()
    for days in (181, 500, 182):
        SignInEventFactory.create(at=now - timedelta(days=days))
    kept = [SignInEventFactory.create(at=now - timedelta(days=179)) for _ in range(2)]
    assert purge.purge(now) == 3
    assert set(SignInEvent.objects.all()) == set(kept)
    assert purge.purge(now) == 0


def test_the_daily_task_does_so() -> None:
    SignInEventFactory.create(at=timezone.now() - timedelta(days=181))
    tasks.purge_events()
    assert not SignInEvent.objects.exists()
