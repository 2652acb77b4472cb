"""From bytes to JSON or to an error."""

from __future__ import annotations

import orjson
import pytest

from connections.graph import answers
from connections.graph.answers import Known
from connections.graph.errors import (
    GraphError,
    LacksPermission,
    MalformedAnswer,
    NoSuchObject,
    Throttled,
    Unavailable,
)
from connections.http import Answer

JSON = {"content-type": "application/json;odata.metadata=minimal;charset=utf-8"}
HTML = {"content-type": "text/html"}


def answer(status: int, body: bytes = b"", *, html: bool = False) -> Answer:
    return Answer(status, HTML if html else JSON, body)


def error_of(given: Answer) -> GraphError:
    with pytest.raises(GraphError) as caught:
        answers.read(given, Known(request_id="r-1"))
    return caught.value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'{"a": "x\u0000y"}', {"a": "xy"}),
        (rb'{"a": ["\ud800 x"]}', {"a": ["\ufffd x"]}),
        (rb'{"a": {"b": "\udc00\u0000"}}', {"a": {"b": "\ufffd"}}),
        (rb'{"a": "\ud83d\ude00"}', {"a": "\U0001f600"}),
        (rb'{"a\u0000": "\\u0000"}', {"a": r"\u0000"}),
        (b'{"a": 1, "b": null}', {"a": 1, "b": None}),
        (rb'{"a": 1, "b": "\u0000", "c": true}', {"a": 1, "b": "", "c": True}),
    ],
)
def test_text_that_no_database_takes_is_cleaned(
    body: bytes, expected: dict[str, object]
) -> None:
    assert answers.parse(body) == expected


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"a": NaN}', b'{"a": "\x00"}', b"[" * 100_000],
    ids=["nothing", "half", "list", "null", "nan", "raw-nul", "deep"],
)
def test_what_is_no_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="r-1"):
        answers.parse(body, request_id="r-1")


def test_an_empty_answer_is_fine_where_none_is_due() -> None:
    assert answers.read(answer(204), Known()) == {}


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 410, 502, 503])
def test_a_page_that_graph_did_not_write_says_nothing_about_anybody(
    status: int,
) -> None:
    error = error_of(answer(status, b"<html>no</html>", html=True))

    assert isinstance(error, Unavailable | MalformedAnswer)
    assert not isinstance(error, LacksPermission | NoSuchObject)


def test_a_redirect_is_told_as_such() -> None:
    error = error_of(answer(307, html=True))

    assert isinstance(error, MalformedAnswer)
    assert "redirect" in str(error)


def test_json_without_an_error_in_it_is_not_believed() -> None:
    assert isinstance(error_of(answer(404, b'{"message": "no"}')), Unavailable)


def test_throttling_is_believed_whoever_says_it() -> None:
    assert isinstance(error_of(answer(429, b"slow down", html=True)), Throttled)


def test_the_request_id_is_taken_from_the_body_if_no_header_has_it() -> None:
    inner = {"request-id": "in-body"}
    content = {"error": {"code": "Request_ResourceNotFound", "innerError": inner}}

    with pytest.raises(NoSuchObject) as caught:
        answers.read(answer(404, orjson.dumps(content)), Known())

    assert caught.value.request_id == "in-body"


def test_what_graph_wrote_in_words_is_not_repeated() -> None:
    content = {"error": {"code": "X<script>", "message": "canary of ada@acme.example"}}

    error = error_of(answer(400, orjson.dumps(content)))

    assert error.code == "Xscript"
    assert "canary" not in str(error)
