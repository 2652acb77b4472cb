"""Which answer is which error, and what it says."""

from __future__ import annotations

import pytest

from connections.graph.errors import (
    CursorExpired,
    GraphError,
    LacksPermission,
    NeedsAuthorisation,
    NoSuchObject,
    Refusal,
    Rejected,
    Throttled,
    Unavailable,
    answer_error,
    tidy_code,
)


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal(400, "Request_BadRequest"), Rejected),
        (Refusal(401, "InvalidAuthenticationToken"), NeedsAuthorisation),
        (Refusal(403, "Authorization_RequestDenied"), LacksPermission),
        (Refusal(404, "Request_ResourceNotFound"), NoSuchObject),
        (Refusal(405, "Request_BadRequest"), Rejected),
        (Refusal(408), Unavailable),
        (Refusal(429, "TooManyRequests"), Throttled),
        (Refusal(500), Unavailable),
        (Refusal(501, "NotImplemented"), Rejected),
        (Refusal(503, "serviceNotAvailable"), Unavailable),
        (Refusal(504), Unavailable),
        (Refusal(410, "resyncRequired"), CursorExpired),
        (Refusal(410, "", is_link=True), CursorExpired),
        (Refusal(400, "syncStateNotFound", is_link=True), CursorExpired),
        (Refusal(404, "SyncStateNotFound", is_link=True), CursorExpired),
        (Refusal(400, "Directory_ExpiredPageToken", is_link=True), CursorExpired),
        (Refusal(400, "Request_BadRequest", is_link=True), Rejected),
        (Refusal(400, "syncStateNotFound"), Rejected),
    ],
    ids=lambda value: (
        f"{value.status}-{value.code}" if isinstance(value, Refusal) else value.__name__
    ),
)
def test_each_answer_is_named_by_what_to_do(
    refusal: Refusal, kind: type[GraphError]
) -> None:
    error = answer_error(refusal)

    assert type(error) is kind
    assert (error.status, error.code) == (refusal.status, refusal.code)


def test_an_error_carries_what_support_needs() -> None:
    error = answer_error(Refusal(400, "Request_BadRequest", "r-1"))

    assert "(Request_BadRequest, request r-1)" in str(error)


def test_a_missing_permission_is_named_and_what_to_do_about_it() -> None:
    error = answer_error(Refusal(403, permission="Group.Read.All"))

    assert isinstance(error, LacksPermission)
    assert error.permission == "Group.Read.All"
    assert "403 Forbidden" in str(error)
    assert "lacks the permission Group.Read.All" in str(error)
    assert "admin consent" in str(error)


def test_a_refused_token_asks_to_authorise_again() -> None:
    error = answer_error(Refusal(401))

    assert "401 Unauthorized" in str(error)
    assert "authorise again" in str(error)


def test_throttling_keeps_the_wait_that_was_asked_for() -> None:
    error = answer_error(Refusal(429, after=17.0))

    assert isinstance(error, Throttled)
    assert error.after == 17.0


def test_a_code_from_outside_is_shown_as_plain_characters() -> None:
    assert tidy_code("<b>Bad\r\nCode</b>" + "x" * 100) == ("bBadCodeb" + "x" * 71)
