"""A decision, told from the very values that decided.

`trace` is what a run item keeps of a selection and a match; the mappings and the match
of an explanation are a function of the trace alone, so that a stored decision and a
fresh one read alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from common.types import Json, JsonObject
from imports.engine import wording
from imports.engine.standing import state_of
from imports.engine.types import Action, Match, PlanItem, Reason, Remote, Selection
from mappings import catalogue
from mappings.words import Kind

MARKS: Mapping[bool | None, str] = {True: "yes", False: "no ", None: "?  "}

NO_AGENT = (Action.SKIP, Reason.NO_MAPPING)


def trace(selection: Selection, match: Match) -> JsonObject:
    """Return what is kept of a decision, in short."""
    return {
        "mappings": [
            [
                verdict.sequence,
                "agent" if verdict.is_agent else "site",
                verdict.result.value,
                [list(test) for test in verdict.tests],
            ]
            for verdict in selection.verdicts
        ],
        "match": [match.by, list(match.candidates)],
    }


def from_trace(kept: JsonObject) -> JsonObject:
    """Return the mappings and the match of an explanation, as `decision` has them."""
    by, candidates = kept["match"]
    return {
        "mappings": [
            {
                "sequence": sequence,
                "pass": which,
                "result": result,
                "tests": [_test(*test) for test in tests],
            }
            for sequence, which, result, tests in kept["mappings"]
        ],
        "match": {"by": by, "candidates": candidates},
    }


def decision(
    remote: Remote,
    selection: Selection,
    match: Match,
    items: Mapping[Kind, PlanItem],
    *,
    as_of: str | None = None,
) -> JsonObject:
    """Return the explanation of one person as `explain --json` prints it.

    `match` is that of the user record; `as_of` is when Entra was read.
    """
    upn = catalogue.value("userPrincipalName", remote.properties)
    return {
        "object_id": str(remote.object_id),
        "upn": upn if isinstance(upn, str) else "",
        "as_of": as_of,
        "entra_state": state_of(remote, is_wanted=_is_wanted(selection)).value,
        **from_trace(trace(selection, match)),
        "user": _item(items.get(Kind.USERS)),
        "agent": _agent(items.get(Kind.AGENTS)),
    }


def lines(told: JsonObject) -> list[str]:
    """Return an explanation in words, line by line."""
    who = told["upn"] or told["object_id"]
    when = f" (read {told['as_of']})" if told["as_of"] else ""
    return [
        f"{who}: {told['entra_state']} in Entra{when}",
        *_mapping_lines(told["mappings"]),
        *_match_lines(told["match"]),
        *_item_lines("User", told["user"]),
        *_item_lines("Agent", told["agent"]),
    ]


def _test(test: str, expected: Json, actual: Json, ok: Json) -> JsonObject:
    return {"test": test, "expected": expected, "actual": actual, "ok": ok}


def _is_wanted(selection: Selection) -> bool:
    """Return whether a mapping selects the person, or one in error might."""
    is_sited = selection.place is not None or selection.is_undecided
    return is_sited or selection.is_agent is not False


def is_no_agent(item: PlanItem) -> bool:
    """Return whether an item only says that the person is not meant to be an agent."""
    return item.kind is Kind.AGENTS and (item.action, item.reason) == NO_AGENT


def _agent(item: PlanItem | None) -> JsonObject | None:
    """Return the agent's part; there is none for people who are not meant to be one."""
    if item is None or is_no_agent(item):
        return None
    return _item(item)


def _item(item: PlanItem | None) -> JsonObject | None:
    if item is None:
        return None
    return {
        "action": item.action.value,
        "changes": {name: list(change) for name, change in item.changes.items()},
        "reason": item.reason.value if item.reason else None,
    }


def _mapping_lines(mappings: Iterable[JsonObject]) -> Iterator[str]:
    for mapping in mappings:
        name = "*Agent* mapping" if mapping["pass"] == "agent" else "Mapping"
        result = wording.RESULTS[mapping["result"]]
        yield f"{name} {mapping['sequence']} {result}"
        for test in mapping["tests"]:
            yield f"    {MARKS[test['ok']]} {wording.test(test)}"


def _match_lines(match: JsonObject) -> Iterator[str]:
    candidates = match["candidates"]
    if candidates:
        by = wording.MATCHED_BY.get(match["by"], f"by {wording.field(match['by'])}")
        noun = "Record" if len(candidates) == 1 else "Records"
        yield f"{noun} found {by}: {', '.join(str(one) for one in candidates)}"


def _item_lines(name: str, item: JsonObject | None) -> Iterator[str]:
    if item is None:
        return
    yield f"{name}: {wording.ACTIONS[Action(item['action'])]}"
    if item["reason"]:
        yield f"    {wording.REASONS[Reason(item['reason'])]}"
    for field, (before, after) in item["changes"].items():
        yield f"    {wording.change(field, before, after)}"
