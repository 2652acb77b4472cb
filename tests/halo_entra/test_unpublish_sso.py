"""`unpublish_sso`, the rescue from a shell."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry
from django.core.management import call_command

from sso.models import SsoConnection
from tests.factories.connections import AppRegistrationFactory
from tests.factories.sso import SsoConnectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published() -> None:
    """Two connections that are published, and one that is not."""
    for name, published in (("Staff", True), ("Clients", True), ("Draft", False)):
        SsoConnectionFactory.create(
            name=name,
            registration=AppRegistrationFactory.create(),
            published=published,
            auto_redirect=True,
        )


def published() -> list[str]:
    """Return the names of what is published."""
    rows = SsoConnection.objects.filter(published=True).order_by("name_key")
    return list(rows.values_list("name", flat=True))


@pytest.mark.rule("R049")
def test_without_a_name_all_are_unpublished(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("unpublish_sso")

    told = capsys.readouterr().out.splitlines()
    assert told == ["unpublished: Clients", "unpublished: Staff"]
    assert published() == []


def test_one_is_unpublished_by_any_spelling_of_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("unpublish_sso", " STAFF ")

    assert capsys.readouterr().out == "unpublished: Staff\n"
    assert published() == ["Clients"]


def test_a_second_time_there_is_nothing_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("unpublish_sso")
    LogEntry.objects.all().delete()
    capsys.readouterr()

    call_command("unpublish_sso")
    call_command("unpublish_sso", "Draft")

    assert (
        capsys.readouterr().out.splitlines()
        == ["Nothing to do: nothing was published."] * 2
    )
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("name", ["Nobody", ""])
def test_a_name_that_is_not_there_changes_nothing(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    with pytest.raises(SystemExit) as left:
        call_command("unpublish_sso", name)

    assert left.value.code == 1
    assert f"There is no SSO connection {name!r}." in capsys.readouterr().err
    assert published() == ["Clients", "Staff"]


def test_the_history_says_what_was_unpublished_and_by_which_command() -> None:
    LogEntry.objects.all().delete()

    call_command("unpublish_sso", "Staff")

    entry = LogEntry.objects.get()
    assert entry.object_repr == "Staff"
    assert entry.changes == {"published": ["True", "False"]}
    assert "command" in entry.additional_data
