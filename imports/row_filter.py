"""Which items of a run somebody asks for, and which of them they may see."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from directory.models import EndUser
from directory.rights import visible
from imports.engine.types import Action
from imports.models import RunItem
from imports.words import Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from common.rights import Rights
    from imports.breakdown import Sort
    from imports.models import Run

UNMAPPED = "none"
"""What a filter calls the rows of people whom no mapping selects."""
NEW = "new-"
"""How a filter calls a site that is still to be made."""


MAY_LOSE = {
    Kind.USERS: {Action.DEACTIVATE, Action.MOVE, Action.REACTIVATE},
    Kind.AGENTS: {
        *(Action.DEACTIVATE, Action.REACTIVATE, Action.UPDATE, Action.FLAG),
        Action.LINK,
    },
}
"""The actions under which a row may hide a loss."""
LOSING = (
    Q(action__in=[Action.DEACTIVATE, Action.MOVE])
    | Q(changes__has_key="site", action=Action.REACTIVATE)
    | Q(kind=Kind.AGENTS, changes__has_any_keys=["roles", "boards"])
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows somebody asks for; what is empty asks for nothing.

    An action is one of the first pass; `stage` "managers" asks for the second.
    `mapping` is a sequence, or "none"; `site` where rows end in: the id of a site, or
    "new-" and that of a planned one.
    """

    query: str = ""
    kind: str = ""
    stage: str = ""
    action: str = ""
    mapping: str = ""
    outcome: str = ""
    site: str = ""
    ticked: str = ""
    """"yes" or "no"."""
    losing: str = ""
    """"yes": only rows that take something away from somebody."""

    @property
    def named(self) -> list[tuple[str, str]]:
        """Return what is asked for, by name, for hidden fields and addresses."""
        return [(name, value) for name, value in asdict(self).items() if value]

    @property
    def in_stage(self) -> str:
        """Return which pass the rows are of; "": of either."""
        return Stage.APPLY.value if self.action else self.stage

    def admits(self, sort: Sort) -> bool:
        """Return whether items of a sort may pass."""
        mapping = UNMAPPED if sort.mapping is None else str(sort.mapping)
        asked = (
            (self.kind, sort.kind),
            (self.in_stage, sort.stage),
            (self.action, sort.action),
            (self.mapping, mapping),
            (self.outcome, sort.outcome),
        )
        if self.losing and sort.action not in MAY_LOSE[Kind(sort.kind)]:
            return False
        return all(wanted in ("", held) for wanted, held in asked)

    @property
    def is_narrow(self) -> bool:
        """Return whether the rows themselves must be looked at, not only their sort."""
        return bool(self.query or self.site or self.ticked or self.losing)


def passing(run: Run, asked: Filter, rights: Rights) -> QuerySet[RunItem]:
    """Return the items of a run that the agent may see and that pass by more than
    their sort."""
    items = visible_items(RunItem.objects.filter(run=run), rights)
    if asked.query:
        items = items.filter(
            Q(name__icontains=asked.query) | Q(upn__icontains=asked.query)
        )
    if asked.in_stage:
        items = items.filter(stage=asked.in_stage)
    if asked.outcome:
        items = items.filter(outcome=asked.outcome)
    if asked.site:
        items = items.filter(_ends_in(asked.site))
    if asked.ticked:
        items = items.filter(is_ticked=asked.ticked == "yes")
    if asked.losing:
        items = items.filter(LOSING)
    return items


def _ends_in(site: str) -> Q:
    """Return the condition that a row brings somebody to a site, or leaves them."""
    if site.startswith(NEW):
        planned = site.removeprefix(NEW)
        return Q(changes__site__1__planned=int(planned) if planned.isdecimal() else 0)
    pk = int(site) if site.isdecimal() else 0
    here = EndUser.objects.filter(site=pk).values("pk")
    stays = ~Q(changes__has_key="site") & Q(kind=Kind.USERS, record_id__in=here)
    return Q(changes__site__1__id=pk) | stays


def matching(run: Run, asked: Filter, rights: Rights) -> QuerySet[RunItem]:
    """Return all items of a run that pass."""
    items = passing(run, asked, rights)
    if asked.kind:
        items = items.filter(kind=asked.kind)
    if asked.action:
        items = items.filter(action=asked.action)
    if asked.mapping == UNMAPPED:
        return items.filter(mapping=None)
    if asked.mapping:
        is_number = asked.mapping.isdecimal()
        return items.filter(mapping=asked.mapping) if is_number else items.none()
    return items


def visible_items(items: QuerySet[RunItem], rights: Rights) -> QuerySet[RunItem]:
    """Return the items whose record the agent may see.

    Somebody who has no record yet is seen only by agents who see everything.
    """
    if rights.sees_everything:
        return items
    users = visible(EndUser.objects.all(), rights).values("pk")
    return items.filter(
        Q(kind=Kind.USERS, record_id__in=users)
        | Q(kind=Kind.AGENTS, record_id__isnull=False)
    )
