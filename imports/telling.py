"""A decision about one person as pages tell it: mappings, tests, and what follows.

Free of the database; what is told is the stored trace of an item or a fresh
explanation, which read alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imports import showing
from imports.engine import wording
from imports.engine.types import Action, Reason, Result
from imports.showing import Changed
from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from common.types import Json, JsonObject

MARKS = {True: "yes", False: "no", None: "unknown"}
ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
LABELS = {
    "onPremisesExtensionAttributes": "Extension Attributes",
    "assignedLicenses": "Licences",
    "licenseAssignmentStates": "How licences are held",
}
SITE_FROM = "site from "
"""How the test of a field that names sites begins."""
HIDDEN = "a mapping that is gone, or not for you to see"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a mapping asked of a person."""

    what: str
    expected: str
    actual: str
    mark: str
    """"yes", "no" or "unknown"."""
    answer: str


@dataclass(frozen=True, slots=True)
class Tested:
    """One mapping, with every test that it made and what came of it."""

    sequence: int
    name: str
    is_agent: bool
    result: str
    answer: str
    tests: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be done about one record of the person."""

    action: str
    label: str
    reason: str
    changes: Sequence[Changed]


def mappings(told: Iterable[JsonObject], names: Mapping[int, str]) -> list[Tested]:
    """Return the mappings of an explanation in words, in their order."""
    return [
        Tested(
            one["sequence"],
            names.get(one["sequence"], HIDDEN),
            is_agent=one["pass"] == "agent",
            result=one["result"],
            answer=_answer(one),
            tests=[_asked(test) for test in one["tests"]],
        )
        for one in told
    ]


def _answer(mapping: JsonObject) -> str:
    """Return a mapping's answer; the first that matches decides the site (AM-21)."""
    result = Result(mapping["result"])
    if result is Result.MATCHED and mapping["pass"] != "agent":
        return "Matches too, but an earlier one decides"
    return wording.RESULTS[result].capitalize()


def _asked(test: JsonObject) -> Asked:
    mark = MARKS[test["ok"]]
    what, expected = _question(test)
    actual = "not read" if mark == "unknown" and test["actual"] is None else ""
    return Asked(what, expected, actual or value(test["actual"]), mark, ANSWERS[mark])


def _question(test: JsonObject) -> tuple[str, str]:
    name = str(test["test"])
    if name == "group":
        return "Member of the group", value(test["expected"])
    if name == "external":
        return "Is a guest", value(test["expected"])
    if name.startswith(SITE_FROM):
        source = name.removeprefix(SITE_FROM)
        return f"{catalogue.label(source)} names a site", value(test["expected"])
    source, _, operator = name.partition(" ")
    words = wording.operator(operator)
    return f"{catalogue.label(source)} {words}".strip(), value(test["expected"])


def part(told: JsonObject | None) -> Part | None:
    """Return what an explanation says of one record; None: nothing."""
    if told is None:
        return None
    return Part(
        told["action"],
        wording.ACTIONS[Action(told["action"])].capitalize(),
        wording.REASONS[Reason(told["reason"])] if told["reason"] else "",
        changes(told["changes"]),
    )


def changes(held: JsonObject) -> list[Changed]:
    """Return stored changes line by line."""
    return [
        Changed(wording.field(name), showing.shown(before), showing.shown(after))
        for name, (before, after) in held.items()
    ]


def found_by(key: str) -> str:
    """Return in words what found a record: "by its Entra id"."""
    if not key:
        return ""
    return wording.MATCHED_BY.get(key, f"by {wording.field(key)}")


def sent(properties: JsonObject) -> list[tuple[str, str]]:
    """Return what Microsoft sent, by label; what is empty is said to be empty."""
    return [
        (LABELS.get(name) or catalogue.label(name), value(held))
        for name, held in sorted(properties.items())
    ]


def value(held: Json) -> str:
    """Return a value of Entra as a page shows it, without quotes."""
    if isinstance(held, list):
        return ", ".join(value(one) for one in held) or "empty"
    if isinstance(held, dict) and "name" not in held:
        parts = (f"{key}: {value(one)}" for key, one in held.items() if one)
        return "; ".join(parts) or "empty"
    return showing.shown(held) or "empty"
