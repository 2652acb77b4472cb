"""Celery's entry points of signing in."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from directory import administrators_mail
from directory.models import EndUser
from sso import purge
from sso.models import SsoConnection

LINKED = """\
{user} signed in by {connection} for the first time and was linked to the user with the
same address, {address} (user {pk}).

Azure ID: {object_id}

If that is not the same person, unlink the record in the service desk.
"""
logger = logging.getLogger(__name__)


@shared_task(name="sso.purge")
def purge_events() -> None:
    """Remove the attempts to sign in whose time is over; twice does no harm."""
    removed = purge.purge(timezone.now())
    logger.info("Sign-ins whose time is over are removed", extra={"rows": removed})


@shared_task(name="sso.tell_of_link")
def tell_of_link(user_id: int, connection_id: int) -> None:
    """Mail to all administrators that a user was linked at sign-in, if still so."""
    user = EndUser.objects.filter(pk=user_id).exclude(entra_object_id=None).first()
    connection = SsoConnection.objects.filter(pk=connection_id).first()
    if user is None:
        return
    text = LINKED.format(
        user=user,
        connection=connection or "a connection that is removed since",
        address=user.email or user.network_login,
        pk=user.pk,
        object_id=user.entra_object_id,
    )
    administrators_mail.tell("A user was linked at sign-in", text)
