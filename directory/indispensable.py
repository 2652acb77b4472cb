"""Who must never be locked out by a change that somebody makes here.

That is the last active administrator, and, while a published SSO connection redirects
automatically, the last break-glass administrator (AM-09). Runs have a guard of their
own: `imports.guarding`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.db import transaction

from accounts.models import Account
from common.errors import InvalidInput
from directory import break_glass
from directory.rights import administrators

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_ADMINISTRATOR: Final = (
    "This would leave no active administrator. Give somebody else such a role first."
)


@contextmanager
def kept() -> Iterator[None]:
    """Do all that is done within, or nothing of it; raises InvalidInput.

    Nothing, if it would take the last one away: looked at afterwards, whichever way it
    went. Two such changes at a time come one after the other.
    """
    with transaction.atomic():
        flagged = Account.objects.filter(may_sign_in_locally=True).order_by("pk")
        list(flagged.select_for_update().values_list("pk"))
        had, before = administrators().exists(), list(break_glass.accounts())
        yield
        if had and not administrators().exists():
            raise InvalidInput(NO_ADMINISTRATOR)
        if wrong := break_glass.loss(before):
            raise InvalidInput(wrong)
