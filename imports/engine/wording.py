"""Actions, reasons and tests in the administrator's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from common.types import Json, JsonObject
from imports.engine.types import Action, Reason, Result
from mappings import catalogue
from mappings.words import Operator

ACTIONS: Final[Mapping[Action, str]] = {
    Action.DELETE: "delete",
    Action.DEACTIVATE: "deactivate",
    Action.REACTIVATE: "reactivate",
    Action.MOVE: "move to another site",
    Action.CREATE: "create",
    Action.LINK: "link an existing record",
    Action.FLAG: "flag",
    Action.UPDATE: "update",
    Action.NONE: "nothing to do",
    Action.REVIEW: "needs review",
    Action.SKIP: "leave out",
}
REASONS: Final[Mapping[Reason, str]] = {
    Reason.NO_MAPPING: "No mapping selects this person.",
    Reason.MAPPING_IN_ERROR: (
        "A mapping that cannot be judged might decide otherwise: site, role and state "
        "stay, and nobody new comes in, until it is mended."
    ),
    Reason.DISABLED_IN_ENTRA: "The person is disabled in Entra.",
    Reason.DELETED_IN_ENTRA: "The person has been deleted in Entra.",
    Reason.UNMATCHED: "No mapping selects this person any longer.",
    Reason.SITE_INACTIVE: (
        "The mapping's site is inactive: reactivate it, or choose another site."
    ),
    Reason.NO_SITE_FOR_AGENT: (
        "An agent only: no site mapping selects them, and no site for agents' user "
        "accounts is set under Advanced Configuration."
    ),
    Reason.AGENTS_ONLY: (
        "The user record of an agent: Import Agents and the Integrator make it."
    ),
    Reason.SEVERAL_CANDIDATES: "Several records fit: choose one, or create another.",
    Reason.CLAIMED_TWICE: (
        "Two people fit the same record: choose whose it is, or leave one out."
    ),
    Reason.OTHER_ORGANISATION: (
        "A record that fits belongs to an organisation that no mapping names."
    ),
    Reason.UNVERIFIED_DOMAIN: (
        "A record fits by an address whose domain this tenant has not verified."
    ),
    Reason.PROTECTED_AGENT: (
        "Administrators and break-glass agents are never linked or changed by a guess."
    ),
    Reason.NOT_OWN_TENANT: (
        "An agent fits, but agents are matched by fields only for your own tenant."
    ),
    Reason.OTHER_IDENTITY: "A record that fits belongs to another identity in Entra.",
    Reason.RECREATED: (
        "A record that fits belonged to somebody deleted in Entra: take it over if it "
        "is the same person."
    ),
    Reason.LEFT_OUT: "Somebody decided to leave this person out.",
    Reason.KEPT_ACTIVE: "The record is pinned: no run deactivates it.",
    Reason.KEPT_BY_DECISION: (
        "Somebody decided to keep this person as they are, until something changes."
    ),
    Reason.POLICY_LEAVES: "The policy for leavers leaves the record as it is.",
    Reason.NO_LICENSED_ROLE: "Agent licensing: the agent holds no licensed role.",
    Reason.LAST_ADMINISTRATOR: "This is the last active administrator.",
    Reason.RUNS_THE_IMPORT: "This agent runs the import.",
    Reason.HELD_BY_RUN: "The change waits in another run for approval.",
    Reason.UNPROVEN: "Not in the tenant's list, but not proven to be gone.",
    Reason.MANAGER_NOT_HERE: "Entra names no manager, or nobody who is here.",
    Reason.MANAGER_LOOP: "The person is their own manager in Entra.",
    Reason.STILL_IN_USE: (
        "The run that made this record was undone, but something refers to it."
    ),
}
RESULTS: Final[Mapping[str, str]] = {
    Result.WON: "wins",
    Result.MATCHED: "matches",
    Result.NO: "does not match",
    Result.UNKNOWN: "cannot be judged",
}
MATCHED_BY: Final[Mapping[str, str]] = {
    "object_id": "by its Entra id",
    "decision": "by a decision",
}
_FIELDS: Final[Mapping[str, str]] = {
    **catalogue.AGENT_TARGETS,
    **catalogue.USER_TARGETS,
    "site": "Site",
    "user_role": "User Role",
    "is_active": "Active",
    "entra_state": "State in Entra",
    "entra_object_id": "Entra id",
    "roles": "Roles",
    "boards": "Change Advisory Boards",
    "team": "Team",
}
_OPERATORS: Final[Mapping[str, str]] = {
    Operator.EQUALS: "equals",
    Operator.NOT_EQUALS: "does not equal",
    Operator.CONTAINS: "contains",
    Operator.NOT_CONTAINS: "does not contain",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.IS_EMPTY: "is empty",
    Operator.IS_NOT_EMPTY: "is not empty",
}


def field(name: str) -> str:
    """Return the name under which people know a field of a record."""
    return _FIELDS.get(name, name.removeprefix(catalogue.CUSTOM))


def value(held: Json) -> str:
    """Return a value as a line shows it."""
    if isinstance(held, dict):
        return str(held.get("name", held))
    if isinstance(held, list):
        return ", ".join(value(one) for one in held) or "none"
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, str):
        return f'"{held}"' if held else "empty"
    return "empty" if held is None else str(held)


def change(name: str, before: Json, after: Json) -> str:
    """Return a change of a field, with what it was unless that was empty."""
    was = "" if catalogue.is_blank(before) else f"{value(before)} → "
    return f"{field(name)}: {was}{value(after)}"


def operator(word: str) -> str:
    """Return an operator of a criterion in words; what is none, as it is."""
    return _OPERATORS.get(word, word)


def test(asked: JsonObject) -> str:
    """Return what a mapping asked of a person, and what it found."""
    name, expected = str(asked["test"]), asked["expected"]
    is_unknown = asked["ok"] is None
    if name == "group":
        return f"in the group {expected}: {asked['actual']}"
    if name == "external":
        return "not a guest: not read" if is_unknown else "not a guest"
    found = "not read" if is_unknown else value(asked["actual"])
    subject, _, operator = name.partition(" ")
    if operator in _OPERATORS:
        is_bare = operator in {Operator.IS_EMPTY, Operator.IS_NOT_EMPTY}
        operand = "" if is_bare else f" {value(expected)}"
        return f"{subject} {_OPERATORS[operator]}{operand}: {found}"
    return f"{name} ({expected}): {found}"
