"""Celery's entry points of the directory: mail that no page waits for."""

from __future__ import annotations

import datetime
from enum import StrEnum

from celery import shared_task

from accounts.models import Account
from directory import administrators_mail


class Event(StrEnum):
    """What happened to a break-glass account."""

    USED = "used"
    FAILED = "failed"
    FACTOR_FAILED = "factor_failed"
    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"


WORDS = {
    Event.USED: "has signed in at /auth/local",
    Event.FAILED: "was refused at /auth/local: the password was wrong",
    Event.FACTOR_FAILED: (
        "was refused at /auth/local: the password was right, the second factor was not"
    ),
    Event.FLAGGED: "may sign in at /auth/local from now on",
    Event.UNFLAGGED: "may no longer sign in at /auth/local",
}
TEXT = """\
The break-glass account {account} {words}.

When: {when}
From: {address}

If none of you did this, deactivate the account under /admin/, Accounts, and see
Configuration, History for what was changed.
"""


@shared_task(name="directory.tell_of_break_glass")
def tell_of_break_glass(event: str, account_id: int, at: str, address: str) -> None:
    """Mail it to all administrators, if the account is a break-glass one."""
    account = Account.objects.filter(pk=account_id).first()
    is_about_one = account and (account.may_sign_in_locally or event == Event.UNFLAGGED)
    if not account or not is_about_one:
        return
    words = WORDS[Event(event)]
    when = datetime.datetime.fromisoformat(at)
    administrators_mail.tell(
        f"Break-glass account {account} {words}",
        TEXT.format(
            account=account,
            words=words,
            when=f"{when:%Y-%m-%d %H:%M:%S} UTC",
            address=address or "a shell on the server",
        ),
    )
