"""What Graph refuses, with the status, code and message it uses for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from simulator.exchange import Answer, Call, json_answer

_CHALLENGE = (
    'Bearer realm="", authorization_uri='
    '"https://login.microsoftonline.com/common/oauth2/authorize", '
    'client_id="00000003-0000-0000-c000-000000000000"'
)


class GraphError(Exception):
    """A request that is refused."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what the answer will say."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str) -> GraphError:
    """The request is malformed or a value is not allowed."""
    return GraphError(400, "Request_BadRequest", message)


def unsupported(message: str) -> GraphError:
    """The query is well-formed but not supported, or not without ConsistencyLevel."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def unknown_property(of_type: str, name: str) -> GraphError:
    """A name in the query is no property of the type."""
    return GraphError(
        400,
        "BadRequest",
        "Parsing OData Select and Expand failed: Could not find a property named "
        f"'{name}' on type 'microsoft.graph.{of_type}'.",
    )


def not_found(key: str) -> GraphError:
    """No object has this key, or it is deleted."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{key}' does not exist or one of its queried reference-property "
        "objects are not present.",
    )


def denied() -> GraphError:
    """The token lacks the permission."""
    return GraphError(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )


def unauthorised(message: str) -> GraphError:
    """There is no token, or none that is valid."""
    return GraphError(
        401,
        "InvalidAuthenticationToken",
        message,
        headers={"www-authenticate": _CHALLENGE},
    )


def expired_page() -> GraphError:
    """A page link that is too old or was never ours."""
    return GraphError(
        400,
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included "
        "in your request.",
    )


def expired_delta(location: str) -> GraphError:
    """A delta link that is too old: start over at the Location."""
    return GraphError(
        410,
        "syncStateNotFound",
        "The sync state is not found. Start a full synchronisation.",
        headers={"location": location},
    )


@dataclass(frozen=True, slots=True)
class Ids:
    """The two ids that every answer carries."""

    request: str
    client: str

    @classmethod
    def of(cls, call: Call) -> Ids:
        """Draw a request id; the client's is echoed if it sent one."""
        request = str(uuid.uuid4())
        return cls(request, call.headers.get("client-request-id", request))


def error_answer(error: GraphError, ids: Ids) -> Answer:
    """Return the body that Graph sends for an error."""
    inner = {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": ids.request,
        "client-request-id": ids.client,
    }
    detail = {"code": error.code, "message": error.message, "innerError": inner}
    return json_answer({"error": detail}, status=error.status, headers=error.headers)
