"""*Needs review*: whom the last run that planned them left for somebody to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Subquery

from imports import settle
from imports.engine.types import Action
from imports.models import Decision, MirrorUser, Run, RunItem
from imports.row_filter import visible_items
from imports.words import RunKind, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from common.rights import Rights


def waiting(rights: Rights, *, connection_id: int | None = None) -> QuerySet[RunItem]:
    """Return the rows of people about whom nothing is decided yet, newest run last.

    A row stands until a later run plans the person otherwise or settles them, or
    until somebody decides.
    """
    rows = RunItem.objects.filter(action=Action.REVIEW, stage=Stage.APPLY)
    rows = rows.exclude(run__kind=RunKind.UNDO)
    if connection_id is not None:
        rows = rows.filter(run__connection=connection_id)
    rows = rows.filter(~Exists(_later()), ~Exists(_decided()))
    for kind in Kind:
        rows = rows.exclude(Q(Exists(_settled(kind)), kind=kind))
    return visible_items(rows, rights).select_related("run__connection")


def decisions(*, connection_id: int | None = None) -> QuerySet[Decision]:
    """Return what people decided, for all connections or one."""
    rows = Decision.objects.select_related("connection", "by")
    return rows if connection_id is None else rows.filter(connection=connection_id)


def _later() -> QuerySet[RunItem]:
    """Return rows that a later run planned for the same person and kind.

    The connection is asked of the few rows that are found, never joined: the database
    would go through all its runs for each person.
    """
    connection = Run.objects.filter(pk=OuterRef("run")).values("connection")
    return (
        RunItem.objects.filter(
            object_id=OuterRef("object_id"),
            kind=OuterRef("kind"),
            stage=Stage.APPLY,
            pk__gt=OuterRef("pk"),
        )
        .annotate(of=Subquery(connection))
        .filter(of=OuterRef("run__connection"))
    )


def _decided() -> QuerySet[Decision]:
    """Return what was decided about the person since the run began."""
    return Decision.objects.filter(
        connection=OuterRef("run__connection"),
        kind=OuterRef("kind"),
        object_id=OuterRef("object_id"),
        at__gt=OuterRef("run__started_at"),
    )


def _settled(kind: Kind) -> QuerySet[MirrorUser]:
    """Return the person if a later run found that there is nothing to do.

    Such people have no row; their counters tell of it.
    """
    of_mirror, of_rules, _ = settle.columns(kind)
    return MirrorUser.objects.filter(
        Q(**{f"{of_mirror}__gt": OuterRef("mirror_revision")})
        | Q(**{f"{of_rules}__gt": OuterRef("rules_version")}),
        connection=OuterRef("run__connection"),
        object_id=OuterRef("object_id"),
    )
