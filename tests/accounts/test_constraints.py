from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import AccountFactory
from tests.refusals import again, refused

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

REFUSED: dict[str, Callable[[], object]] = {
    "accounts.Account.username": lambda: again(AccountFactory, "username"),
}


@pytest.mark.parametrize("limit", REFUSED)
def test_the_database_refuses(limit: str) -> None:
    with refused(limit):
        REFUSED[limit]()


def test_two_accounts_may_share_an_address() -> None:
    again(AccountFactory, "email")
