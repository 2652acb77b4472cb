"""The one way in: faults, login or Graph or batch, faults again, the log."""

from __future__ import annotations

import asyncio

from simulator import batch, faults, graph, login
from simulator.contract import FaultRule
from simulator.errors import GraphError, Ids, error_answer
from simulator.exchange import Answer, Call, json_answer
from simulator.faults import Dropped
from simulator.world import World


async def handle(world: World, call: Call, *, is_part: bool = False) -> Answer:
    """Answer a request; raises Dropped where a fault resets the connection."""
    tenant_id = _tenant_id(world, call)
    rule = world.faults.match(call, tenant_id)
    try:
        answer = await _with_fault(world, call, rule)
    except Dropped:
        _log(world, call, tenant_id, Answer(0), is_part=is_part)
        raise
    _log(world, call, tenant_id, answer, is_part=is_part)
    return answer


async def _with_fault(world: World, call: Call, rule: FaultRule | None) -> Answer:
    if rule is None:
        return await _right(world, faults.real_call(call))
    await asyncio.sleep(rule.get("delay") or 0)
    stand_in = faults.instead(rule)
    if stand_in is not None:
        return stand_in
    answer = await _right(world, faults.real_call(call))
    return faults.spoil(rule, call, answer, base=world.origin)


async def _right(world: World, call: Call) -> Answer:
    if call.path.lower() == f"{graph.ROOT}/$batch":
        return await _batch(world, call)
    if call.path.startswith(f"{graph.ROOT}/"):
        return graph.answer(world, call)
    found = login.answer(world, call)
    if found is not None:
        return found
    error = {"code": "NotFound", "message": "Nothing is served at this path."}
    return json_answer({"error": error}, status=404)


async def _batch(world: World, call: Call) -> Answer:
    async def part(inner: Call) -> Answer:
        return await handle(world, inner, is_part=True)

    try:
        graph.authenticate(world, call)
        return await batch.answer(call, part)
    except GraphError as error:
        return error_answer(error, Ids.of(call))


def _tenant_id(world: World, call: Call) -> str | None:
    if not call.path.startswith(f"{graph.ROOT}/"):
        return login.tenant_of(world, call)
    _, _, token = call.headers.get("authorization", "").partition(" ")
    claims = world.tokens.read(token.strip())
    return str(claims["tid"]) if claims is not None else None


def _log(
    world: World, call: Call, tenant_id: str | None, answer: Answer, *, is_part: bool
) -> None:
    world.requests.append(
        {
            "tenant_id": tenant_id,
            "method": call.method,
            "path": call.path,
            "query": call.address.partition("?")[2],
            "status": answer.status,
            "ru": answer.resource_units,
            "batched": is_part,
        }
    )
