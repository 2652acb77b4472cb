"""Who is let in, as values: every branch of the decision, without a database."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest

from accounts.words import Audience
from sso.admit import (
    DOORS,
    Admit,
    Create,
    Decision,
    Deny,
    LinkOnce,
    Namesake,
    Policy,
    Standing,
    admit,
    closed,
    trusted,
)
from sso.words import AllowedAudience, Reason

AGENT, USER = Audience.AGENT, Audience.USER
AGENTS, USERS, BOTH = AllowedAudience
PLAIN = Policy(BOTH)
LINKS = Policy(BOTH, links_by_address=True)
CREATES = Policy(BOTH, creates_users=True)
OPEN = Policy(BOTH, allows_guests=True, links_by_address=True, creates_users=True)
HELD, LEFT = Standing(7, is_active=True), Standing(7, is_active=False)
FREE = Namesake(8, is_active=True, is_free=True)
OTHER = Namesake(9, is_active=True, is_free=True)
TAKEN, ASLEEP = replace(FREE, is_free=False), replace(FREE, is_active=False)
NOT_IMPORTED = Deny(Reason.NOT_IMPORTED)


def test_a_policy_lets_through_nothing_that_nobody_asked_for() -> None:
    policy = Policy(BOTH)

    assert policy.is_published
    assert not policy.allows_guests
    assert not policy.links_by_address
    assert not policy.creates_users


@pytest.mark.rule("R047")
@pytest.mark.parametrize(
    ("allow", "door", "reason"),
    [
        (AGENTS, AGENT, None),
        (AGENTS, USER, Reason.AUDIENCE),
        (USERS, AGENT, Reason.AUDIENCE),
        (USERS, USER, None),
        (BOTH, AGENT, None),
        (BOTH, USER, None),
    ],
)
def test_a_connection_leads_to_the_doors_of_its_dropdown(
    allow: AllowedAudience, door: Audience, reason: Reason | None
) -> None:
    assert closed(Policy(allow), door) is reason
    assert (door in DOORS[allow]) is (reason is None)
    found = admit(is_guest=False, door=door, policy=Policy(allow), record=HELD)
    assert found == (Deny(reason) if reason else Admit(7))


@pytest.mark.rule("R046")
@pytest.mark.parametrize("allow", AllowedAudience)
@pytest.mark.parametrize("door", Audience)
def test_what_is_not_published_is_closed_before_anything_else(
    allow: AllowedAudience, door: Audience
) -> None:
    policy = replace(OPEN, allow=allow, is_published=False)

    assert closed(policy, door) is Reason.NOT_PUBLISHED
    for record, namesakes in ((HELD, ()), (None, (FREE,)), (None, ())):
        found = admit(
            is_guest=True, door=door, policy=policy, record=record, namesakes=namesakes
        )
        assert found == Deny(Reason.NOT_PUBLISHED)


RECORDS: dict[str, tuple[Policy, Standing, bool, Decision]] = {
    "active": (PLAIN, HELD, False, Admit(7)),
    "inactive": (PLAIN, LEFT, False, Deny(Reason.INACTIVE)),
    "inactive, all options on": (OPEN, LEFT, False, Deny(Reason.INACTIVE)),
    "active guest": (PLAIN, HELD, True, Deny(Reason.GUEST)),
    "inactive guest": (PLAIN, LEFT, True, Deny(Reason.GUEST)),
    "guest who may": (OPEN, HELD, True, Admit(7)),
    "inactive guest who may": (OPEN, LEFT, True, Deny(Reason.INACTIVE)),
}


@pytest.mark.rule("R056")
@pytest.mark.parametrize("door", Audience)
@pytest.mark.parametrize(
    ("policy", "record", "is_guest", "expected"), RECORDS.values(), ids=RECORDS
)
def test_a_record_comes_in_while_it_is_active(
    door: Audience,
    policy: Policy,
    record: Standing,
    is_guest: bool,
    expected: Decision,
) -> None:
    found = admit(
        is_guest=is_guest,
        door=door,
        policy=policy,
        record=record,
        namesakes=(FREE,),  # never looked at: the identity has its record
    )

    assert found == expected


@pytest.mark.rule("R055")
@pytest.mark.parametrize("policy", [PLAIN, LINKS, CREATES, OPEN])
@pytest.mark.parametrize("namesakes", [(), (FREE,)], ids=["nobody", "a namesake"])
def test_agents_are_neither_linked_nor_made(
    policy: Policy, namesakes: tuple[Namesake, ...]
) -> None:
    found = admit(
        is_guest=False, door=AGENT, policy=policy, record=None, namesakes=namesakes
    )

    assert found == NOT_IMPORTED


NEWCOMERS: dict[str, tuple[Policy, tuple[Namesake, ...], bool, Decision]] = {
    "nobody, no option": (PLAIN, (), False, NOT_IMPORTED),
    "nobody, linking": (LINKS, (), False, NOT_IMPORTED),
    "nobody, making": (CREATES, (), False, Create()),
    "nobody, both": (OPEN, (), False, Create()),
    "a guest, making": (CREATES, (), True, Deny(Reason.GUEST)),
    "a guest who may, making": (OPEN, (), True, Create()),
    "a namesake, no option": (PLAIN, (FREE,), False, NOT_IMPORTED),
    "a namesake, making": (CREATES, (FREE,), False, NOT_IMPORTED),
    "a namesake, linking": (LINKS, (FREE,), False, LinkOnce(8)),
    "a namesake, both": (OPEN, (FREE,), False, LinkOnce(8)),
    "a namesake, another first": (LINKS, (OTHER,), False, LinkOnce(9)),
    "two namesakes": (LINKS, (FREE, OTHER), False, NOT_IMPORTED),
    "two namesakes, both options": (OPEN, (FREE, OTHER), False, NOT_IMPORTED),
    "two, the second not free": (OPEN, (FREE, TAKEN), False, NOT_IMPORTED),
    "a namesake that is not free": (LINKS, (TAKEN,), False, NOT_IMPORTED),
    "not free, both options": (OPEN, (TAKEN,), False, NOT_IMPORTED),
    "an inactive namesake": (LINKS, (ASLEEP,), False, Deny(Reason.INACTIVE)),
    "inactive, no option": (PLAIN, (ASLEEP,), False, NOT_IMPORTED),
    "inactive and not free": (
        LINKS,
        (replace(ASLEEP, is_free=False),),
        False,
        NOT_IMPORTED,
    ),
    "a guest with a namesake": (LINKS, (FREE,), True, Deny(Reason.GUEST)),
    "a guest who may, with one": (OPEN, (FREE,), True, NOT_IMPORTED),
}


@pytest.mark.rule("R054", "R055")
@pytest.mark.parametrize(
    ("policy", "namesakes", "is_guest", "expected"), NEWCOMERS.values(), ids=NEWCOMERS
)
def test_a_user_without_a_record(
    policy: Policy,
    namesakes: tuple[Namesake, ...],
    is_guest: bool,
    expected: Decision,
) -> None:
    found = admit(
        is_guest=is_guest, door=USER, policy=policy, record=None, namesakes=namesakes
    )

    assert found == expected


def test_without_namesakes_named_there_are_none() -> None:
    assert admit(is_guest=False, door=USER, policy=CREATES, record=None) == Create()


@pytest.mark.parametrize(
    "value",
    [PLAIN, HELD, FREE, Admit(7), LinkOnce(8), Create(), NOT_IMPORTED],
    ids=repr,
)
def test_what_a_decision_was_made_of_does_not_change(value: Any) -> None:
    assert {value: "known"}[value] == "known"
    for one in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, one.name, None)


ADDRESSES: dict[str, tuple[list[str], list[str], set[str]]] = {
    "in the domain": (["ada@acme.example"], ["acme.example"], {"ada@acme.example"}),
    "capitals": ([" Ada@ACME.example "], ["Acme.Example"], {"ada@acme.example"}),
    "two of one": (["ada@acme.example"] * 2, ["acme.example"], {"ada@acme.example"}),
    "one of two": (
        ["ada@acme.example", "ada@home.example"],
        ["acme.example", "other.example"],
        {"ada@acme.example"},
    ),
    "two domains": (
        ["ada@a.example", "ada@b.example"],
        ["a.example", "b.example"],
        {"ada@a.example", "ada@b.example"},
    ),
    "no domain verified": (["ada@acme.example"], [], set()),
    "no address": ([], ["acme.example"], set()),
    "empty": (["", " "], ["acme.example", ""], set()),
    "a domain below": (["ada@mail.acme.example"], ["acme.example"], set()),
    "a domain above": (["ada@example"], ["acme.example"], set()),
    "ends like it": (["ada@notacme.example"], ["acme.example"], set()),
    "begins like it": (["ada@acme.example.evil.example"], ["acme.example"], set()),
    "two signs, last ours": (["a@evil.example@acme.example"], ["acme.example"], set()),
    "two signs, first ours": (["a@acme.example@evil.example"], ["acme.example"], set()),
    "a domain alone": (["acme.example"], ["acme.example"], set()),
    "a guest's": (
        ["ada_home.example#EXT#@acme.onmicrosoft.com"],
        ["acme.example"],
        set(),
    ),
    "a dot behind": (["ada@acme.example."], ["acme.example"], set()),
    "letters that look alike": (["ada@асме.example"], ["acme.example"], set()),
    "a line end inside": (["ada@acme.example\n.evil"], ["acme.example"], set()),
    "ß is ss": (["ada@STRASSE.example"], ["straße.example"], {"ada@strasse.example"}),
}


@pytest.mark.parametrize(
    ("addresses", "domains", "expected"), ADDRESSES.values(), ids=ADDRESSES
)
def test_addresses_count_in_verified_domains_only(
    addresses: list[str], domains: list[str], expected: set[str]
) -> None:
    assert trusted(addresses, domains) == expected
