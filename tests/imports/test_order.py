"""In what order, how big and how often people come on pages does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imports.words import Status
from tests import snapshot
from tests.imports import staff

if TYPE_CHECKING:
    from simulator.contract import TenantSettings
    from simulator.process import Simulator

PEOPLE = 2000


def imported(
    entra: Simulator, name: str, settings: TenantSettings
) -> snapshot.Snapshot:
    """Return what a desk holds whose tenant lists its people in such a way."""
    desk = staff.desk(entra.admin, name=name, people=PEOPLE)
    entra.admin.settings(desk.tenant.tenant_id, **settings)
    assert desk.run().status == Status.SUCCEEDED
    return snapshot.directory(desk.connection)


@pytest.mark.rule("R132")
def test_order_splits_and_duplicates_of_pages_do_not_matter(
    db: None, entra: Simulator
) -> None:
    plain = imported(entra, "Plain", {})
    odd = imported(
        entra, "Odd", {"order_seed": 11, "page_size": 137, "duplicates": 0.3}
    )
    assert len(plain["users"]) > PEOPLE * 0.8
    assert odd == plain


def test_another_order_in_the_second_run_changes_nobody(
    db: None, entra: Simulator
) -> None:
    desk = staff.desk(entra.admin, people=300)
    desk.run()
    before = snapshot.revisions()
    entra.admin.settings(
        desk.tenant.tenant_id, order_seed=3, page_size=41, duplicates=0.5
    )
    assert desk.run().status == Status.NOTHING_CHANGED
    assert snapshot.revisions() == before
