"""Why a record that a run made must stay when the run is undone.

An account, something that refers to it, a decision, what a later run or a hand wrote.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from imports import referrers
from imports.engine.types import Action
from imports.models import Decision, Run, RunItem
from imports.records import MODELS
from imports.words import Outcome, RunKind, Stage, Verdict
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from common.types import JsonObject

IDLE = (Action.NONE, Action.SKIP, Action.REVIEW)
"""Items that write nothing."""
EDITED = "it has been changed since by hand"
LATER = "a later run has changed it"
ACCOUNT = "the person has signed in"
DECIDED = "a decision refers to it"

Told = tuple[int, str]
"""A record, and why it must stay."""


def reasons(
    run: Run, kind: Kind, items: Sequence[RunItem], rows: Mapping[int, JsonObject]
) -> Mapping[int, list[str]]:
    """Return why records that the run made must stay; `rows` are they as they are."""
    made = {
        item.record_id: item
        for item in items
        if item.action == Action.CREATE
        and item.record_id is not None
        and item.record_id in rows
    }
    found: dict[int, list[str]] = defaultdict(list)
    _tell(found, _account(made, rows))
    for pk, words in referrers.of(MODELS[kind], made, run.connection_id).items():
        _tell(found, ((pk, one) for one in words))
    if kind is Kind.USERS:
        _tell(found, _people_outside(run, made))
    _tell(found, _decided(run, kind, made))
    _tell(found, _history(run, kind, made, rows))
    return found


def _tell(found: dict[int, list[str]], told: Iterable[Told]) -> None:
    for pk, words in told:
        if words not in found[pk]:
            found[pk].append(words)


def _account(made: Collection[int], rows: Mapping[int, JsonObject]) -> Iterator[Told]:
    return ((pk, ACCOUNT) for pk in made if rows[pk]["account_id"] is not None)


def _people_outside(run: Run, made: Collection[int]) -> Iterator[Told]:
    """Yield the users to whom somebody is linked whom this run did not link."""
    rows = list(referrers.people(made))
    for kind, model in MODELS.items():
        name = referrers.SECOND_PASS[model]
        mine = [(pk, user_id) for referring, pk, user_id in rows if referring is model]
        linked = _linked(run, kind, name, {pk for pk, _ in mine})
        for pk, user_id in mine:
            if linked.get(pk) != user_id:
                yield user_id, referrers.WORDS[model]


def _linked(
    run: Run, kind: Kind, name: str, ids: Collection[int]
) -> Mapping[int, int | None]:
    """Return to whom the run linked these records; what a hand confirmed is no more
    the run's, nor is a record that was unlinked."""
    ours: Any = MODELS[kind]._default_manager.filter(pk__in=ids)
    if kind is Kind.USERS:
        ours = ours.filter(manager_set_by=run.connection_id)
    people = ours.exclude(entra_object_id=None).values_list(
        "entra_object_id", flat=True
    )
    items = RunItem.objects.filter(
        run=run,
        kind=kind,
        stage=Stage.MANAGERS,
        outcome=Outcome.APPLIED,
        object_id__in=list(people),
        record_id__in=ids,
    )
    return {
        pk: (changes[name][1] or {}).get("id")
        for pk, changes in items.values_list("record_id", "changes")
        if pk is not None
    }


def _decided(run: Run, kind: Kind, made: Mapping[int, RunItem]) -> Iterator[Told]:
    """Yield the records that a decision names, or whose person is to be kept."""
    decisions = Decision.objects.filter(connection=run.connection_id, kind=kind)
    people = {item.object_id: pk for pk, item in made.items()}
    named = decisions.filter(record_id__in=list(made))
    kept = decisions.filter(verdict=Verdict.KEEP, object_id__in=list(people))
    for pk in named.values_list("record_id", flat=True):
        if pk is not None:
            yield pk, DECIDED
    for object_id in kept.values_list("object_id", flat=True):
        yield people[object_id], DECIDED


def _history(
    run: Run,
    kind: Kind,
    made: Mapping[int, RunItem],
    rows: Mapping[int, JsonObject],
) -> Iterator[Told]:
    """Yield the records that others have written since, by their items and revision.

    Every write grows the revision by one, and every write of a run has an item. What
    a later run did and an undo took back again counts for nothing.
    """
    written = _written(kind, made)
    for pk in made:
        undone = {
            row["run__undoes_id"]
            for row in written[pk]
            if row["run__kind"] == RunKind.UNDO and not row["error"]
        }
        theirs = {
            row["run_id"]
            for row in written[pk]
            if row["run_id"] != run.pk and row["run__kind"] != RunKind.UNDO
        }
        if theirs - undone:
            yield pk, LATER
        if rows[pk]["revision"] != len(written[pk]):
            yield pk, EDITED


def _written(
    kind: Kind, made: Mapping[int, RunItem]
) -> Mapping[int, Sequence[JsonObject]]:
    """Return every item of any run that wrote these records."""
    found: dict[int, list[JsonObject]] = defaultdict(list)
    people = [item.object_id for item in made.values()]
    items = RunItem.objects.filter(
        kind=kind,
        outcome=Outcome.APPLIED,
        object_id__in=people,
        record_id__in=list(made),
    ).exclude(action__in=IDLE)
    names = ("record_id", "run_id", "error", "run__kind", "run__undoes_id")
    for row in items.values(*names):
        found[row["record_id"] or 0].append(row)
    return found
