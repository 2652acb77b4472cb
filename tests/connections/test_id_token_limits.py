"""ID tokens: limits, words and what is kept of them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta
from typing import Any

import jwt
import pytest

from connections.id_tokens import (
    LEEWAY,
    LONGEST,
    OLDEST,
    SMALLEST_KEY,
    Expected,
    Flaw,
    TokenInvalid,
    validate,
)
from tests.connections.tokens import (
    APPLICATION,
    AUTHORITY,
    EXPECTED,
    NOW,
    OURS,
    PERSON,
    Published,
    claims,
    read,
    signed,
)


@pytest.mark.parametrize("acct", [0, "0"], ids=repr)
def test_a_member_says_so_with_a_nought(acct: Any) -> None:
    assert not read(signed(claims(acct=acct))).is_guest


def test_the_limits_are_those_that_were_decided() -> None:
    assert timedelta(minutes=2) == LEEWAY
    assert timedelta(minutes=15) == OLDEST
    assert (LONGEST, SMALLEST_KEY) == (32_768, 2048)


def test_flaws_are_logged_by_names_that_stay() -> None:
    assert [flaw.value for flaw in Flaw] == [
        *("form", "algorithm", "key", "signature", "time", "audience", "version"),
        *("issuer", "nonce", "identity", "tenant"),
    ]


WORDS = {
    Flaw.TENANT: "The sign-in came from another tenant than the one expected.",
    Flaw.TIME: "Microsoft's answer is too old or from the future. Check this server's "
    "clock, then try again.",
    Flaw.KEY: "Microsoft's answer does not hold (key). Try again.",
}


@pytest.mark.parametrize(("flaw", "words"), WORDS.items())
def test_what_is_wrong_is_said_in_words_that_help(flaw: Flaw, words: str) -> None:
    assert str(TokenInvalid(flaw)) == words


def test_a_token_of_just_the_greatest_length_is_read() -> None:
    # Lengths grow by steps of four thirds: header and claims are both filled.
    def made(more: int, filler: int) -> str:
        return signed(claims(more="x" * more), filler="y" * filler)

    about = (LONGEST - len(made(0, 0))) * 3 // 4
    tried = (made(about - less, more) for less in range(6) for more in range(6))
    token = next(one for one in tried if len(one) == LONGEST)

    assert read(token).object_id == PERSON


@pytest.mark.parametrize("header", [{"kid": ""}, {}], ids=["empty", "none"])
def test_a_key_without_a_name_is_not_looked_for(header: dict[str, str]) -> None:
    keys = Published()
    token = jwt.encode(claims(), OURS, algorithm="RS256", headers=header)

    with pytest.raises(TokenInvalid):
        validate(token, expected=EXPECTED, keys=keys, now=NOW)

    assert keys.asked == []


@pytest.mark.parametrize("name", ["use", "issuer"])
def test_a_key_that_does_not_say_what_it_is_for_is_good(name: str) -> None:
    keys = Published()
    del keys.key[name]

    found = validate(signed(claims()), expected=EXPECTED, keys=keys, now=NOW)

    assert found.object_id == PERSON


def test_the_clock_that_counts_is_the_one_given() -> None:
    later = NOW + timedelta(days=3650)
    moment = int(later.timestamp())
    token = signed(claims(iat=moment, nbf=moment, exp=moment + 3600))

    found = validate(token, expected=EXPECTED, keys=Published(), now=later)

    assert found.object_id == PERSON


def test_what_nobody_asks_for_may_be_anything() -> None:
    assert read(signed(claims(jti=7, exp=10**12 - 1))).object_id == PERSON


def test_long_names_are_cut() -> None:
    assert read(signed(claims(name="x" * 300))).name == "x" * 256


def test_what_is_secret_or_long_is_in_no_log() -> None:
    expected = Expected(AUTHORITY, APPLICATION, "do-not-show", frozenset())

    assert "do-not-show" not in repr(expected)
    assert "do-not-show" not in repr(read(signed(claims(email="do-not-show"))))


def test_who_it_is_does_not_change() -> None:
    for value, name in ((EXPECTED, "nonce"), (read(signed(claims())), "tenant_id")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, None)
