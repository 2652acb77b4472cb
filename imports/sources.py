"""Where each value of a record comes from: which field of Entra, and which run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from directory.models import CustomField
from imports import linking, showing
from imports.engine.types import Action
from imports.models import RunItem
from imports.words import Outcome
from mappings import catalogue, labels
from mappings.models import FieldMapping
from mappings.words import Apply, WhenEmpty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from directory.models import Agent, EndUser

KEPT = 50
"""How many of the record's last rows are looked at."""
SHOWN = 10
APPLIES = {
    Apply.ALWAYS: "Always: the next sync puts Entra's value back",
    Apply.NEW_ONLY: "New records only: yours stays",
    Apply.IF_EMPTY: "Only if empty: yours stays",
}
"""What each rule means for a value that somebody changes by hand."""
CLEARS = "; emptied when it is empty in Entra"


@dataclass(frozen=True, slots=True)
class Origin:
    """One field: what it holds, what fills it, and the last run that wrote it."""

    label: str
    held: str
    source: str
    """The Azure field; "": no run touches the field."""
    rule: str
    item: RunItem | None


def rows(record: EndUser | Agent) -> list[RunItem]:
    """Return the last rows of runs about the record's person, newest first."""
    if record.entra_object_id is None or record.entra_tenant_id is None:
        return []
    found = RunItem.objects.filter(
        object_id=record.entra_object_id,
        kind=linking.kind_of(record),
        run__connection__tenant_id=record.entra_tenant_id,
    )
    found = found.select_related("run").defer("trace", "sent", "evidence")
    return list(found.order_by("-pk")[:KEPT])


def origins(record: EndUser | Agent, items: Sequence[RunItem]) -> list[Origin]:
    """Return where the values of a record come from, field by field."""
    if record.source_id is None:
        return []
    kind = linking.kind_of(record)
    mapped = FieldMapping.objects.filter(connection=record.source_id, kind=kind)
    by_target = {row.target: row for row in mapped}
    custom = dict(CustomField.objects.values_list("name", "label"))
    targets = [*catalogue.TARGETS[kind], *sorted(by_target)]
    return [
        Origin(
            labels.target(target, kind, custom),
            _held(record, target),
            catalogue.label(by_target[target].source) if target in by_target else "",
            _rule(by_target[target]) if target in by_target else "",
            next((one for one in items if _wrote(one, target)), None),
        )
        for target in dict.fromkeys(targets)
    ]


def _held(record: Any, target: str) -> str:
    if target.startswith(catalogue.CUSTOM):
        name = target.removeprefix(catalogue.CUSTOM)
        return showing.shown((record.custom_values or {}).get(name))
    held = getattr(record, target)
    return "" if held is None else str(held)


def _rule(mapping: FieldMapping) -> str:
    clears = CLEARS if mapping.when_empty == WhenEmpty.CLEAR else ""
    return APPLIES[Apply(mapping.apply)] + clears


def _wrote(item: RunItem, target: str) -> bool:
    """Return whether the run wrote the field; what went before counts as well."""
    is_written = item.outcome == Outcome.APPLIED and item.action != Action.REVIEW
    return is_written and target in item.changes
