"""What is told about a decision, in its parts and in words."""

from __future__ import annotations

from typing import Any

from imports.engine import explain
from imports.engine.types import Groups, Local, Match, Remote
from mappings.rules import RuleSet
from mappings.words import Kind
from tests.imports.engine.builders import agent_item, linked_to, selected, user_item


def told(
    remote: Remote,
    rules: RuleSet,
    match: Match | Local | None = None,
    *,
    groups: Groups | None = None,
    kinds: tuple[Kind, ...] = (Kind.USERS,),
) -> dict[str, Any]:
    """What is told of a person, by the very values that decide."""
    found = match if isinstance(match, Match) else linked_to(match)
    items = {Kind.USERS: user_item(remote, rules, found, groups=groups)}
    if Kind.AGENTS in kinds:
        items[Kind.AGENTS] = agent_item(remote, rules, groups=groups)
    return explain.decision(remote, selected(remote, rules, groups), found, items)


def lines(*args: Any, **rest: Any) -> str:
    """The same in words."""
    return "\n".join(explain.lines(told(*args, **rest)))
