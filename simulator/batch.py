"""$batch: up to twenty requests in one, each with its own status and headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from simulator import errors
from simulator.exchange import Answer, Call, json_answer

MAX_PARTS = 20

Part = Callable[[Call], Awaitable[Answer]]


async def answer(call: Call, handle: Part) -> Answer:
    """Answer all parts; 200 even if every one of them fails."""
    if call.method != "POST":
        raise errors.GraphError(405, "BadRequest", "Use POST for $batch.")
    requests = _requests(call)
    statuses: dict[str, int] = {}
    responses = []
    for request in requests:
        key = str(request["id"]).lower()
        if any(statuses.get(str(on).lower(), 424) >= 400 for on in _needed(request)):
            response = _failed_dependency(request)
        else:
            inner = _inner(call, request)
            response = _response(request, await handle(inner))
        statuses[key] = response["status"]
        responses.append(response)
    # Graph promises no order; the last first shows who relies on one.
    return json_answer({"responses": responses[::-1]})


def _requests(call: Call) -> list[dict[str, Any]]:
    try:
        requests = orjson.loads(call.body)["requests"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise errors.GraphError(400, "BadRequest", "Invalid batch payload.") from error
    if not isinstance(requests, list) or not 1 <= len(requests) <= MAX_PARTS:
        message = f"Number of batch request steps must be 1 to {MAX_PARTS}."
        raise errors.GraphError(400, "BadRequest", message)
    if not all(
        isinstance(request, dict) and {"id", "method", "url"} <= request.keys()
        for request in requests
    ):
        message = "Every batch request step needs id, method and url."
        raise errors.GraphError(400, "BadRequest", message)
    if len({str(request["id"]).lower() for request in requests}) < len(requests):
        message = "Batch request step ids must be unique."
        raise errors.GraphError(400, "BadRequest", message)
    return requests


def _needed(request: Mapping[str, Any]) -> list[str]:
    return list(request.get("dependsOn") or [])


def _inner(call: Call, request: Mapping[str, Any]) -> Call:
    path, _, query = str(request["url"]).partition("?")
    headers = {
        name.lower(): str(value)
        for name, value in (request.get("headers") or {}).items()
    }
    headers["authorization"] = call.headers.get("authorization", "")
    body = orjson.dumps(request["body"]) if "body" in request else b""
    return Call(
        str(request["method"]).upper(),
        "/v1.0/" + path.lstrip("/"),
        query,
        headers,
        body,
    )


def _response(request: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    names = {
        name: "-".join(p.capitalize() for p in name.split("-"))
        for name in answer.headers
    }
    response: dict[str, Any] = {
        "id": request["id"],
        "status": answer.status,
        "headers": {names[name]: value for name, value in answer.headers.items()},
    }
    if answer.body:
        is_json = "json" in answer.headers.get("content-type", "")
        response["body"] = _body(answer.body) if is_json else answer.body.decode()
    return response


def _body(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


def _failed_dependency(request: Mapping[str, Any]) -> dict[str, Any]:
    message = "The dependent request failed."
    error = {"error": {"code": "FailedDependency", "message": message}}
    return {"id": request["id"], "status": 424, "headers": {}, "body": error}
