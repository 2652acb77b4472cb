"""What a person decides about somebody in *Needs review*, kept for later runs.

A decision takes effect with the next run that plans the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlog.models import LogEntry
from django.db import transaction
from django.utils import timezone

from common.errors import InvalidInput
from imports import records, settle
from imports.models import Decision, MirrorUser
from imports.words import Verdict
from mappings.words import Kind

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import Account
    from connections.models import TenantConnection
    from imports.engine.types import Local

LOGGED = ("connection_id", "kind", "object_id", "verdict", "record_id", "reason")
"""The columns of a decision that the history tells."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One person of a connection, and the kind of record that is decided about."""

    connection: TenantConnection
    kind: Kind
    object_id: UUID


def link(subject: Subject, record_id: int, *, by: Account) -> Decision:
    """Decide that a record is this person's; raises InvalidInput if it cannot be."""
    local = records.by_ids(subject.connection, subject.kind, [record_id]).get(record_id)
    if local is None:
        raise InvalidInput("The record is no longer there. Choose another one.")
    refusal = objection(local)
    if refusal:
        raise InvalidInput(refusal)
    return keep(subject, Verdict.LINK, by=by, record_id=record_id)


def objection(local: Local) -> str:
    """Return why nobody may link this record to a person, "" if somebody may.

    One whose Entra identity is proven deleted may be taken over (AM-35).
    """
    if local.is_break_glass:
        return "A break-glass agent is never linked to a person in Entra."
    if local.object_id is not None and not local.identity_is_gone:
        return "It belongs to another living identity in Entra: unlink it there first."
    return ""


def create(subject: Subject, *, by: Account) -> Decision:
    """Decide that the person gets a record of their own."""
    return keep(subject, Verdict.CREATE, by=by)


def leave_out(subject: Subject, reason: str, *, by: Account) -> Decision:
    """Decide that no run brings the person in."""
    return keep(subject, Verdict.LEAVE_OUT, by=by, reason=reason)


@transaction.atomic
def take_back(decision: Decision) -> None:
    """Forget a decision: the next run decides by the mappings again."""
    forget(Subject(decision.connection, Kind(decision.kind), decision.object_id))


def forget(subject: Subject) -> None:
    """Forget what was decided about a person, if anything; within a transaction."""
    decision = _stored(subject)
    if decision is not None:
        _log(decision, LogEntry.Action.DELETE, _columns(decision), {})
        decision.delete()
    settle.forget(subject.connection.pk, subject.kind, [subject.object_id])


@transaction.atomic
def keep(
    subject: Subject,
    verdict: Verdict,
    *,
    by: Account,
    record_id: int | None = None,
    reason: str = "",
) -> Decision:
    """Store a decision in place of an earlier one; what it asks for is not tested."""
    person = MirrorUser.objects.filter(
        connection=subject.connection, object_id=subject.object_id
    ).first()
    before = _columns(_stored(subject))
    decision, is_new = Decision.objects.update_or_create(
        connection=subject.connection,
        kind=subject.kind,
        object_id=subject.object_id,
        defaults={
            "verdict": verdict,
            "record_id": record_id,
            "reason": reason,
            "mirror_revision": person.revision if person else 0,
            "rules_version": subject.connection.rules_version,
            "by": by,
            "at": timezone.now(),
        },
    )
    action = LogEntry.Action.CREATE if is_new else LogEntry.Action.UPDATE
    _log(decision, action, before, _columns(decision))
    settle.forget(subject.connection.pk, subject.kind, [subject.object_id])
    return decision


def _stored(subject: Subject) -> Decision | None:
    return Decision.objects.filter(
        connection=subject.connection, kind=subject.kind, object_id=subject.object_id
    ).first()


def _columns(decision: Decision | None) -> dict[str, str]:
    """Return what the history tells of a decision; of none: nothing."""
    if decision is None:
        return {}
    found = {name: getattr(decision, name) for name in LOGGED}
    return {name: str(value) for name, value in found.items() if value is not None}


def _log(
    decision: Decision, action: int, before: dict[str, str], after: dict[str, str]
) -> None:
    """Keep in the history who decided what about whom, and who took it back.

    By hand, one by one: thousands of decisions of one rejected plan have its run.
    """
    changes = {
        name.replace("connection_id", "connection"): [old, new]
        for name in LOGGED
        if (old := before.get(name, "None")) != (new := after.get(name, "None"))
    }
    people = MirrorUser.objects.filter(
        connection=decision.connection, object_id=decision.object_id
    )
    upn = people.values_list("upn", flat=True).first()
    LogEntry.objects.log_create(
        decision,
        action=action,
        object_repr=upn or str(decision.object_id),
        changes=changes,
    )
