"""Walks from page to page, against a host that misbehaves on purpose."""

from __future__ import annotations

import threading
import time

import pytest

from connections.graph.client import GraphClient
from connections.graph.errors import (
    CursorExpired,
    LacksPermission,
    MalformedAnswer,
    Rejected,
    Unavailable,
)
from tests.connections.conftest import Connect, Tokens, Waits
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


def test_waits_and_tokens_stay_in_the_thread_of_the_caller(
    host: Host, connect: Connect
) -> None:
    seen: set[int] = set()

    class Noting(Tokens):
        def token(self) -> str:
            seen.add(threading.get_ident())
            return super().token()

    client = connect(Noting(), wait=lambda _: seen.add(threading.get_ident()))
    host.will(page(host, "1", then="a"), failure(503), failure(401), page(host, "2"))

    assert ids(client) == ["1", "2"]
    assert seen == {threading.get_ident()}


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


def test_a_wait_that_is_broken_off_ends_the_walk(host: Host, connect: Connect) -> None:
    class ClaimLostError(Exception):
        pass

    def wait(_: float) -> None:
        raise ClaimLostError

    client = connect(wait=wait)
    host.will(page(host, "1", then="a"), failure(503))

    with pytest.raises(ClaimLostError):
        ids(client)


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


def test_without_a_token_the_next_page_is_asked_for_in_its_turn(
    host: Host, connect: Connect, waits: Waits
) -> None:
    class Gap(Tokens):
        asked = 0

        def token(self) -> str:
            self.asked += 1
            if self.asked == 2:
                raise Unavailable("away")
            return super().token()

    client = connect(Gap())
    host.will(page(host, "1", then="a"), page(host, "2"))

    assert ids(client) == ["1", "2"]
    assert waits.seconds == []


def test_the_claim_beats_while_a_page_is_slow(
    host: Host, connect: Connect, waits: Waits
) -> None:
    def script(_: object) -> Canned:
        if len(host.received) == 2:
            time.sleep(0.3)
            return page(host, "2")
        return page(host, "1", then="a")

    host.script = script
    client = connect(beat=0.05)

    assert ids(client) == ["1", "2"]
    assert len(waits.seconds) >= 2
    assert set(waits.seconds) == {0.0}


def test_an_oversized_page_ends_the_walk(host: Host, connect: Connect) -> None:
    small = connect(max_body=1000)
    host.will(page(host, *["x" * 100] * 20))

    with pytest.raises(MalformedAnswer, match="larger than"):
        list(small.pages("/users"))
