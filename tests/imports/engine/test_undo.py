"""What goes back, what has moved since, and what a record is kept for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from common.types import Json
from imports.engine import undo
from imports.engine.types import Action, Reason
from imports.engine.undo import Done, Inverse, Now
from mappings.words import Kind

PERSON = UUID("22222222-2222-4222-8222-222222222222")
US, OTHERS = 1, 2
LONDON, LEEDS = {"id": 10, "name": "London"}, {"id": 11, "name": "Leeds"}
ADMIN, ANALYST = {"id": 20, "name": "Admin"}, {"id": 21, "name": "Analyst"}


def done(
    action: Action = Action.UPDATE, kind: Kind = Kind.USERS, **changes: Any
) -> Done:
    behind = changes.pop("behind", {})
    return Done(kind, action, PERSON, 7, changes, behind)


def now(behind: dict[str, Json] | None = None, **values: Any) -> Now:
    held = values.pop("held", {})
    exists = values.pop("exists", {})
    used_by, is_pinned = values.pop("used_by", ()), values.pop("is_pinned", False)
    return Now(
        US,
        3,
        {"is_active": True, **values},
        behind=behind or {},
        held=held,
        exists=exists,
        used_by=used_by,
        is_pinned=is_pinned,
    )


def test_a_value_that_still_holds_goes_back() -> None:
    found = undo.inverse(done(phone=("1", "2")), now(phone="2"))
    assert found == Inverse(Action.UPDATE, {"phone": ("2", "1")})


def test_a_value_that_moved_since_stays_and_is_named() -> None:
    item = done(phone=("1", "2"), name=("A", "B"))
    found = undo.inverse(item, now(phone="3", name="B"))
    assert (found.changes, found.moved) == ({"name": ("B", "A")}, ("phone",))


@pytest.mark.parametrize(("before", "current"), [("1", "1"), (None, ""), ("", None)])
def test_what_is_as_before_needs_nothing(before: Json, current: Json) -> None:
    found = undo.inverse(done(phone=(before, "2")), now(phone=current))
    assert not found.says_anything


def test_zero_is_not_empty() -> None:
    values: dict[str, Any] = {"custom.floor": (0, 5)}
    item = done(**values)
    found = undo.inverse(item, now(**{"custom.floor": None}))
    assert found.moved == ("custom.floor",)


def test_a_site_goes_back_with_who_gave_it() -> None:
    item = done(site=(LONDON, LEEDS), behind={"site_set_by_id": None})
    current = now({"site_set_by_id": US}, site=LEEDS, exists={"site": {10}})
    found = undo.inverse(item, current)
    assert found.changes == {"site": (LEEDS, LONDON)}
    assert found.behind == {"site_set_by_id": None}


@pytest.mark.parametrize("giver", [None, OTHERS])
def test_a_site_that_somebody_else_gave_again_stays(giver: int | None) -> None:
    item = done(site=(LONDON, LEEDS))
    current = now({"site_set_by_id": giver}, site=LEEDS, exists={"site": {10}})
    assert undo.inverse(item, current).moved == ("site",)


def test_nobody_goes_back_to_a_site_that_is_gone() -> None:
    current = now({"site_set_by_id": US}, site=LEEDS)
    assert undo.inverse(done(site=(LONDON, LEEDS)), current).moved == ("site",)


def test_a_manager_goes_back_as_the_connections_own() -> None:
    old, new = {"id": 1, "name": "A"}, {"id": 2, "name": "B"}
    current = now({"manager_set_by_id": US}, manager=new, exists={"manager": {1}})
    found = undo.inverse(done(manager=(old, new)), current)
    assert found.behind == {"manager_set_by_id": US}


def test_where_there_was_no_manager_nobody_has_given_one() -> None:
    new = {"id": 2, "name": "B"}
    found = undo.inverse(
        done(manager=(None, new)), now({"manager_set_by_id": US}, manager=new)
    )
    assert found.changes == {"manager": (new, None)}
    assert found.behind == {"manager_set_by_id": None}


def test_a_link_drops_the_identity_and_how_the_person_stands() -> None:
    item = done(
        Action.LINK,
        entra_object_id=(None, str(PERSON)),
        entra_state=(None, "present"),
        behind={"source_id": None, "entra_tenant_id": None, "entra_object_id": None},
    )
    current = now({"source_id": US}, entra_object_id=str(PERSON), entra_state="flag")
    found = undo.inverse(item, current)
    assert found.changes["entra_object_id"] == (str(PERSON), None)
    assert found.changes["entra_state"] == ("flag", None)
    assert found.behind == item.behind
    assert found.moved == ()


def test_an_identity_that_another_connection_took_over_stays() -> None:
    item = done(Action.LINK, entra_object_id=(None, str(PERSON)))
    current = now({"source_id": OTHERS}, entra_object_id=str(PERSON))
    assert undo.inverse(item, current).moved == ("entra_object_id",)


def test_whom_the_run_deactivated_is_active_again() -> None:
    item = done(Action.DEACTIVATE, is_active=(True, False))
    current = now({"deactivated_by_id": US}, is_active=False)
    found = undo.inverse(item, current)
    assert found.action is Action.REACTIVATE
    assert undo.gives(found)


def test_whom_a_hand_deactivated_again_stays_inactive() -> None:
    item = done(Action.DEACTIVATE, is_active=(True, False))
    found = undo.inverse(item, now({"deactivated_by_id": None}, is_active=False))
    assert found.moved == ("is_active",)


def test_whom_the_run_reactivated_goes_unless_pinned() -> None:
    item = done(Action.REACTIVATE, is_active=(False, True))
    assert undo.inverse(item, now()).action is Action.DEACTIVATE
    assert undo.inverse(item, now(is_pinned=True)).moved == ("is_active",)


def test_roles_go_back_one_by_one() -> None:
    item = done(kind=Kind.AGENTS, roles=([ADMIN], [ANALYST]))
    current = now(roles=[ANALYST], held={"roles": {21: US}}, exists={"roles": {20, 21}})
    found = undo.inverse(item, current)
    assert found.changes == {"roles": ([ANALYST], [ADMIN])}
    assert undo.gives(found)


def test_a_role_that_a_hand_gave_too_stays() -> None:
    item = done(kind=Kind.AGENTS, roles=([], [ANALYST]))
    current = now(roles=[ANALYST], held={"roles": {21: None}})
    assert undo.inverse(item, current) == Inverse(moved=("roles",))


def test_a_role_that_no_longer_exists_cannot_come_back() -> None:
    item = done(kind=Kind.AGENTS, roles=([ADMIN], []))
    assert undo.inverse(item, now()) == Inverse(moved=("roles",))


def test_roles_given_since_by_others_stay() -> None:
    item = done(kind=Kind.AGENTS, roles=([], [ANALYST]))
    current = now(roles=[ADMIN, ANALYST], held={"roles": {20: None, 21: US}})
    found = undo.inverse(item, current)
    assert found.changes == {"roles": ([ADMIN, ANALYST], [ADMIN])}


def test_a_record_that_the_run_made_goes() -> None:
    item = done(Action.CREATE, name=(None, "Ann"), is_active=(None, True))
    found = undo.inverse(item, now(name="Ann"))
    assert found.action is Action.DELETE
    assert found.changes == {"name": ("Ann", None), "is_active": (True, None)}


def test_roles_and_seats_go_with_a_record_that_the_run_made() -> None:
    item = done(
        Action.CREATE, Kind.AGENTS, roles=(None, [ADMIN]), boards=(None, [ANALYST])
    )
    found = undo.inverse(item, now(roles=[ADMIN], boards=[ANALYST]))
    assert found.changes == {"roles": ([ADMIN], []), "boards": ([ANALYST], [])}
    assert not undo.gives(found)


def test_columns_go_with_the_fields_they_explain() -> None:
    assert undo.behind(("name", "is_active", "site")) == (
        *("deactivated_by_id", "deactivated_reason"),
        "site_set_by_id",
    )


def test_a_record_in_use_stays_but_inactive() -> None:
    item = done(Action.CREATE, name=(None, "Ann"))
    found = undo.inverse(item, now(used_by=("an asset refers to it",)))
    assert found.changes == {"is_active": (True, False)}
    assert found.reason is Reason.STILL_IN_USE
    assert not undo.gives(found)


@pytest.mark.parametrize(
    ("current", "reason"),
    [
        ({"is_active": False}, Reason.STILL_IN_USE),
        ({"is_pinned": True}, Reason.KEPT_ACTIVE),
    ],
)
def test_a_record_in_use_that_is_inactive_or_pinned_is_only_told(
    current: dict[str, Any], reason: Reason
) -> None:
    item = done(Action.CREATE, name=(None, "Ann"))
    found = undo.inverse(item, now(used_by=("x",), **current))
    assert (found.changes, found.reason) == ({}, reason)
    assert found.says_anything


def test_a_record_that_is_gone_is_told_unless_the_run_made_it() -> None:
    assert undo.inverse(done(phone=("1", "2")), None) == undo.GONE
    assert not undo.inverse(done(Action.CREATE), None).says_anything


def test_whoever_is_spared_keeps_what_would_be_taken() -> None:
    item = done(
        Action.REACTIVATE,
        is_active=(False, True),
        phone=("1", "2"),
        behind={"deactivated_by_id": US, "deactivated_reason": "x"},
    )
    found = undo.inverse(item, now(phone="2"))
    kept = undo.spared(item, found, Reason.LAST_ADMINISTRATOR)
    assert (kept.action, kept.changes) == (Action.UPDATE, {"phone": ("2", "1")})
    assert (kept.behind, kept.reason) == ({}, Reason.LAST_ADMINISTRATOR)


def test_whoever_is_spared_is_not_deleted() -> None:
    item = done(Action.CREATE, name=(None, "Ann"))
    kept = undo.spared(item, undo.inverse(item, now()), Reason.RUNS_THE_IMPORT)
    assert kept == Inverse(reason=Reason.RUNS_THE_IMPORT)


def test_what_takes_nothing_is_spared_nothing() -> None:
    item = done(phone=("1", "2"))
    found = undo.inverse(item, now(phone="2"))
    assert undo.spared(item, found, Reason.RUNS_THE_IMPORT) == found
