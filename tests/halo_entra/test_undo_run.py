"""`undo_run`: it says what would go, and undoes only what was confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports.models import Run
from imports.words import RunKind
from tests import dumps
from tests.factories.directory import AssetFactory
from tests.halo_entra.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


@pytest.fixture
def imported(desk: Desk) -> Run:
    """A run that made two users and a site."""
    desk.person("ann", officeLocation="Bristol")
    desk.person("bob", officeLocation="Bristol")
    desk.map_field(10, "officeLocation")
    return desk.run()


def test_without_yes_it_says_what_would_go_and_writes_nothing(
    imported: Run, manage: Callable[..., Said]
) -> None:
    AssetFactory.create(user=EndUser.objects.get(name="Bob"))
    before = dumps.dump()
    said = manage("undo_run", str(imported.pk))
    assert (said.status, said.err.count("\n")) == (3, 1)
    assert f"undo_run {imported.pk} --yes" in said.err
    for told in ("Users: 1 × delete (was: create)", "They are: ", "asset"):
        assert told in said.out
    assert (dumps.dump(), Run.objects.count()) == (before, 1)


def test_without_yes_json_tells_the_same(
    imported: Run, manage: Callable[..., Said]
) -> None:
    said = manage("undo_run", str(imported.pk), "--json")
    assert said.status == 3
    assert said.data["users"]["delete"] == 2
    assert said.data["undoes"] == imported.pk
    assert sorted(said.data["names"]) == ["Ann", "Bob"]
    assert said.data["run"] is None


def test_with_yes_it_undoes(imported: Run, manage: Callable[..., Said]) -> None:
    said = manage("undo_run", str(imported.pk), "--yes", "--json")
    assert said.status == 0
    assert (said.data["kind"], said.data["status"]) == ("undo", "succeeded")
    assert (said.data["undoes"], said.data["users"]["delete"]) == (imported.pk, 2)
    assert said.data["sites"] == {"create": 0, "delete": 1}
    assert not EndUser.objects.exists()


def test_it_says_in_words_what_was_undone(
    imported: Run, manage: Callable[..., Said]
) -> None:
    said = manage("undo_run", str(imported.pk), "--yes")
    assert "Users: 2 deleted" in said.out
    assert "1 sites deleted" in said.out


def test_what_has_moved_ends_with_status_5(
    desk: Desk, imported: Run, manage: Callable[..., Said]
) -> None:
    ann = EndUser.objects.get(name="Ann").entra_object_id
    assert ann is not None
    desk.change(ann, displayName="Anne", department="Sales")
    run = desk.run()
    EndUser.objects.filter(entra_object_id=ann).update(name="By hand")
    forecast = manage("undo_run", str(run.pk))
    assert "Left as it is: Anne: Name changed since" in forecast.out
    said = manage("undo_run", str(run.pk), "--yes", "--json")
    assert (said.status, said.data["users"]["stale"]) == (5, 1)


def test_a_second_undo_is_wrong_use(imported: Run, manage: Callable[..., Said]) -> None:
    manage("undo_run", str(imported.pk), "--yes")
    undo = Run.objects.get(kind=RunKind.UNDO)
    for options in ((), ("--yes",)):
        said = manage("undo_run", str(imported.pk), *options)
        assert (said.status, said.out) == (2, "")
        assert f"was undone by run {undo.pk}" in said.err


def test_a_run_that_is_not_there_is_not_found(
    db: None, manage: Callable[..., Said]
) -> None:
    assert manage("undo_run", "99", "--yes").status == 1


def test_a_paused_connection_may_still_be_imported_by_hand(
    imported: Run, manage: Callable[..., Said]
) -> None:
    manage("undo_run", str(imported.pk), "--yes")
    said = manage("import_directory", "Acme", "--json")
    assert (said.status, said.data["users"]["create"]) == (0, 2)
