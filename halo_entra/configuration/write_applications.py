"""Writing the applications that connections use, and their credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from common.encryption import CannotDecrypt
from connections.models import AppRegistration, Credential
from halo_entra.configuration.rows import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from halo_entra.configuration.entries import CredentialEntry, Record
    from halo_entra.configuration.identities import Identity
    from halo_entra.configuration.known import Known
    from halo_entra.configuration.secrets import Secrets, Value


@dataclass(frozen=True, slots=True)
class Context:
    """What writing a connection needs besides its record."""

    known: Known
    secrets: Secrets
    report: Report


def write_application(
    context: Context,
    record: Record,
    row: AppRegistration | None,
    before: AppRegistration | None,
) -> None:
    """Write the credentials that a connection gives its application.

    `before`: the application it had, forgotten if nobody else uses it.
    """
    if row and "credentials" in record.given:
        _write_credentials(context, record, row)
    if before and before != row:
        _forget(before)


def registration(identity: Identity) -> AppRegistration | None:
    """Return the application of a connection, made or corrected; None: it has none.

    One application is one row, however many connections use it (AM-02).
    """
    if identity.tenant_id is None or identity.application_id is None:
        return None
    row, _ = AppRegistration.objects.get_or_create(
        cloud=identity.cloud,
        application_id=identity.application_id,
        defaults={"tenant_id": identity.tenant_id},
    )
    if row.tenant_id != identity.tenant_id:
        row.tenant_id = identity.tenant_id
        row.save(update_fields=["tenant_id"])
    return row


def _forget(row: AppRegistration) -> None:
    """Delete an application that no connection uses any more, with its secrets."""
    if not row.connections.exists() and not row.sso_connections.exists():
        row.delete()


def _write_credentials(context: Context, record: Record, row: AppRegistration) -> None:
    """Make the application's credentials those of the record, in its order.

    A value that is stored already is left as it is; the report never shows one.
    """
    secrets, report, label = context.secrets, context.report, record.name.text
    entries: Sequence[CredentialEntry] = record.given["credentials"]
    stored = {one.position: one for one in row.credentials.all()}
    for position, entry in enumerate(entries):
        credential = stored.pop(position, None)
        value, columns = secrets.value(entry), _columns(entry)
        if credential and _is_same(credential, value, columns):
            report.unchanged += 1
            continue
        done = report.updated if credential else report.created
        done.append(f"{label}, credential {position + 1}")
        _save(
            credential or Credential(registration=row, position=position),
            value,
            columns,
        )
    for credential in stored.values():
        report.updated.append(f"{label}, credential {credential.position + 1}: removed")
        credential.delete()


def _columns(entry: CredentialEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "reference": entry.value.reference,
        "certificate_reference": (
            entry.certificate.reference if entry.certificate else {}
        ),
        "expires_on": entry.expires_on,
    }


def _is_same(credential: Credential, value: Value, columns: dict[str, Any]) -> bool:
    try:
        is_kept = credential.reveal() == value.text
    except CannotDecrypt:
        is_kept = False
    return (
        is_kept
        and credential.certificate == value.certificate
        and all(getattr(credential, name) == one for name, one in columns.items())
    )


def _save(credential: Credential, value: Value, columns: dict[str, Any]) -> None:
    for name, one in columns.items():
        setattr(credential, name, one)
    credential.certificate = value.certificate
    credential.keep(value.text)
    credential.set_at = timezone.now()
    credential.save()
