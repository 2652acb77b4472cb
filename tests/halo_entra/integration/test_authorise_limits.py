"""How often one address may begin an authorisation, and come back from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from connections.authorised import UNAUTHORISED
from halo_entra.integration import authorise_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.halo_entra.integration.seats import Seat

HERE, THERE = "192.0.2.8", "192.0.2.9"


@pytest.fixture(autouse=True)
def _two(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let an address in twice, and count no attempt of another test."""
    monkeypatch.setattr(authorise_views, "MOST", 2)
    cache.clear()
    yield
    cache.clear()


def test_who_begins_too_often_is_asked_to_wait(seat: Seat) -> None:
    path = f"/azure/authorize/{seat.pk}"
    answers = [seat.client.post(path, REMOTE_ADDR=HERE) for _ in range(3)]

    assert [one.status_code for one in answers] == [303, 303, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert "Too many attempts" in answers[-1].content.decode()
    assert seat.client.post(path, REMOTE_ADDR=THERE).status_code == 303


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_guesses_at_answers_is_asked_to_wait(seat: Seat, method: str) -> None:
    send = getattr(seat.client, method)
    answers = [send("/azure/auth?answer=x", REMOTE_ADDR=HERE) for _ in range(3)]

    assert [one.status_code for one in answers] == [403, 403, 429]
    assert "no-referrer" in answers[0]["Referrer-Policy"]


def test_what_microsoft_sent_is_fetched_all_the_same(seat: Seat) -> None:
    back = seat.back(seat.add("ada"))
    stranger = Client()
    for _ in range(2):
        parked = stranger.post("/azure/auth", back.parameters, REMOTE_ADDR=HERE)
    refused = stranger.post("/azure/auth", back.parameters, REMOTE_ADDR=HERE)
    assert refused.status_code == 429
    assert seat.kept() == UNAUTHORISED

    fetched = seat.client.get(parked["Location"], REMOTE_ADDR=HERE)

    assert fetched["Location"] == seat.details
