"""The Graph client against a host that misbehaves on purpose."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from connections.clouds import CUSTOM, Cloud
from connections.graph.client import GraphClient
from connections.graph.errors import (
    CursorExpired,
    LacksPermission,
    MalformedAnswer,
    NeedsAuthorisation,
    Rejected,
    SignInReason,
    SignInRefused,
    Throttled,
    Unavailable,
)
from connections.graph.sending import Pace
from connections.http import HttpClient
from tests.connections.conftest import NOW, Tokens, Waits
from tests.connections.scripted import Canned, Host, failure, json


def page(host: Host, *items: str, then: str = "", end: str = "") -> Canned:
    content: dict[str, object] = {"value": [{"id": item} for item in items]}
    if then:
        content["@odata.nextLink"] = f"{host.origin}/v1.0/users?$skiptoken={then}"
    if end:
        content["@odata.deltaLink"] = f"{host.origin}/v1.0/users/delta?$d={end}"
    return json(content, request_id=f"r-{''.join(items)}")


def ids(client: GraphClient, *, ahead: bool = True) -> list[str]:
    pages = client.pages("/users", ahead=ahead)
    return [item["id"] for page in pages for item in page.items]


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
    assert client.requests == 2


def test_minutes_of_unavailability_are_sat_out(
    host: Host, client: GraphClient, waits: Waits
) -> None:
    page = Canned(b"<html>busy</html>", 503, content_type="text/html")
    host.will(*[page] * 7, json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert sum(waits.seconds) == 1 + 2 + 4 + 8 + 16 + 32 + 60


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


@pytest.mark.parametrize("ahead", [True, False])
def test_pages_are_walked_to_the_last(
    host: Host, client: GraphClient, ahead: bool
) -> None:
    host.will(page(host, "1", "2", then="a"), page(host, then="b"), page(host, "3"))

    assert ids(client, ahead=ahead) == ["1", "2", "3"]
    assert client.requests == 3


def test_a_page_tells_where_it_is_and_what_comes_next(
    host: Host, client: GraphClient
) -> None:
    host.will(page(host, "1", then="a"), page(host, end="z"))

    first, last = client.pages("/users", {"$top": "1"})

    assert first.link == f"{host.origin}/v1.0/users?$top=1"
    assert first.next_link == last.link == f"{host.origin}/v1.0/users?$skiptoken=a"
    assert last.delta_link == f"{host.origin}/v1.0/users/delta?$d=z"
    assert first.request_id == "r-1"


def test_a_walk_goes_on_from_a_link(host: Host, client: GraphClient) -> None:
    host.will(page(host, "3"))

    pages = list(client.pages(f"{host.origin}/v1.0/users?$skiptoken=b"))

    assert pages[0].items == [{"id": "3"}]
    assert host.paths() == ["/v1.0/users?$skiptoken=b"]


def test_headers_go_with_every_page(host: Host, client: GraphClient) -> None:
    host.will(page(host, then="a"), page(host))

    list(client.pages("/users", headers={"ConsistencyLevel": "eventual"}))

    sent = [each.headers.get("ConsistencyLevel") for each in host.received]
    assert sent == ["eventual", "eventual"]


def test_the_next_page_is_read_while_this_one_is_used(
    host: Host, client: GraphClient
) -> None:
    asked = threading.Event()
    answers = iter([page(host, "1", then="a"), page(host, "2")])

    def script(received: object) -> Canned:
        if len(host.received) == 2:
            asked.set()
        return next(answers)

    host.script = script
    pages = client.pages("/users")

    next(pages)
    assert asked.wait(5)
    assert [item["id"] for page in pages for item in page.items] == ["2"]


def test_one_page_only_is_read_ahead(host: Host, client: GraphClient) -> None:
    host.will(page(host, "1", then="a"), page(host, "2", then="b"), page(host, "3"))
    pages = client.pages("/users")

    next(pages)
    pages.close()  # type: ignore[attr-defined]  # a generator

    assert len(host.received) <= 2


def test_an_error_of_the_next_page_waits_until_that_page_is_asked_for(
    host: Host, client: GraphClient
) -> None:
    host.will(page(host, "1", then="a"), failure(403))
    pages = client.pages("/users", permission="User.Read.All")

    assert next(pages).items == [{"id": "1"}]
    with pytest.raises(LacksPermission):
        next(pages)


def test_a_page_read_ahead_is_repeated_like_any_other(
    host: Host, client: GraphClient, waits: Waits, tokens: Tokens
) -> None:
    host.will(
        page(host, "1", then="a"),
        failure(429, Retry_After="3"),
        failure(401),
        page(host, "2"),
    )

    assert ids(client) == ["1", "2"]
    assert (waits.seconds, tokens.refreshed) == ([3.0], 1)


def test_waits_and_tokens_stay_in_the_thread_of_the_caller(host: Host) -> None:
    seen: set[int] = set()

    class Noting(Tokens):
        def token(self) -> str:
            seen.add(threading.get_ident())
            return super().token()

    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=Noting(),
        http=HttpClient(),
        pace=Pace(
            wait=lambda _: seen.add(threading.get_ident()),
            now=lambda: NOW,
            chance=lambda: 0.0,
        ),
    )
    host.will(page(host, "1", then="a"), failure(503), failure(401), page(host, "2"))

    assert ids(client) == ["1", "2"]
    assert seen == {threading.get_ident()}
    client.close()


@pytest.mark.parametrize("way", ["to the end", "closed", "failed"])
def test_no_thread_is_left_behind(host: Host, client: GraphClient, way: str) -> None:
    last = failure(400) if way == "failed" else page(host, "2")
    host.will(page(host, "1", then="a"), last)
    pages = client.pages("/users")

    if way == "closed":
        next(pages)
        pages.close()  # type: ignore[attr-defined]  # a generator
    elif way == "failed":
        with pytest.raises(Rejected):
            list(pages)
    else:
        list(pages)

    assert not [t for t in threading.enumerate() if t.name.startswith("graph-")]


def test_a_wait_that_is_broken_off_ends_the_walk(host: Host) -> None:
    class ClaimLostError(Exception):
        pass

    def wait(_: float) -> None:
        raise ClaimLostError

    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=Tokens(),
        http=HttpClient(),
        pace=Pace(wait=wait, now=lambda: NOW, chance=lambda: 0.0),
    )
    host.will(page(host, "1", then="a"), failure(503))

    with pytest.raises(ClaimLostError):
        ids(client)
    client.close()


def test_pages_that_go_in_circles_are_malformed(
    host: Host, client: GraphClient
) -> None:
    host.will(page(host, then="a"), page(host, then="b"), page(host, then="a"))

    with pytest.raises(MalformedAnswer, match="do not come to an end"):
        list(client.pages("/users"))


def test_a_page_link_to_another_host_is_not_followed(
    host: Host, client: GraphClient
) -> None:
    host.will(json({"value": [], "@odata.nextLink": "https://evil.example/v1.0/x"}))

    with pytest.raises(MalformedAnswer, match="leads away"):
        list(client.pages("/users"))


def test_a_stored_link_to_another_host_is_not_followed(
    host: Host, client: GraphClient
) -> None:
    with pytest.raises(MalformedAnswer, match="leads away"):
        client.pages("https://evil.example/v1.0/users")

    assert host.received == []


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"value": None},
        {"value": {}},
        {"value": ["x"]},
        {"value": [], "@odata.nextLink": 5},
        {"value": [], "@odata.nextLink": ""},
        {"value": [], "@odata.deltaLink": "https://evil.example/"},
    ],
    ids=str,
)
def test_a_page_that_is_none_is_malformed(
    host: Host, client: GraphClient, content: object
) -> None:
    host.will(json(content))

    with pytest.raises(MalformedAnswer):
        list(client.pages("/users"))


def test_a_page_that_both_ends_and_goes_on_is_malformed(
    host: Host, client: GraphClient
) -> None:
    host.will(page(host, then="a", end="z"))

    with pytest.raises(MalformedAnswer, match="both"):
        list(client.pages("/users"))


def test_an_expired_page_link_says_to_start_again(
    host: Host, client: GraphClient
) -> None:
    host.will(page(host, then="a"), failure(400, "Directory_ExpiredPageToken"))

    with pytest.raises(CursorExpired):
        list(client.pages("/users"))


def test_a_refused_sign_in_is_not_tried_again(host: Host, waits: Waits) -> None:
    class Refused(Tokens):
        def token(self) -> str:
            raise SignInRefused("no", reason=SignInReason.WRONG_SECRET)

    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=Refused(),
        http=HttpClient(),
        pace=Pace(wait=waits, now=lambda: NOW, chance=lambda: 0.0),
    )

    with pytest.raises(SignInRefused):
        client.get("/me")

    assert (host.received, waits.seconds) == ([], [])
    client.close()


def test_a_sign_in_host_that_is_away_is_waited_for(host: Host, waits: Waits) -> None:
    class Slow(Tokens):
        away = 2

        def token(self) -> str:
            if self.away:
                self.away -= 1
                raise Unavailable("away")
            return super().token()

    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=Slow(),
        http=HttpClient(),
        pace=Pace(wait=waits, now=lambda: NOW, chance=lambda: 0.0),
    )
    host.will(json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert waits.seconds == [1.0, 2.0]
    client.close()


def test_a_sign_in_host_that_is_away_at_a_refresh_is_waited_for(
    host: Host, waits: Waits
) -> None:
    class Slow(Tokens):
        away = True

        def refresh(self) -> str:
            if self.away:
                self.away = False
                raise Throttled("busy", after=9.0)
            return super().refresh()

    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=Slow(),
        http=HttpClient(),
        pace=Pace(wait=waits, now=lambda: NOW, chance=lambda: 0.0),
    )
    host.will(failure(401), json({"id": "1"}))

    assert client.get("/me") == {"id": "1"}
    assert waits.seconds == [9.0]
    client.close()


def test_without_a_token_the_next_page_is_asked_for_in_its_turn(
    host: Host, waits: Waits
) -> None:
    class Gap(Tokens):
        asked = 0

        def token(self) -> str:
            self.asked += 1
            if self.asked == 2:
                raise Unavailable("away")
            return super().token()

    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=Gap(),
        http=HttpClient(),
        pace=Pace(wait=waits, now=lambda: NOW, chance=lambda: 0.0),
    )
    host.will(page(host, "1", then="a"), page(host, "2"))

    assert ids(client) == ["1", "2"]
    assert waits.seconds == []
    client.close()


def test_the_claim_beats_while_a_page_is_slow(host: Host, waits: Waits) -> None:
    def script(_: object) -> Canned:
        if len(host.received) == 2:
            time.sleep(0.3)
            return page(host, "2")
        return page(host, "1", then="a")

    host.script = script
    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=Tokens(),
        http=HttpClient(),
        pace=Pace(wait=waits, now=lambda: NOW, chance=lambda: 0.0, beat=0.05),
    )

    assert ids(client) == ["1", "2"]
    assert len(waits.seconds) >= 2
    assert set(waits.seconds) == {0.0}
    client.close()


@pytest.fixture
def small(host: Host, tokens: Tokens, waits: Waits) -> Iterator[GraphClient]:
    client = GraphClient(
        cloud=Cloud(CUSTOM, "https://login.example", host.origin),
        tokens=tokens,
        http=HttpClient(max_body=1000),
        pace=Pace(wait=waits, now=lambda: NOW, chance=lambda: 0.0),
    )
    yield client
    client.close()


def test_an_oversized_page_ends_the_walk(host: Host, small: GraphClient) -> None:
    host.will(page(host, *["x" * 100] * 20))

    with pytest.raises(MalformedAnswer, match="larger than"):
        list(small.pages("/users"))
