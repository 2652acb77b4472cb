"""Many questions in one request."""

from __future__ import annotations

from typing import Any

import pytest

from connections.graph.batch import Part
from connections.graph.client import GraphClient
from connections.graph.errors import (
    CursorExpired,
    LacksPermission,
    MalformedAnswer,
    NeedsAuthorisation,
    NoSuchObject,
    Throttled,
    Unavailable,
)
from tests.connections.conftest import Tokens, Waits
from tests.connections.scripted import Canned, Host, Received, failure, json


def part(number: int, **more: Any) -> Part:
    return Part(f"u{number}", f"/users/{number}", **more)


def ok(asked: dict[str, Any]) -> dict[str, Any]:
    return {"id": asked["id"], "status": 200, "body": {"id": asked["url"]}}


def bad(
    asked: dict[str, Any], status: int, code: str = "X", **headers: str
) -> dict[str, Any]:
    body = {"error": {"code": code, "message": "Said by Graph."}}
    return {"id": asked["id"], "status": status, "headers": headers, "body": body}


def asked(received: Received) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = received.json()["requests"]
    return found


def test_any_number_of_parts_is_cut_by_twenty_and_answered_in_order(
    host: Host, client: GraphClient
) -> None:
    host.script = lambda received: json(
        {"responses": [ok(each) for each in reversed(asked(received))]}
    )

    found = client.batch([part(number) for number in range(45)])

    assert [answer.id for answer in found] == [f"u{number}" for number in range(45)]
    assert [answer.body["id"] for answer in found[:2]] == ["/users/0", "/users/1"]
    assert [len(asked(each)) for each in host.received] == [20, 20, 5]


def test_no_parts_ask_nothing(host: Host, client: GraphClient) -> None:
    assert client.batch([]) == []
    assert host.received == []


def test_a_part_with_a_body_names_its_type(host: Host, client: GraphClient) -> None:
    host.script = lambda received: json({"responses": [ok(asked(received)[0])]})

    client.batch([part(1, method="POST", body={"groupIds": []}, headers={"X-A": "b"})])

    assert asked(host.received[0]) == [
        {
            "id": "1",
            "method": "POST",
            "url": "/users/1",
            "body": {"groupIds": []},
            "headers": {"X-A": "b", "Content-Type": "application/json"},
        }
    ]


def test_throttled_parts_alone_are_repeated_after_the_longest_wait(
    host: Host, client: GraphClient, waits: Waits
) -> None:
    def script(received: Received) -> Canned:
        first, *rest = asked(received)
        if len(host.received) > 1:
            return json({"responses": [ok(each) for each in [first, *rest]]})
        second, third = rest
        return json(
            {
                "responses": [
                    bad(first, 429, **{"retry-after": "2"}),
                    ok(second),
                    bad(third, 429, **{"RETRY-AFTER": "9"}),
                ]
            }
        )

    host.script = script

    found = client.batch([part(1), part(2), part(3)])

    assert [answer.status for answer in found] == [200, 200, 200]
    assert [each["url"] for each in asked(host.received[1])] == ["/users/1", "/users/3"]
    assert (waits.seconds, client.throttled) == ([9.0], 9.0)


@pytest.mark.parametrize("status", [424, 500, 503])
def test_parts_that_may_pass_are_repeated(
    host: Host, client: GraphClient, waits: Waits, status: int
) -> None:
    host.script = lambda received: json(
        {
            "responses": [
                ok(each) if len(host.received) > 1 else bad(each, status)
                for each in asked(received)
            ]
        }
    )

    assert client.batch([part(1)])[0].error is None
    assert waits.seconds == [1.0]


def test_a_part_that_stays_unavailable_says_so_and_the_rest_is_answered(
    host: Host, client: GraphClient
) -> None:
    host.script = lambda received: json(
        {
            "responses": [
                bad(each, 503) if each["url"] == "/users/1" else ok(each)
                for each in asked(received)
            ]
        }
    )

    first, second = client.batch([part(1), part(2)])

    assert isinstance(first.error, Unavailable)
    assert second.error is None
    assert client.requests == 8


def test_a_part_throttled_without_end_says_so(host: Host, client: GraphClient) -> None:
    host.script = lambda received: json(
        {
            "responses": [
                bad(each, 429, **{"Retry-After": "1200"}) for each in asked(received)
            ]
        }
    )

    assert isinstance(client.batch([part(1)])[0].error, Throttled)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "Authorization_RequestDenied", LacksPermission),
        (404, "Request_ResourceNotFound", NoSuchObject),
        (400, "Directory_ExpiredPageToken", CursorExpired),
    ],
)
def test_a_lasting_error_belongs_to_its_part(
    host: Host, client: GraphClient, status: int, code: str, kind: type[Exception]
) -> None:
    host.script = lambda received: json(
        {"responses": [bad(each, status, code) for each in asked(received)]}
    )

    (found,) = client.batch([part(1, permission="User.Read.All", is_link=True)])

    assert type(found.error) is kind
    assert found.status == status
    assert client.requests == 1


def test_a_token_that_ran_out_in_between_is_replaced_once(
    host: Host, client: GraphClient, tokens: Tokens
) -> None:
    host.script = lambda received: json(
        {"responses": [bad(each, 401) for each in asked(received)]}
    )

    (found,) = client.batch([part(1)])

    assert isinstance(found.error, NeedsAuthorisation)
    assert (tokens.refreshed, client.requests) == (1, 2)


def test_a_page_that_is_no_error_of_graph_is_no_proof(
    host: Host, client: GraphClient
) -> None:
    host.script = lambda received: json(
        {
            "responses": [
                {"id": each["id"], "status": 404, "body": "PGh0bWw+"}
                for each in asked(received)
            ]
        }
    )

    assert isinstance(client.batch([part(1)])[0].error, Unavailable)


def test_a_batch_as_a_whole_is_repeated_like_any_request(
    host: Host, client: GraphClient, waits: Waits
) -> None:
    host.will(
        failure(429, Retry_After="4"),
        json({"responses": [{"id": "1", "status": 204}]}),
    )

    (found,) = client.batch([part(1)])

    assert (found.status, found.body, found.error) == (204, {}, None)
    assert waits.seconds == [4.0]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"responses": {}},
        {"responses": []},
        {"responses": [{"id": "1", "status": 200, "body": {}}] * 2},
        {"responses": [{"id": "2", "status": 200, "body": {}}]},
        {"responses": [{"status": 200, "body": {}}]},
        {"responses": ["1"]},
        {"responses": [{"id": "1", "status": "200", "body": {}}]},
    ],
    ids=str,
)
def test_a_batch_without_one_answer_to_each_part_is_malformed(
    host: Host, client: GraphClient, content: object
) -> None:
    host.will(json(content))

    with pytest.raises(MalformedAnswer):
        client.batch([part(1)])


def test_a_good_part_without_json_is_malformed(host: Host, client: GraphClient) -> None:
    host.will(json({"responses": [{"id": "1", "status": 200, "body": "x"}]}))

    assert isinstance(client.batch([part(1)])[0].error, MalformedAnswer)


def test_several_batches_are_under_way_and_follow_ups_are_asked_for(
    host: Host, client: GraphClient
) -> None:
    host.script = lambda received: json(
        {"responses": [ok(each) for each in asked(received)]}
    )
    waiting = [[part(number)] for number in range(6)]

    def supply() -> list[Part]:
        return waiting.pop(0) if waiting else []

    found = []
    for answers in client.batches(supply, width=3):
        found += [answer.id for answer in answers]
        if answers[0].id == "u5":
            waiting.append([part(99)])

    assert found == ["u0", "u1", "u2", "u3", "u4", "u5", "u99"]
