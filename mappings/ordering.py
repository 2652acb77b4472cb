"""The order of site mappings: the same sequences, dealt out anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlog.context import disable_auditlog
from auditlog.models import LogEntry

from mappings import checks
from mappings.models import SiteMapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connections.models import TenantConnection
    from mappings.saving import Change

UP, DOWN = -1, 1


def stepped(order: Sequence[int], key: int, step: int) -> list[int]:
    """Return the order with one key a place further up or down, if there is one."""
    found = list(order)
    if key not in found:
        return found
    place = found.index(key)
    other = place + step
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found


def arrange(connection: TenantConnection, order: Sequence[int], change: Change) -> bool:
    """Give the mappings their sequences in this order; False: others are there now."""
    rows = {row.pk: row for row in connection.site_mappings.order_by("sequence")}
    if set(order) != set(rows) or len(order) != len(rows):
        return False
    sequences = sorted(row.sequence for row in rows.values())
    moved = [
        (rows[key], sequence)
        for key, sequence in zip(order, sequences, strict=True)
        if rows[key].sequence != sequence
    ]
    # Out of the way first: a sequence is never held twice, not for a moment.
    for place, (row, _) in enumerate(moved, start=checks.LAST_SEQUENCE + 1):
        SiteMapping.objects.filter(pk=row.pk).update(sequence=place)
    for row, sequence in moved:
        before = row.sequence
        # The history would tell of the place in between.
        with disable_auditlog():
            change.put(row, {"sequence": sequence})
        LogEntry.objects.log_create(
            row,
            action=LogEntry.Action.UPDATE,
            changes={"sequence": [str(before), str(sequence)]},
        )
    return True
