"""A record that the undone run made stays, inactive, while anything refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports import used_by
from imports.engine.types import Reason
from imports.models import RunItem
from imports.words import Verdict
from tests.factories.accounts import AccountFactory
from tests.factories.directory import (
    AgentFactory,
    AssetFactory,
    EndUserFactory,
    SoftwareAssignmentFactory,
)
from tests.factories.imports import DecisionFactory
from tests.factories.licensing import LicenceChangeFactory
from tests.imports.undoing import one_user, undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


def _account(user: EndUser) -> None:
    EndUser.objects.filter(pk=user.pk).update(account=AccountFactory.create())


def _edit(user: EndUser) -> None:
    EndUser.objects.filter(pk=user.pk).update(phone="1", revision=user.revision + 1)


def _keep(user: EndUser) -> None:
    DecisionFactory.create(
        connection=user.source, object_id=user.entra_object_id, verdict=Verdict.KEEP
    )


def _link(user: EndUser) -> None:
    DecisionFactory.create(
        connection=user.source, record_id=user.pk, verdict=Verdict.LINK
    )


REFERRERS: dict[str, tuple[Callable[[EndUser], object], str]] = {
    "account": (_account, used_by.ACCOUNT),
    "hand edit": (_edit, used_by.EDITED),
    "decision to keep": (_keep, used_by.DECIDED),
    "decision to link": (_link, used_by.DECIDED),
    "asset": (lambda user: AssetFactory.create(user=user), "an asset refers to it"),
    "software": (
        lambda user: SoftwareAssignmentFactory.create(user=user),
        "a software assignment refers to it",
    ),
    "licence change": (
        lambda user: LicenceChangeFactory.create(user=user),
        "a licence change refers to it",
    ),
    "report": (
        lambda user: EndUserFactory.create(site=user.site, manager=user),
        "it is somebody's manager",
    ),
    "agent": (
        lambda user: AgentFactory.create(user=user),
        "an agent is linked to it",
    ),
}


@pytest.mark.parametrize(("refer", "why"), REFERRERS.values(), ids=REFERRERS)
def test_a_record_in_use_is_deactivated_and_listed(
    desk: Desk, refer: Callable[[EndUser], object], why: str
) -> None:
    run, user = one_user(desk)
    refer(user)
    found = undone(run)
    user.refresh_from_db()
    assert (user.is_active, user.deactivated_reason) == (False, Reason.STILL_IN_USE)
    assert RunItem.objects.get(run=found).notes == [why]
    assert found.reason.startswith("1 record stays, inactive")


def test_what_the_sync_itself_linked_keeps_nobody(desk: Desk) -> None:
    run, user = one_user(desk)
    AssetFactory.create(user=user, user_set_by=desk.connection)
    SoftwareAssignmentFactory.create(user=user, assigned_by=desk.connection)
    undone(run)
    assert not EndUser.objects.exists()


def test_a_record_that_a_later_run_changed_stays(desk: Desk) -> None:
    run, user = one_user(desk)
    assert user.entra_object_id is not None
    desk.change(user.entra_object_id, displayName="Ann Newname")
    desk.run()
    found = undone(run)
    user.refresh_from_db()
    assert (user.name, user.is_active) == ("Ann Newname", False)
    assert RunItem.objects.get(run=found).notes == [used_by.LATER]
