"""ID tokens: the right one is believed, and none of the forged ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from connections.id_tokens import (
    LEEWAY,
    LONGEST,
    OLDEST,
    PERSONAL,
    SMALLEST_KEY,
    Expected,
    Flaw,
    Identity,
    TokenInvalid,
    validate,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AUTHORITY = "https://login.example"
TENANT = UUID("11111111-1111-4111-8111-111111111111")
OTHER = UUID("22222222-2222-4222-8222-222222222222")
APPLICATION = UUID("33333333-3333-4333-8333-333333333333")
PERSON = UUID("44444444-4444-4444-8444-444444444444")
EXPECTED = Expected(AUTHORITY, APPLICATION, "nonce", frozenset({TENANT}))
OURS, THEIRS = (rsa.generate_private_key(65537, 2048) for _ in range(2))
SMALL = rsa.generate_private_key(65537, 1024)


class Published:
    """The keys of the sign-in host: one, named k. Notes the names it is asked for."""

    def __init__(self, **changes: Any) -> None:
        self.asked: list[object] = []
        public = jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True)
        issuer = f"{AUTHORITY}/{{tenantid}}/v2.0"
        self.key = {**public, "kid": "k", "use": "sig", "issuer": issuer, **changes}

    def find(self, kid: str, now: datetime) -> Mapping[str, Any] | None:
        self.asked.append(kid)
        return self.key if kid == "k" else None


def claims(**changes: Any) -> dict[str, Any]:
    issued = NOW - timedelta(minutes=5)
    right = {
        "aud": str(APPLICATION),
        "iss": f"{AUTHORITY}/{TENANT}/v2.0",
        "iat": int(issued.timestamp()),
        "nbf": int(issued.timestamp()),
        "exp": int((issued + timedelta(hours=1)).timestamp()),
        "nonce": "nonce",
        "oid": str(PERSON),
        "sub": "subject",
        "tid": str(TENANT),
        "ver": "2.0",
        "preferred_username": "ada@acme.example",
        **changes,
    }
    return {name: value for name, value in right.items() if value is not None}


def signed(
    said: Mapping[str, Any], *, key: Any = OURS, alg: str = "RS256", **header: Any
) -> str:
    return jwt.encode(
        dict(said), key, algorithm=alg, headers={"kid": "k", "typ": "JWT", **header}
    )


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def read(token: str, expected: Expected = EXPECTED, **key: Any) -> Identity:
    return validate(token, expected=expected, keys=Published(**key), now=NOW)


def flaw(token: str, expected: Expected = EXPECTED, **key: Any) -> Flaw:
    with pytest.raises(TokenInvalid) as caught:
        read(token, expected, **key)
    return caught.value.flaw


def test_a_right_token_says_who_signed_in() -> None:
    identity = read(signed(claims(upn="ada@acme.example", name="Ada")))

    assert (identity.tenant_id, identity.object_id) == (TENANT, PERSON)
    assert (identity.username, identity.name) == ("ada@acme.example", "Ada")
    assert not identity.is_guest


WRONG: dict[str, tuple[dict[str, Any], Flaw]] = {
    "another application": ({"aud": str(OTHER)}, Flaw.AUDIENCE),
    "a list of audiences": ({"aud": [str(APPLICATION)]}, Flaw.AUDIENCE),
    "no audience": ({"aud": None}, Flaw.AUDIENCE),
    "version 1": ({"ver": "1.0"}, Flaw.VERSION),
    "no version": ({"ver": None}, Flaw.VERSION),
    "issuer of another tenant": ({"iss": f"{AUTHORITY}/{OTHER}/v2.0"}, Flaw.ISSUER),
    "issuer of another host": ({"iss": f"https://evil/{TENANT}/v2.0"}, Flaw.ISSUER),
    "no issuer": ({"iss": None}, Flaw.ISSUER),
    "tenant that the issuer is not": ({"tid": str(OTHER)}, Flaw.ISSUER),
    "no tenant": ({"tid": None}, Flaw.IDENTITY),
    "tenant in capitals": ({"tid": str(TENANT).upper() + "A"}, Flaw.IDENTITY),
    "tenant that is no id": ({"tid": "common"}, Flaw.IDENTITY),
    "another nonce": ({"nonce": "once"}, Flaw.NONCE),
    "no nonce": ({"nonce": None}, Flaw.NONCE),
    "a number as nonce": ({"nonce": 7}, Flaw.NONCE),
    "no object id": ({"oid": None}, Flaw.IDENTITY),
    "an object id that is none": ({"oid": "x"}, Flaw.IDENTITY),
    "no subject": ({"sub": None}, Flaw.IDENTITY),
    "an empty subject": ({"sub": ""}, Flaw.IDENTITY),
    "no expiry": ({"exp": None}, Flaw.TIME),
    "no start": ({"nbf": None}, Flaw.TIME),
    "no time of issue": ({"iat": None}, Flaw.TIME),
    "true as expiry": ({"exp": True}, Flaw.TIME),
    "an endless expiry": ({"exp": float("inf")}, Flaw.TIME),
    "an expiry in milliseconds": ({"exp": 10**12}, Flaw.TIME),
    "a number as subject": ({"sub": 7}, Flaw.IDENTITY),
}


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_a_token_that_says_something_wrong_is_refused(
    changes: dict[str, Any], expected: Flaw
) -> None:
    assert flaw(signed(claims(**changes))) is expected


def test_the_tenant_must_be_expected() -> None:
    token = signed(claims())

    assert flaw(token, Expected(AUTHORITY, APPLICATION, "nonce", frozenset())) is (
        Flaw.TENANT
    )


def test_personal_accounts_are_refused_even_where_they_are_listed() -> None:
    token = signed(claims(tid=str(PERSONAL), iss=f"{AUTHORITY}/{PERSONAL}/v2.0"))
    listed = Expected(AUTHORITY, APPLICATION, "nonce", frozenset({PERSONAL}))

    assert flaw(token, listed) is Flaw.TENANT


def test_a_request_without_a_nonce_accepts_no_token() -> None:
    bare = Expected(AUTHORITY, APPLICATION, "", frozenset({TENANT}))

    assert flaw(signed(claims(nonce="")), bare) is Flaw.NONCE


SECOND = timedelta(seconds=1)
TIMES: dict[str, tuple[str, datetime, bool]] = {
    "just expired": ("exp", NOW - LEEWAY, False),
    "about to": ("exp", NOW - LEEWAY + SECOND, True),
    "not begun": ("nbf", NOW + LEEWAY + SECOND, False),
    "just begun": ("nbf", NOW + LEEWAY, True),
    "too old": ("iat", NOW - OLDEST - LEEWAY - SECOND, False),
    "old enough": ("iat", NOW - OLDEST - LEEWAY, True),
    "of a clock ahead": ("iat", NOW + LEEWAY, True),
    "of tomorrow": ("iat", NOW + LEEWAY + SECOND, False),
}


@pytest.mark.parametrize(("name", "time", "is_good"), TIMES.values(), ids=TIMES)
def test_times_are_held_with_two_minutes_of_grace(
    name: str, time: datetime, is_good: bool
) -> None:
    token = signed(claims(**{name: int(time.timestamp())}))

    if is_good:
        assert read(token).object_id == PERSON
    else:
        assert flaw(token) is Flaw.TIME


FORGED: dict[str, tuple[Callable[[], str], Flaw]] = {
    "no signature": (
        lambda: f"{part({'alg': 'none', 'kid': 'k'})}.{part(claims())}.",
        Flaw.ALGORITHM,
    ),
    "a shared secret": (
        lambda: signed(claims(), key="s" * 64, alg="HS256"),
        Flaw.ALGORITHM,
    ),
    "another RSA scheme": (
        lambda: signed(claims(), alg="PS256"),
        Flaw.ALGORITHM,
    ),
    "somebody's key": (lambda: signed(claims(), key=THEIRS), Flaw.SIGNATURE),
    "its own key": (
        lambda: signed(
            claims(),
            key=THEIRS,
            jwk=jwt.algorithms.RSAAlgorithm.to_jwk(THEIRS.public_key(), as_dict=True),
            jku="https://evil.example/keys",
        ),
        Flaw.SIGNATURE,
    ),
    "an unknown key": (lambda: signed(claims(), kid="other"), Flaw.KEY),
    "no key": (lambda: jwt.encode(claims(), OURS, algorithm="RS256"), Flaw.KEY),
    "other claims": (
        lambda: ".".join(
            piece if place != 1 else part(claims(oid=str(OTHER)))
            for place, piece in enumerate(signed(claims()).split("."))
        ),
        Flaw.SIGNATURE,
    ),
    "no token": (lambda: "token", Flaw.FORM),
    "nothing": (lambda: "", Flaw.FORM),
    "two dots": (lambda: "..", Flaw.FORM),
    "a part too many": (
        lambda: "{}.{}..{}".format(*signed(claims()).split(".")),
        Flaw.FORM,
    ),
    "letters from elsewhere": (lambda: "é.é.é", Flaw.FORM),
    "very much": (lambda: signed(claims(more="x" * LONGEST)), Flaw.FORM),
    "no object": (
        lambda: jwt.api_jws.encode(b"[]", OURS, "RS256", {"kid": "k"}),
        Flaw.SIGNATURE,
    ),
    "an extension that must be understood": (
        lambda: signed(claims(), crit=["exp"], exp=1),
        Flaw.FORM,
    ),
}


@pytest.mark.parametrize(("make", "expected"), FORGED.values(), ids=FORGED)
def test_a_forged_token_is_refused(make: Callable[[], str], expected: Flaw) -> None:
    assert flaw(make()) is expected


def test_a_key_that_is_not_for_signing_or_too_small_is_not_used() -> None:
    token = signed(claims())
    small = jwt.algorithms.RSAAlgorithm.to_jwk(SMALL.public_key(), as_dict=True)

    assert flaw(token, use="enc") is Flaw.KEY
    assert flaw(token, kty="EC") is Flaw.KEY
    assert flaw(token, n="") is Flaw.KEY
    assert flaw(token, n=small["n"]) is Flaw.KEY


def test_a_key_for_one_issuer_is_good_for_no_other() -> None:
    token = signed(claims())

    assert read(token, issuer=f"{AUTHORITY}/{TENANT}/v2.0").object_id == PERSON
    assert flaw(token, issuer=f"{AUTHORITY}/{OTHER}/v2.0") is Flaw.ISSUER


@pytest.mark.parametrize(
    "sign",
    [
        {"acct": 1},
        {"acct": "1"},
        {"idp": "https://sts.windows.net/x/"},
        {"upn": "eve_home.example#EXT#@acme.example"},
        {"preferred_username": "eve_home.example#ext#@acme.example"},
    ],
    ids=str,
)
def test_a_guest_is_known_by_any_sign(sign: dict[str, Any]) -> None:
    assert read(signed(claims(**sign))).is_guest


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
