"""Linking a record to a person in Entra by hand, and unlinking it.

Who linked or unlinked, and when, is kept as a decision about the person, so that later
runs hold to it. Both grow the record's revision: plans made on the old one are stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from common.errors import InvalidInput
from connections.models import TenantConnection
from directory import indispensable
from directory.models import Agent
from directory.rights import is_last_administrator
from directory.states import EntraState
from imports import deciding, records
from imports.deciding import Subject
from imports.words import MirrorState, Verdict
from mappings.words import Kind

if TYPE_CHECKING:
    from accounts.models import Account
    from directory.models import EndUser
    from imports.models import MirrorUser

IDENTITY = (
    *("entra_tenant_id", "entra_object_id", "source", "entra_state"),
    *("entra_state_at", "account", "revision", "updated_at"),
)
"""The columns that linking and unlinking write."""
CHANGED_SINCE = "Somebody has changed this record meanwhile. Look at it again."


def kind_of(record: EndUser | Agent) -> Kind:
    """Return which kind of record this is."""
    return next(kind for kind, model in records.MODELS.items() if type(record) is model)


@transaction.atomic
def link(record: EndUser | Agent, person: MirrorUser, *, by: Account) -> None:
    """Make a record the person's, from their connection; raises InvalidInput.

    Its values follow with the next run that plans the person; site, role and manager
    count as set by hand.
    """
    kind, connection = kind_of(record), person.connection
    row = _locked(record)
    if row.entra_object_id is not None:
        raise InvalidInput("This record is linked already. Unlink it first.")
    if _is_break_glass(row):
        raise InvalidInput("A break-glass agent is never linked to a person in Entra.")
    if person.state != MirrorState.PRESENT:
        raise InvalidInput(f"{person} is not in the tenant any more.")
    if records.linked(connection, kind, [person.object_id]):
        raise InvalidInput(
            f"{person} has a record already. Unlink that one first, or leave it so."
        )
    row.entra_tenant_id = connection.tenant_id
    row.entra_object_id = person.object_id
    row.source = connection
    row.entra_state, row.entra_state_at = EntraState.PRESENT, timezone.now()
    deciding.keep(_subject(row, connection), Verdict.LINK, by=by, record_id=row.pk)
    _save(row)


@indispensable.kept()  # first, as everywhere: locks are taken in one order
def unlink(record: EndUser | Agent, *, then: Verdict | None, by: Account) -> None:
    """Take a record from its person in Entra; raises InvalidInput.

    `then` is what later runs do with the person: LEAVE_OUT, CREATE a record of their
    own, or None: what mappings and matching fields say. Values, site, roles and seats
    stay; whoever signed in as this record through Microsoft is out at once.
    """
    row = _locked(record)
    if row.entra_object_id is None:
        raise InvalidInput("This record is linked to nobody in Entra.")
    if isinstance(row, Agent) and is_last_administrator(row):
        raise InvalidInput(
            "This is the last active administrator: nobody could sign in as one any "
            "more. Make another agent an administrator first."
        )
    connection = connection_of(row)
    if connection is not None:
        _decide(_subject(row, connection), then, by, reason=f"Unlinked from {row}")
    if row.account and row.account.username == _username(row):
        row.account = None
    row.entra_tenant_id = row.entra_object_id = row.source = None
    row.entra_state, row.entra_state_at = "", None
    _save(row)


def connection_of(record: EndUser | Agent) -> TenantConnection | None:
    """Return the connection of a linked record's tenant, if there still is one."""
    if record.entra_tenant_id is None:
        return None
    return TenantConnection.objects.filter(tenant_id=record.entra_tenant_id).first()


def _decide(
    subject: Subject, then: Verdict | None, by: Account, *, reason: str
) -> None:
    if then is None:
        deciding.forget(subject)
    else:
        reason = reason if then is Verdict.LEAVE_OUT else ""
        deciding.keep(subject, then, by=by, reason=reason)


def _subject(row: Any, connection: TenantConnection) -> Subject:
    return Subject(connection, kind_of(row), row.entra_object_id)


def _username(row: EndUser | Agent) -> str:
    """Return what the account is called that Microsoft's sign-in made."""
    return f"{row.entra_tenant_id}.{row.entra_object_id}"


def _locked(record: EndUser | Agent) -> Any:
    """Return the record as it is now, locked; raises InvalidInput if it has moved."""
    rows: Any = type(record)._default_manager.select_for_update()
    row = rows.filter(pk=record.pk, revision=record.revision).first()
    if row is None:
        raise InvalidInput(CHANGED_SINCE)
    return row


def _is_break_glass(row: EndUser | Agent) -> bool:
    return bool(row.account and row.account.may_sign_in_locally)


def _save(row: EndUser | Agent) -> None:
    row.revision += 1
    row.updated_at = timezone.now()
    row.save(update_fields=IDENTITY)
