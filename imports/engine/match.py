"""Which record is this person's: identity first, then matching fields in their order.

Who may be a candidate at all is a security rule (AM-35): guessing merges two people,
and whoever can set an address in a tenant must not become somebody here. Exactly one
unlinked candidate links; every other hit goes to *Needs review*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from common.keys import key
from common.types import Json
from imports.engine.types import DecisionView, Local, Match, Reason, Remote
from imports.words import Verdict
from mappings import catalogue
from mappings.rules import RuleSet
from mappings.words import Kind

OBJECT_ID = "object_id"
DECISION = "decision"

Find: TypeAlias = Callable[[str, str], Sequence[Local]]
"""Returns all records, linked and inactive ones too, that hold a key in a target."""


@dataclass(frozen=True, slots=True)
class Register:
    """Where records of one kind are looked for, and who may be found in it."""

    kind: Kind
    rules: RuleSet
    find: Find
    verified_domains: frozenset[str] = field(default_factory=frozenset)
    """In small letters."""


def match(
    remote: Remote,
    values: Mapping[str, Json],
    *,
    register: Register,
    linked: Local | None,
    decision: DecisionView | None = None,
) -> Match:
    """Return the person's record, or why it needs review; all candidates with it."""
    if decision is not None and decision.verdict is Verdict.LEAVE_OUT:
        return Match(linked, DECISION, reason=Reason.LEFT_OUT)
    if linked is not None:
        return Match(linked, OBJECT_ID, (linked.id,))
    decided = None if decision is None else _decided(decision)
    return decided or _by_fields(values, register)


def _decided(decision: DecisionView) -> Match | None:
    """Return what a person decided, as far as it still can be done."""
    if decision.verdict is Verdict.CREATE:
        return Match(by=DECISION)
    local = decision.local
    if decision.verdict is not Verdict.LINK or local is None:
        return None
    if local.is_break_glass:
        return Match(None, DECISION, (local.id,), Reason.PROTECTED_AGENT)
    if not _is_free(local) and not local.identity_is_gone:
        return Match(None, DECISION, (local.id,), Reason.OTHER_IDENTITY)
    return Match(local, DECISION, (local.id,))


def _by_fields(values: Mapping[str, Json], register: Register) -> Match:
    """Return the answer of the first matching field that hits anybody."""
    for target in register.rules.matching(register.kind):
        wanted = key(catalogue.as_text(values.get(target)))
        if not wanted:
            continue
        found = register.find(target, wanted)
        answer = _answer(target, wanted, found, register) if found else None
        if answer is not None:
            return answer
    return Match()


def _answer(
    target: str, wanted: str, found: Sequence[Local], register: Register
) -> Match | None:
    """Return what the hits of one field mean; None: nothing, ask the next field."""
    free = [local for local in found if _is_free(local)]
    objections = {
        local.id: _objection(local, target, wanted, register) for local in free
    }
    usable = [local for local in free if objections[local.id] is None]
    if len(usable) == 1:
        return Match(usable[0], target, (usable[0].id,))
    if usable:
        return Match(None, target, _ids(usable), Reason.SEVERAL_CANDIDATES)
    if free:
        return Match(None, target, _ids(free), objections[free[0].id])
    return _answer_linked(target, found, register)


def _answer_linked(
    target: str, found: Sequence[Local], register: Register
) -> Match | None:
    """Return what linked records mean: a re-created person, or a second identity.

    A living person of the same tenant who holds the value is somebody else.
    """
    gone = [local for local in found if local.identity_is_gone]
    if gone:
        return Match(None, target, _ids(gone), Reason.RECREATED)
    tenant_id = register.rules.tenant_id
    foreign = [local for local in found if local.tenant_id != tenant_id]
    if foreign:
        return Match(None, target, _ids(foreign), Reason.OTHER_IDENTITY)
    return None


def _objection(
    local: Local, target: str, wanted: str, register: Register
) -> Reason | None:
    """Return why an unlinked record that holds the value may not be linked."""
    if register.kind is Kind.AGENTS:
        if not register.rules.own_tenant:
            return Reason.NOT_OWN_TENANT
        if local.is_protected or local.is_break_glass:
            return Reason.PROTECTED_AGENT
    elif local.organisation_id not in register.rules.organisations:
        return Reason.OTHER_ORGANISATION
    if _is_unverified(target, wanted, register):
        return Reason.UNVERIFIED_DOMAIN
    return None


def _is_unverified(target: str, wanted: str, register: Register) -> bool:
    """Return whether the value is an address that the tenant has not proven."""
    if target != "email" and "@" not in wanted:
        return False
    return wanted.rpartition("@")[2] not in register.verified_domains


def _is_free(local: Local) -> bool:
    return local.object_id is None


def _ids(found: Sequence[Local]) -> tuple[int, ...]:
    return tuple(sorted(local.id for local in found))
