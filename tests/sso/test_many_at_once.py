"""Many people sign in within a minute: nobody's answer is crowded out of the cache."""

from __future__ import annotations

import pytest
from django.core.cache import caches

from common import rates
from connections import callback
from connections.callback import CallbackAnswer

pytestmark = pytest.mark.django_db


def test_an_answer_waits_though_hundreds_of_addresses_are_counted() -> None:
    caches["default"].clear()
    handle = callback.park(CallbackAnswer(state="theirs"))

    for number in range(400):
        rates.count("sso.answer", f"10.0.0.{number}")

    assert callback.collect(handle).state == "theirs"
