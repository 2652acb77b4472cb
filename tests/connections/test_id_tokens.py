"""ID tokens: the right one is believed, and none of the forged ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from connections.id_tokens import (
    LEEWAY,
    LONGEST,
    OLDEST,
    PERSONAL,
    Expected,
    Flaw,
)
from tests.connections.tokens import (
    APPLICATION,
    AUTHORITY,
    NOW,
    OTHER,
    OURS,
    PERSON,
    SMALL,
    TENANT,
    THEIRS,
    claims,
    flaw,
    part,
    read,
    signed,
)


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
