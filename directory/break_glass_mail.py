"""Mail to all administrators about break-glass accounts: each use, failure and change.

A worker sends it. The page asks it at every failure, whoever was named: how long an
answer takes must not say which names are break-glass accounts.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.forms import AT_LOCAL
from accounts.models import Account
from common import keys
from directory import tasks
from directory.tasks import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

logger = logging.getLogger(__name__)


def signed_in(
    sender: object, request: HttpRequest, user: Account, **_rest: object
) -> None:
    """Tell of somebody who came in by `/auth/local`; a receiver of Django's signal."""
    if request.session.pop(AT_LOCAL, None) == user.pk:
        _send(Event.USED, user.pk, _address(request))


def failed(
    sender: object,
    credentials: Mapping[str, Any],
    request: HttpRequest | None = None,
    **_rest: object,
) -> None:
    """Tell of a wrong password at `/auth/local`; a receiver of Django's signal."""
    if request is None or request.path != reverse("local"):
        return
    name = keys.key(str(credentials.get("username", "")))
    found = Account.objects.filter(username=name).values_list("pk", flat=True).first()
    _send(Event.FAILED, found or 0, _address(request))


def factor_failed(
    sender: object, request: HttpRequest, user: Account, **_rest: object
) -> None:
    """Tell of a wrong second factor after the right password at `/auth/local`.

    A receiver of django-allauth's signal. Nobody comes so far by another account, so
    the answer's time says nothing new.
    """
    if request.session.get(AT_LOCAL) == user.pk:
        _send(Event.FACTOR_FAILED, user.pk, _address(request))


def flag_changed(account: Account, address: str = "") -> None:
    """Tell that the account may sign in locally from now on, or no longer.

    `address` is where that was set from; none: from a shell.
    """
    event = Event.FLAGGED if account.may_sign_in_locally else Event.UNFLAGGED
    transaction.on_commit(partial(_send, event, account.pk, address))


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


def _send(event: Event, account_id: int, address: str) -> None:
    now = timezone.now().isoformat()
    try:
        tasks.tell_of_break_glass.delay(event, account_id, now, address)
    except (OperationalError, OSError):
        logger.warning("The broker does not answer; mailing at once", exc_info=True)
        tasks.tell_of_break_glass(event, account_id, now, address)
