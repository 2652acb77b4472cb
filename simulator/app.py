"""The ASGI application: everything that is HTTP and not Entra or Graph."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from simulator import admin_http, gateway
from simulator.exchange import Answer, Call
from simulator.faults import Dropped
from simulator.world import World

# Time for the first half of a truncated answer to leave before the reset.
_FLUSH = 0.05


class _Truncated(Response):
    """Promises the whole body, sends half of it and resets the connection."""

    def __init__(self, part: Answer | None) -> None:
        whole = part.body if part is not None else b""
        status = part.status if part is not None else 500
        super().__init__(whole, status, part.headers if part is not None else None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.body:
            start = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            half = bytes(self.body)[: len(self.body) // 2]
            chunk = {"type": "http.response.body", "body": half, "more_body": True}
            await send(chunk)
            await asyncio.sleep(_FLUSH)
        scope["extensions"]["simulator.transport"]["it"].abort()
        # The server must learn of the reset before we return, or it adds a 500.
        while (await receive())["type"] != "http.disconnect":
            continue


def build(world: World) -> Starlette:
    """Return the application over one world."""

    async def speak(request: Request) -> Response:
        call = Call(
            request.method,
            request.url.path,
            request.url.query,
            dict(request.headers),
            await request.body(),
        )
        try:
            answer = await gateway.handle(world, call)
        except Dropped as dropped:
            return _Truncated(dropped.part)
        return Response(answer.body, answer.status, answer.headers)

    methods = ["GET", "POST", "PATCH", "PUT", "DELETE"]
    app = Starlette(
        routes=[
            Mount("/admin", routes=admin_http.ROUTES),
            Route("/{path:path}", speak, methods=methods),
        ]
    )
    app.state.world = world
    return app
