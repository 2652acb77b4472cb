"""Groups that cannot be judged, told loudly: in the reason of the run (R019)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from imports.engine.types import Groups
    from imports.work import Work
    from mappings.rules import RuleSet

SHOWN = 5
"""How many groups are told one by one."""


def tell(work: Work, groups: Groups) -> None:
    """Say in the run's reason which groups are in error; it is saved with the run."""
    names = _names(work.rules)
    told = [
        f"The group {groups.names.get(group_id) or names.get(group_id) or group_id} "
        f"cannot be judged: {error}"
        for group_id, error in sorted(groups.errors.items())
    ]
    if len(told) > SHOWN:
        told[SHOWN:] = [f"{len(told) - SHOWN} more groups cannot be judged either."]
    reason = work.run.reason
    for sentence in told:
        if sentence not in reason:
            reason = f"{reason} {sentence}".strip()
    work.run.reason = reason
    work.run.save(update_fields=["reason"])


def _names(rules: RuleSet) -> dict[UUID, str]:
    """Return the groups that the rules name, as an administrator wrote them."""
    every = [
        *(rule.filter.group for rule in rules.site_rules),
        *(rule.filter.group for rule in rules.agent_rules),
        *(rule.group for rule in (*rules.role_rules, *rules.board_rules)),
    ]
    return {
        group.id: group.name
        for group in every
        if group is not None and group.id is not None
    }
