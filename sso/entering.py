"""What letting somebody in writes: their account, a link, a new user.

The session itself is django-allauth's, with its second factor.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Account
from common.errors import AppError
from common.keys import tidy
from connections.models import TenantConnection
from directory.models import EndUser
from directory.states import EntraState
from imports import runs
from imports.words import RunKind, Trigger
from mappings.words import Kind
from sso import standing as standings
from sso import tasks

if TYPE_CHECKING:
    from connections.id_tokens import Identity
    from sso.models import SsoConnection
    from sso.standing import Record

PATIENCE = 5.0
"""Seconds that somebody who signs in waits for another run to end."""
logger = logging.getLogger(__name__)


def account_of(identity: Identity, record: Record) -> Account:
    """Return the account by which the record's person signs in; made the first time."""
    held = standings.account_of(identity, record)
    if held is not None and held == record.account:
        return held  # as nearly always: then nothing is locked to write
    return _take(standings.username(identity), record)


@transaction.atomic
def _take(name: str, record: Record) -> Account:
    """Give the record the identity's account, which no other record keeps."""
    account = _account(name, record.email)
    rows = type(record)._default_manager
    rows.filter(account=account).exclude(pk=record.pk).update(account=None)
    rows.filter(pk=record.pk).update(account=account)
    return account


def _account(name: str, address: str) -> Account:
    found = Account.objects.filter(username=name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Account.objects.create(username=name, email=address)
    except IntegrityError:  # a second tab was faster
        return Account.objects.get(username=name)


def link(identity: Identity, user_id: int, connection: SsoConnection) -> bool:
    """Give an end user the identity, if it still has none; tell the administrators."""
    free, now = EndUser.objects.filter(pk=user_id, entra_object_id=None), timezone.now()
    try:
        with transaction.atomic():
            written = free.update(
                entra_tenant_id=identity.tenant_id,
                entra_object_id=identity.object_id,
                entra_state=EntraState.PRESENT,
                entra_state_at=now,
                revision=F("revision") + 1,
                updated_at=now,
            )
    except IntegrityError:  # an import was faster
        return False
    if written:
        logger.info(
            "user linked at sign-in",
            extra={"user": user_id, "sso_connection": connection.pk},
        )
        _tell(user_id, connection.pk)
    return bool(written)


def _tell(user_id: int, connection_id: int) -> None:
    """Have a worker mail it: nobody waits for a mail server to come in."""
    try:
        tasks.tell_of_link.delay(user_id, connection_id)
    except (OperationalError, OSError):
        logger.warning("The broker does not answer; mailing at once", exc_info=True)
        tasks.tell_of_link(user_id, connection_id)


def bring_in(identity: Identity, connection: SsoConnection) -> None:
    """Make the user as an import of this one person would (AM-11).

    Where the tenant is imported, its mappings select and place the person; while it
    cannot be read, nobody is made. Where it is not imported, the user comes into the
    connection's site, with what the token says.
    """
    registration = connection.registration
    tenant = TenantConnection.objects.filter(
        tenant_id=identity.tenant_id, cloud=registration.cloud if registration else ""
    ).first()
    if tenant is None:
        _from_token(identity, connection)
        return
    order = runs.Order(
        kind=RunKind.IMPORT,
        trigger=Trigger.SIGN_IN,
        kinds=(Kind.USERS,),
        only=str(identity.object_id),
    )
    try:
        runs.execute(runs.queue(tenant, order), patience=PATIENCE)
    except AppError as error:
        logger.warning("nobody was made at sign-in: %s", error)


def _from_token(identity: Identity, connection: SsoConnection) -> None:
    site = connection.create_site
    if site is None:
        return
    address = str(identity.claims.get("email") or identity.username)
    try:
        with transaction.atomic():
            EndUser.objects.create(
                site=site,
                name=tidy(identity.name)
                or identity.username
                or str(identity.object_id),
                email=address[:256],
                network_login=identity.username,
                entra_tenant_id=identity.tenant_id,
                entra_object_id=identity.object_id,
                entra_state=EntraState.PRESENT,
                entra_state_at=timezone.now(),
            )
    except IntegrityError:
        logger.info("a second tab made the user first")
