"""Faults on demand: which requests go wrong, and how their answers are spoilt."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from simulator import errors, paging
from simulator.contract import FaultRule
from simulator.exchange import Answer, Call, json_answer

_FOREIGN = "https://graph.elsewhere.example"
_STATUS_CODES = {
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "serviceNotAvailable",
    504: "UnknownError",
}


class Dropped(Exception):
    """The connection is to be reset, after a part of the answer if there is one."""

    def __init__(self, part: Answer | None = None) -> None:
        """Keep the answer whose body is cut in the middle."""
        super().__init__("the connection is reset on purpose")
        self.part = part


@dataclass(slots=True)
class _Armed:
    """A rule with its count of matches."""

    rule: FaultRule
    pattern: re.Pattern[str]
    matches: int = 0

    def hits(self, call: Call, tenant_id: str | None) -> bool:
        rule = self.rule
        if (rule.get("tenant_id") or tenant_id) != tenant_id:
            return False
        if (rule.get("method") or call.method).upper() != call.method:
            return False
        if self.pattern.search(call.address) is None:
            return False
        self.matches += 1
        past = self.matches - rule.get("skip", 0)
        times = rule.get("times")
        return past > 0 and (times is None or past <= times)


class Faults:
    """The rules in force; the first one that hits a request decides."""

    def __init__(self) -> None:
        """Start without any."""
        self._armed: list[_Armed] = []

    def add(self, rule: FaultRule) -> None:
        """Put a rule in force."""
        self._armed.append(_Armed(rule, re.compile(rule.get("path", ""))))

    def clear(self, tenant_id: str | None) -> None:
        """Forget the rules of a tenant, or all."""
        self._armed = [
            armed
            for armed in self._armed
            if tenant_id is not None and armed.rule.get("tenant_id") != tenant_id
        ]

    def match(self, call: Call, tenant_id: str | None) -> FaultRule | None:
        """Return the rule that hits this request and count it."""
        for armed in self._armed:
            if armed.hits(call, tenant_id):
                return armed.rule
        return None


def instead(rule: FaultRule) -> Answer | None:
    """Return the answer that stands in for the right one, if the rule has one."""
    if rule.get("drop"):
        raise Dropped
    retry_after = rule.get("retry_after")
    status = rule.get("status")
    if rule.get("throttle") or (status is None and retry_after is not None):
        return throttled(retry_after or 1)
    if status is None:
        return None
    headers = dict(rule.get("headers") or {})
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    return _with_status(rule, status, headers)


def throttled(retry_after: int, *, scope: str = "") -> Answer:
    """Return a 429 as the directory sends it."""
    inner = {"code": "429", "message": "Please retry after", "status": "429"}
    message = "Please retry again later."
    error = {"code": "TooManyRequests", "innerError": inner, "message": message}
    headers = {
        "retry-after": str(retry_after),
        "x-ms-throttle-information": "ResourceUnitLimitExceeded",
        "x-ms-throttle-scope": scope or "Tenant_Application/ReadWrite",
    }
    return json_answer({"error": error}, status=429, headers=headers)


def _with_status(rule: FaultRule, status: int, headers: dict[str, str]) -> Answer:
    body = rule.get("body")
    if rule.get("html"):
        text = f"<html><body><h1>{status}</h1>{body or ''}</body></html>"
        html = {"content-type": "text/html; charset=utf-8"}
        return Answer(status, {**html, **headers}, text.encode())
    if isinstance(body, str):
        return Answer(status, {"content-type": "text/plain", **headers}, body.encode())
    if body is None:
        code = _STATUS_CODES.get(status, "UnknownError")
        body = {"error": {"code": code, "message": "Made by a fault rule."}}
    return json_answer(body, status=status, headers=headers)


def spoil(rule: FaultRule, call: Call, answer: Answer, *, base: str) -> Answer:
    """Return the right answer made wrong in the way the rule says."""
    if rule.get("truncate"):
        raise Dropped(answer)
    if answer.status != 200:
        return answer
    malformed = rule.get("malformed")
    if malformed == "broken_json":
        answer.body = answer.body[: len(answer.body) // 2]
        return answer
    address = base + call.path + (f"?{call.query}" if call.query else "")
    body = answer.json()
    if malformed:
        _malform(body, malformed)
    elif rule.get("loop"):
        _replace_link(body, address)
    elif rule.get("foreign"):
        own = body.get("@odata.nextLink") or address
        parts = urlsplit(own)
        _replace_link(body, f"{_FOREIGN}{parts.path}?{parts.query}")
    elif rule.get("empty") and not is_second_try(call):
        body["value"] = []
        _replace_link(body, _again(call, base))
    answer.body = orjson.dumps(body)
    return answer


def _malform(body: dict[str, Any], how: str) -> None:
    value = body.get("value")
    first = value[0] if isinstance(value, list) and value else body
    match how:
        case "value_not_list":
            body["value"] = {"not": "a list"}
        case "id_missing":
            first.pop("id", None)
        case "wrong_type":
            name = next((n for n in first if n != "id"), "displayName")
            first[name] = {"unexpected": ["shape"]}


def _replace_link(body: dict[str, Any], target: str) -> None:
    body.pop("@odata.deltaLink", None)
    body["@odata.nextLink"] = target


def _again(call: Call, base: str) -> str:
    """Return a link that leads to the request itself, under another address."""
    state = {"again": call.query, "once": secrets.token_hex(4)}
    return paging.link(base + call.path, {"$skiptoken": paging.seal(state)})


def is_second_try(call: Call) -> bool:
    """Say whether the request came by the link of an empty page."""
    return "again" in _state(call)


def real_call(call: Call) -> Call:
    """Return the request that the link of an empty page stands for."""
    state = _state(call)
    if "again" not in state:
        return call
    return Call(call.method, call.path, state["again"], call.headers, call.body)


def _state(call: Call) -> dict[str, Any]:
    token = call.parameters().get("$skiptoken")
    if token is None:
        return {}
    try:
        return paging.unseal(token)
    except errors.GraphError:
        return {}
