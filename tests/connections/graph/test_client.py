"""Single requests, against a host that misbehaves on purpose."""

from __future__ import annotations

import pytest

from connections.graph.client import GraphClient
from connections.graph.errors import (
    LacksPermission,
    MalformedAnswer,
    NeedsAuthorisation,
    Rejected,
    SignInReason,
    SignInRefused,
    Throttled,
    Unavailable,
)
from tests.connections.conftest import Connect, Tokens, Waits
from tests.connections.scripted import Canned, Host, failure, json


def test_a_path_is_asked_for_with_its_parameters(
    host: Host, client: GraphClient
) -> None:
    host.will(json({"id": "1"}))

    found = client.get("/users", {"$filter": "displayName eq 'O''Neil & Co'"})

    assert found == {"id": "1"}
    assert host.paths() == [
        "/v1.0/users?$filter=displayName%20eq%20'O''Neil%20%26%20Co'"
    ]
    assert host.received[0].headers["Authorization"] == "Bearer token-1"
    assert client.requests == 1


def test_a_post_sends_json(host: Host, client: GraphClient) -> None:
    host.will(Canned(b"", 204))

    assert client.post("/users/1/assignLicense", {"addLicenses": []}) == {}
    assert host.received[0].json() == {"addLicenses": []}
    assert host.received[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ({"Retry_After": "7"}, [7.0]),
        ({"Retry_After": "Tue, 24 Nov 2026 12:00:45 GMT"}, [20.0, 20.0, 5.0]),
        ({}, [1.0]),
    ],
    ids=["seconds", "date", "nothing"],
)
def test_throttling_is_waited_out_as_told(
    host: Host,
    client: GraphClient,
    waits: Waits,
    header: dict[str, str],
    waited: list[float],
) -> None:
    host.will(failure(429, "TooManyRequests", **header), json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert waits.seconds == waited
    assert client.throttled == sum(waited)
    assert client.requests == 2


def test_minutes_of_unavailability_are_sat_out(
    host: Host, client: GraphClient, waits: Waits
) -> None:
    page = Canned(b"<html>busy</html>", 503, content_type="text/html")
    host.will(*[page] * 7, json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert sum(waits.seconds) == 1 + 2 + 4 + 8 + 16 + 32 + 60
    assert client.throttled == 0


def test_unavailability_without_end_is_told(host: Host, client: GraphClient) -> None:
    host.script = lambda _: failure(503)

    with pytest.raises(Unavailable, match="503"):
        client.get("/me")

    assert client.requests == 8


def test_throttling_without_end_is_told(
    host: Host, client: GraphClient, waits: Waits
) -> None:
    host.script = lambda _: failure(429, Retry_After="600")

    with pytest.raises(Throttled):
        client.get("/me")

    assert sum(waits.seconds) == 3600


def test_html_in_place_of_json_is_asked_for_again(
    host: Host, client: GraphClient
) -> None:
    host.will(Canned(b"<html>", content_type="text/html"), json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}


def test_an_answer_that_breaks_off_is_asked_for_again(
    host: Host, client: GraphClient
) -> None:
    host.will(Canned(b'{"id":', cut=True), json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}


def test_broken_json_is_not_asked_for_again(host: Host, client: GraphClient) -> None:
    host.will(Canned(b'{"id":'))

    with pytest.raises(MalformedAnswer):
        client.get("/me")

    assert client.requests == 1


def test_a_redirect_is_neither_followed_nor_repeated(
    host: Host, client: GraphClient
) -> None:
    host.will(Canned(status=307, headers={"Location": "https://evil.example/"}))

    with pytest.raises(MalformedAnswer, match="redirect"):
        client.get("/me")

    assert client.requests == 1


def test_a_refused_token_is_replaced_once(
    host: Host, client: GraphClient, tokens: Tokens
) -> None:
    host.will(failure(401), json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert host.received[1].headers["Authorization"] == "Bearer token-2"
    assert tokens.refreshed == 1


def test_a_token_that_is_refused_twice_needs_authorisation(
    host: Host, client: GraphClient, tokens: Tokens
) -> None:
    host.will(failure(401), failure(401))

    with pytest.raises(NeedsAuthorisation, match="authorise again"):
        client.get("/me")

    assert tokens.refreshed == 1


def test_a_missing_permission_is_named(host: Host, client: GraphClient) -> None:
    host.will(failure(403, "Authorization_RequestDenied"))

    with pytest.raises(LacksPermission, match=r"User\.Read\.All"):
        client.get("/users", permission="User.Read.All")


def test_a_wrong_request_is_not_repeated(host: Host, client: GraphClient) -> None:
    host.will(failure(400, "Request_BadRequest"))

    with pytest.raises(Rejected):
        client.get("/users")

    assert client.requests == 1


def test_a_refused_sign_in_is_not_tried_again(
    host: Host, connect: Connect, waits: Waits
) -> None:
    class Refused(Tokens):
        def token(self) -> str:
            raise SignInRefused("no", reason=SignInReason.WRONG_SECRET)

    client = connect(Refused())

    with pytest.raises(SignInRefused):
        client.get("/me")

    assert (host.received, waits.seconds) == ([], [])


def test_a_sign_in_host_that_is_away_is_waited_for(
    host: Host, connect: Connect, waits: Waits
) -> None:
    class Slow(Tokens):
        away = 2

        def token(self) -> str:
            if self.away:
                self.away -= 1
                raise Unavailable("away")
            return super().token()

    client = connect(Slow())
    host.will(json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert waits.seconds == [1.0, 2.0]


def test_a_sign_in_host_that_is_away_at_a_refresh_is_waited_for(
    host: Host, connect: Connect, waits: Waits
) -> None:
    class Slow(Tokens):
        away = True

        def refresh(self) -> str:
            if self.away:
                self.away = False
                raise Throttled("busy", after=9.0)
            return super().refresh()

    client = connect(Slow())
    host.will(failure(401), json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert waits.seconds == [9.0]
