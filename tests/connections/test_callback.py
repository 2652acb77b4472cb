"""What comes back from the sign-in host: read strictly, parked once, for a while."""

from __future__ import annotations

import time

import pytest
from django.core import signing
from django.http import QueryDict

from connections import callback
from connections.callback import BadAnswer, Refusal

pytestmark = pytest.mark.django_db


class Earlier(signing.TimestampSigner):
    """Signs as the clock was a while ago."""

    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) - callback.STATE_SECONDS - 2)


def answer(**parameters: str) -> QueryDict:
    found = QueryDict(mutable=True)
    found.update({"state": callback.new_state(), **parameters})
    return found


def test_only_what_counts_is_read() -> None:
    found = callback.read(answer(code="c", client_info="!!!", iss="https://evil"))

    assert (found.code, found.error, found.refusal) == ("c", "", None)
    assert not found.admin_consent


def test_an_error_is_known_by_its_name_and_number_only() -> None:
    found = callback.read(
        answer(
            error="access_denied",
            error_description="AADSTS65004: User declined.\r\nTrace ID: x",
        )
    )

    assert (found.refusal, found.number) == (Refusal.CANCELLED, "AADSTS65004")
    assert "Trace" not in repr(found)


@pytest.mark.parametrize("name", callback.LIMITS)
def test_a_doubled_or_overlong_parameter_is_refused(name: str) -> None:
    doubled, long = answer(), answer()
    doubled.setlist(name, ["x", "x"])
    long[name] = "x" * (callback.LIMITS[name] + 1)

    for parameters in (doubled, long):
        with pytest.raises(BadAnswer, match="malformed"):
            callback.read(parameters)


def test_a_state_that_is_not_ours_or_old_is_refused() -> None:
    old = Earlier(salt=callback.SALT).sign("nonce")
    foreign = signing.TimestampSigner(salt="elsewhere").sign("nonce")

    for state in ("", "x", foreign, old, callback.new_state() + "x"):
        with pytest.raises(BadAnswer, match="Start again"):
            callback.read(answer(state=state))


def test_a_parked_answer_is_collected_once() -> None:
    found = callback.read(answer(code="c", admin_consent="True"))
    handle = callback.park(found)

    assert callback.collect(handle) == found
    with pytest.raises(BadAnswer, match="opened before"):
        callback.collect(handle)


@pytest.mark.parametrize("handle", ["", "x", "../x y\n", "é" * 200])
def test_an_invented_handle_finds_nothing(handle: str) -> None:
    with pytest.raises(BadAnswer):
        callback.collect(handle)
