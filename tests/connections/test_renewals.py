"""Several workers that need new tokens at once: one renews, the others wait for it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from connections import access, authorised
from connections.graph.errors import NeedsAuthorisation, Unavailable
from connections.models import TenantConnection
from connections.stored_tokens import StoredTokens
from tests.connections.test_stored_tokens import expire, renewals

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.connections.authorising import Case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def expired(delegated: Case) -> Case:
    """A connection whose access token has ended, at a host that rotates strictly."""
    delegated.simulator.admin.settings(delegated.tenant.tenant_id, rotation="strict")
    delegated.authorise(delegated.add("ada"))
    expire(delegated)
    return delegated


def slow(case: Case, seconds: float) -> None:
    """Let the sign-in host take its time."""
    case.simulator.admin.fault(
        tenant_id=case.tenant.tenant_id, path="v2.0/token", delay=seconds
    )


def token(case: Case, wait: Callable[[float], None] = time.sleep) -> str:
    """Return the token that one more worker gets, in its own thread."""
    try:
        with access.confidential(access.application_of(case.connection)) as (known, _):
            return StoredTokens(case.connection.pk, known, wait=wait).token()
    finally:
        connections.close_all()


def row(case: Case) -> TenantConnection:
    """Return the connection as it stands now."""
    return TenantConnection.objects.get(pk=case.connection.pk)


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, ten seconds at most."""
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_of_several_workers_one_renews_and_all_go_on(expired: Case) -> None:
    slow(expired, 0.5)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(token, [expired] * 4))

    assert len(set(found)) == 1
    assert renewals(expired) == 1
    assert row(expired).renewal_token is None


def test_who_disconnects_meanwhile_ends_it_for_good(expired: Case) -> None:
    slow(expired, 1.0)
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(token, expired)
        until(lambda: row(expired).renewal_token is not None)
        authorised.disconnect(expired.connection)
        with pytest.raises(NeedsAuthorisation):
            worker.result()

    assert row(expired).token_cache == ""


def test_who_died_while_renewing_holds_nobody_up_for_long(expired: Case) -> None:
    rows = TenantConnection.objects.filter(pk=expired.connection.pk)
    soon = timezone.now() + timedelta(seconds=1)
    rows.update(renewal_token=uuid4(), renewal_until=soon)

    assert token(expired)
    assert row(expired).renewal_until is None


def test_who_waits_for_a_renewal_without_end_is_told_to_come_back(
    expired: Case,
) -> None:
    rows = TenantConnection.objects.filter(pk=expired.connection.pk)
    later = timezone.now() + timedelta(hours=1)
    rows.update(renewal_token=uuid4(), renewal_until=later)
    waits: list[float] = []

    with pytest.raises(Unavailable, match="Try again in a minute"):
        token(expired, waits.append)
    assert sum(waits) == pytest.approx(20.0)
