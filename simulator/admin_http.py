"""The admin API: `POST /admin/{action}` with a JSON object, answered by JSON.

Tests and the demo arrange tenants with it; admin_client.py is the typed way to call it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator import oracle
from simulator.admin import ACTIONS, AdminError
from simulator.world import World


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


async def _act(request: Request) -> Response:
    action = ACTIONS.get(request.path_params["action"])
    if action is None:
        return JSONResponse({"error": "There is no such action."}, 404)
    try:
        result = action(_world(request), orjson.loads(await request.body() or b"{}"))
    except AdminError as error:
        return JSONResponse({"error": str(error)}, 400)
    except KeyError as error:
        return JSONResponse({"error": f"{error} is missing."}, 400)
    return Response(orjson.dumps(result), media_type="application/json")


async def _truth(request: Request) -> Response:
    tenant = _world(request).tenants.get(request.path_params["tenant_id"])
    read = oracle.READERS.get(request.path_params["what"])
    if tenant is None or read is None:
        return JSONResponse({"error": "There is no such tenant or part."}, 404)
    return StreamingResponse(_lines(read(tenant)), media_type="application/jsonl")


async def _lines(rows: Iterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    for row in rows:
        yield orjson.dumps(row) + b"\n"


ROUTES = [
    Route("/oracle/{tenant_id}/{what}", _truth, methods=["GET"]),
    Route("/{action}", _act, methods=["POST"]),
]
