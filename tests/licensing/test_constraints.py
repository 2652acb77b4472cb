from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from licensing.models import ChangeStatus
from tests.factories.licensing import LicenceChangeFactory
from tests.refusals import again, refused

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

REFUSED: dict[str, Callable[[], object]] = {
    "licence_change_status": lambda: LicenceChangeFactory.create(status="perhaps"),
    "licence_change_one_pending": lambda: again(
        LicenceChangeFactory, "user", "licence"
    ),
}


@pytest.mark.parametrize("limit", REFUSED)
def test_the_database_refuses(limit: str) -> None:
    with refused(limit):
        REFUSED[limit]()


def test_a_licence_may_be_changed_again_after_a_change_was_done() -> None:
    again(LicenceChangeFactory, "user", "licence", status=ChangeStatus.DONE)
