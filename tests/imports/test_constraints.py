from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imports.words import Stage, Status
from mappings.words import Kind
from tests.factories.imports import (
    CursorFactory,
    DecisionFactory,
    HeartbeatFactory,
    MatchPatternFactory,
    MemberReadFactory,
    MirrorDeviceFactory,
    MirrorGroupFactory,
    MirrorMembershipFactory,
    MirrorSkuFactory,
    MirrorUserFactory,
    NoticeFactory,
    PlannedSiteFactory,
    RecountFactory,
    ReportedFactory,
    RunFactory,
    RunItemFactory,
    SyncScheduleFactory,
    TallyFactory,
)
from tests.refusals import again, refused

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

REFUSED: dict[str, Callable[[], object]] = {
    "run_words": lambda: RunFactory.create(status="tired"),
    "run_one_running": lambda: again(RunFactory, "connection", status=Status.RUNNING),
    "run_one_waiting": lambda: again(
        RunFactory, "connection", status=Status.WAITING_FOR_APPROVAL
    ),
    "run_undone_once": lambda: again(RunFactory, "undoes", undoes=RunFactory.create()),
    "planned_site_once": lambda: again(
        PlannedSiteFactory, "run", "organisation", "name"
    ),
    "run_item_once": lambda: again(RunItemFactory, "run", "object_id"),
    "run_item_words": lambda: RunItemFactory.create(action="shrug"),
    "decision_once": lambda: again(DecisionFactory, "connection", "object_id"),
    "decision_words": lambda: DecisionFactory.create(verdict="perhaps"),
    "imports.SyncSchedule.connection": lambda: again(SyncScheduleFactory, "connection"),
    "imports.Heartbeat.name": lambda: again(HeartbeatFactory, "name"),
    "notice_trouble": lambda: NoticeFactory.create(trouble="boredom"),
    "notice_once": lambda: again(NoticeFactory, "trouble", connection=None),
    "notice_once_a_connection": lambda: again(NoticeFactory, "connection"),
    "tally_once": lambda: again(TallyFactory, "connection"),
    "cursor_once": lambda: again(CursorFactory, "connection"),
    "reported_once": lambda: again(ReportedFactory, "connection", "object_id"),
    "imports.Recount.connection": lambda: again(RecountFactory, "connection"),
    "match_pattern_once": lambda: again(MatchPatternFactory, "connection"),
    "mirror_user_once": lambda: again(MirrorUserFactory, "connection", "object_id"),
    "mirror_user_state": lambda: MirrorUserFactory.create(state="asleep"),
    "mirror_group_once": lambda: again(MirrorGroupFactory, "connection", "group_id"),
    "mirror_group_state": lambda: MirrorGroupFactory.create(state="asleep"),
    "mirror_membership_once": lambda: again(
        MirrorMembershipFactory, "connection", "group_id", "member_id"
    ),
    "member_read_once": lambda: again(
        MemberReadFactory, "connection", "group_id", "member_id"
    ),
    "mirror_sku_once": lambda: again(MirrorSkuFactory, "connection", "sku_id"),
    "mirror_device_once": lambda: again(MirrorDeviceFactory, "connection", "intune_id"),
}


@pytest.mark.parametrize("limit", REFUSED)
def test_the_database_refuses(limit: str) -> None:
    with refused(limit):
        REFUSED[limit]()


@pytest.mark.parametrize("column", ["kind", "trigger", "walk", "stage", "cause"])
def test_every_word_of_a_run_is_known(column: str) -> None:
    with refused("run_words"):
        RunFactory.create(**{column: "perhaps"})


@pytest.mark.parametrize("column", ["kind", "stage", "outcome"])
def test_every_word_of_a_run_item_is_known(column: str) -> None:
    with refused("run_item_words"):
        RunItemFactory.create(**{column: "perhaps"})


def test_a_decision_is_on_a_known_kind_of_record() -> None:
    with refused("decision_words"):
        DecisionFactory.create(kind="robots")


def test_two_connections_may_run_at_once() -> None:
    RunFactory.create_batch(2, status=Status.RUNNING)


def test_runs_that_ended_or_wait_in_the_queue_do_not_exclude_each_other() -> None:
    again(RunFactory, "connection", status=Status.QUEUED)
    again(RunFactory, "connection", status=Status.SUCCEEDED)


def test_a_person_has_one_item_for_each_kind_and_stage() -> None:
    first = RunItemFactory.create(kind=Kind.USERS, stage=Stage.APPLY)
    same = {"run": first.run, "object_id": first.object_id}

    RunItemFactory.create(**same, kind=Kind.AGENTS)
    RunItemFactory.create(**same, stage=Stage.MANAGERS)

    assert first.run.items.count() == 3
