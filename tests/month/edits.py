"""What an administrator does meanwhile: mappings edited, plans approved or rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.errors import AppError
from connections.models import TenantConnection
from imports import approval, runs
from imports.models import Run
from mappings import saving
from mappings.models import (
    AgentRoleMapping,
    FieldMapping,
    LeaverPolicy,
    SiteMapping,
)
from mappings.words import Apply, Kind, Policy, WhenEmpty
from tests import bench
from tests.month.ground import SITES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from mappings.saving import Change
    from tests.month.ground import Ground

    Edit = Callable[[Ground, Change], Iterable[UUID]]

MORE_FIELDS = {"jobTitle": "job_title", "mobilePhone": "mobile"}


def edit(ground: Ground) -> Iterable[UUID]:
    """Change one of the mappings through the door that forms use."""
    connection = ground.desk.connection
    seen = TenantConnection.objects.values_list("rules_version", flat=True)
    with saving.changing(connection, seen.get(pk=connection.pk)) as change:
        return ground.random.choice(EDITS)(ground, change)


def _switch(ground: Ground, change: Change) -> Iterable[UUID]:
    """Switch a mapping off, or on again."""
    rule = ground.random.choice(ground.truth.rules)
    rule.is_on = not rule.is_on
    change.put(_row(ground, rule.sequence), {"enabled": rule.is_on})
    return ()


def _retarget(ground: Ground, change: Change) -> Iterable[UUID]:
    """Let a mapping lead to another site."""
    rule = ground.random.choice([one for one in ground.truth.rules if one.site])
    rule.site = ground.random.choice(SITES)
    change.put(_row(ground, rule.sequence), {"site": ground.desk.site(rule.site)})
    return ()


def _nest(ground: Ground, change: Change) -> Iterable[UUID]:
    """Let a mapping count members of nested groups, or not."""
    rule = ground.random.choice(ground.truth.rules)
    rule.nested = not rule.nested
    change.put(_row(ground, rule.sequence), {"nested": rule.nested})
    return ()


def _invite(ground: Ground, change: Change) -> Iterable[UUID]:
    """Let a mapping include guests, or not."""
    rule = ground.random.choice(ground.truth.rules)
    rule.external = not rule.external
    change.put(_row(ground, rule.sequence), {"include_external": rule.external})
    return ()


def _swap(ground: Ground, change: Change) -> Iterable[UUID]:
    """Let two mappings change places."""
    first, second = ground.random.sample(ground.truth.rules, 2)
    mine, theirs = _row(ground, first.sequence), _row(ground, second.sequence)
    # Out of the way first: a sequence is never held twice.
    change.put(mine, {"sequence": 9999})
    change.put(theirs, {"sequence": first.sequence})
    change.put(mine, {"sequence": second.sequence})
    first.sequence, second.sequence = second.sequence, first.sequence
    return ()


def _grant(ground: Ground, change: Change) -> Iterable[UUID]:
    """Let the members of a second group hold a role, or no longer."""
    truth, connection = ground.truth, ground.desk.connection
    rows = AgentRoleMapping.objects.filter(connection=connection)
    if "Board" in truth.roles:
        change.delete(rows.get(group_id=ground.ids["Board"]))
        del truth.roles["Board"]
        return ()
    role = bench.agent_role("Reviewer")
    change.put(
        AgentRoleMapping(connection=connection),
        {"group_id": ground.ids["Board"], "group_name": "Board", "role": role},
    )
    truth.roles["Board"] = role.name
    return ()


def _field(ground: Ground, change: Change) -> Iterable[UUID]:
    """Map a property that was not read before, or no longer."""
    source = ground.random.choice(sorted(MORE_FIELDS))
    connection = ground.desk.connection
    columns = {"connection": connection, "kind": Kind.USERS, "source": source}
    found = FieldMapping.objects.filter(**columns).first()
    if found is not None:
        # What was written stays: so it is mapped for new people only.
        kept = found.apply == Apply.ALWAYS
        change.put(found, {"apply": Apply.NEW_ONLY if kept else Apply.ALWAYS})
    else:
        target = {"target": MORE_FIELDS[source], "when_empty": WhenEmpty.CLEAR}
        change.put(FieldMapping(**columns), target)
    return list(ground.truth.people)


def _policy(ground: Ground, change: Change) -> Iterable[UUID]:
    """Only flag whom no mapping selects any longer, or deactivate them."""
    row = LeaverPolicy.objects.get(connection=ground.desk.connection)
    is_strict = row.unmatched == Policy.DEACTIVATE
    change.put(row, {"unmatched": Policy.FLAG if is_strict else Policy.DEACTIVATE})
    return list(ground.truth.people)


EDITS: tuple[Edit, ...] = (
    *(_switch, _retarget, _nest, _invite, _swap, _grant, _field),
    _policy,
)


def restore_rules(ground: Ground) -> None:
    """Switch every mapping on again and deactivate leavers, as at the beginning."""
    connection = ground.desk.connection
    seen = TenantConnection.objects.values_list("rules_version", flat=True)
    with saving.changing(connection, seen.get(pk=connection.pk)) as change:
        for rule in ground.truth.rules:
            rule.is_on = True
            change.put(_row(ground, rule.sequence), {"enabled": True})
        policy = LeaverPolicy.objects.get(connection=connection)
        change.put(policy, {"unmatched": Policy.DEACTIVATE})
        for row in FieldMapping.objects.filter(connection=connection):
            change.put(row, {"apply": Apply.ALWAYS})


def decide(ground: Ground) -> Run | None:
    """Approve the plan that waits, or reject it now and then; return it if approved."""
    plan = approval.waiting(ground.desk.connection.pk)
    is_rejected, keeps = ground.random.random() < 0.3, ground.random.random() < 0.5
    if plan is None:
        return None
    if is_rejected:
        runs.reject(plan, keep=keeps)
        return None
    return approve(plan)


def approve(plan: Run) -> Run | None:
    """Approve a plan; None: the rules have moved, or another run is busy."""
    try:
        return runs.approve(plan, patience=0)
    except AppError:
        return None


def _row(ground: Ground, sequence: int) -> SiteMapping:
    return SiteMapping.objects.get(connection=ground.desk.connection, sequence=sequence)
