"""Rules and people for tests of what a run does for agents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mappings.rules import GrantRule, Ref, RuleSet
from tests.imports.engine.builders import (
    ADMINISTRATOR,
    AGENTS,
    ANALYST,
    CAB,
    ada,
    group,
    old_record,
    rule_set,
)


def ref(target: Ref) -> dict[str, Any]:
    """How a plan names a record."""
    return {"id": target.id, "name": target.name}


ADMINS = GrantRule(group("Admins"), False, ADMINISTRATOR)
SEATS = GrantRule(group("CAB"), False, CAB)
RULES = rule_set(agent_rules=(AGENTS,), role_rules=(ADMINS,), board_rules=(SEATS,))
AGENT = ada("Agents")
DELETED = replace(AGENT, is_deleted=True)
DISABLED = ada("Agents", accountEnabled=False)
OLD = old_record(roles=(CAB,), organisation_id=None, site=None, role=None)
BOTH_ROLES = (ADMINISTRATOR, ANALYST)
BOTH_BY_US = frozenset({ADMINISTRATOR.id, ANALYST.id})


def rules(**rest: Any) -> RuleSet:
    """The rules, but for what is given."""
    return replace(RULES, **rest)
