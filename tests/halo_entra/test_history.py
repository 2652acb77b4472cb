"""The history: who changed what, never a secret, and one change taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from auditlog.models import LogEntry
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from common.rights import Permission
from connections import credentials
from connections.models import Module
from directory.models import Team
from halo_entra import history
from imports import deciding, runs
from mappings.models import SiteMapping
from mappings.words import Kind
from tests.desk_agents import sign_in
from tests.factories.accounts import AccountFactory
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import SiteFactory, TeamFactory
from tests.factories.imports import MirrorUserFactory
from tests.factories.mappings import SiteMappingFactory
from tests.factories.sso import SsoConnectionFactory

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
MAY = (Permission.VIEW, Permission.CONFIGURE, Permission.ADMINISTER)


def latest() -> LogEntry:
    """Return the newest entry."""
    return LogEntry.objects.order_by("-pk")[0]


def test_a_change_in_the_browser_names_its_author(client: Client) -> None:
    agent = sign_in(client, *MAY)
    team = TeamFactory.create(name="First line")

    client.post(
        f"/configuration/directory/teams/{team.pk}/",
        {"name": "Second line"},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    page = client.get("/history/").content.decode()

    assert agent.account is not None
    assert agent.account.email in page
    assert "<del><bdi>First line</bdi></del>" in page
    assert "<ins><bdi>Second line</bdi></ins>" in page
    assert "203.0.113.9" not in page


def test_a_change_by_a_command_names_the_command(
    client: Client, tmp_path: Path
) -> None:
    sign_in(client, *MAY)
    file = tmp_path / "desk.yaml"
    file.write_text("version: 1\nteams: [Night shift]\n")
    call_command("apply_config", str(file))

    assert latest().additional_data["command"]
    assert "Night shift" in client.get("/history/").content.decode()


def test_a_secret_is_only_ever_changed(client: Client) -> None:
    sign_in(client, *MAY)
    connection = TenantConnectionFactory.create()
    secret = "s3cr3t~canary~value"
    credential = credentials.add(connection.registration, secret)
    credential.keep("another~canary")
    credential.save()
    told = " ".join(str(entry.changes) for entry in LogEntry.objects.all())

    assert latest().changes["value"] == ["changed", "changed"]
    assert credential.value[:20] not in told
    assert secret not in client.get("/history/").content.decode()


def test_a_change_is_taken_back_and_its_rules_judged_anew(client: Client) -> None:
    sign_in(client, *MAY)
    mapping = SiteMappingFactory.create(sequence=10, site=SiteFactory.create())
    before = mapping.site
    mapping.site = SiteFactory.create(name="Wrong")
    mapping.save()
    version = mapping.connection.rules_version

    asked = client.get(f"/history/{latest().pk}/").content.decode()
    client.post(f"/history/{latest().pk}/take-back")

    mapping = SiteMapping.objects.get(pk=mapping.pk)
    assert "Wrong" in asked
    assert mapping.site == before
    assert mapping.connection.rules_version == version + 1


def test_what_moved_again_is_not_taken_back(client: Client) -> None:
    sign_in(client, *MAY)
    team = TeamFactory.create(name="One")
    team.name = "Two"
    team.save()
    entry = latest()
    team.name = "Three"
    team.save()

    page = client.post(f"/history/{entry.pk}/take-back", follow=True)

    assert "changed again since" in page.content.decode()
    assert Team.objects.get(pk=team.pk).name == "Three"


def test_the_old_value_may_have_been_given_away(client: Client) -> None:
    sign_in(client, *MAY)
    team = TeamFactory.create(name="One")
    team.name = "Two"
    team.save()
    entry = latest()
    TeamFactory.create(name="One")

    page = client.post(f"/history/{entry.pk}/take-back", follow=True)

    assert "cannot be had any more" in page.content.decode()
    assert Team.objects.get(pk=team.pk).name == "Two"


@pytest.mark.rule("R049")
def test_who_comes_in_is_not_changed_by_taking_back(client: Client) -> None:
    sign_in(client, *MAY)
    account = AccountFactory.create(may_sign_in_locally=True)
    connection = SsoConnectionFactory.create(auto_redirect=True)
    account.may_sign_in_locally = connection.auto_redirect = False
    for row in (account, connection):
        row.save()
        assert latest().object_pk == str(row.pk)

        client.post(f"/history/{latest().pk}/take-back")

    account.refresh_from_db()
    connection.refresh_from_db()
    assert not account.may_sign_in_locally
    assert not connection.auto_redirect


def test_only_administrators_take_back(client: Client) -> None:
    team = TeamFactory.create(name="One")
    team.name = "Two"
    team.save()
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)

    assert client.get("/history/").status_code == 200
    assert client.post(f"/history/{latest().pk}/take-back").status_code == 403
    assert Team.objects.get(pk=team.pk).name == "Two"


def test_an_order_that_was_dragged_is_one_change_a_mapping(client: Client) -> None:
    sign_in(client, *MAY)
    Module.objects.update_or_create(slug=runs.MODULE, defaults={"enabled": True})
    connection = TenantConnectionFactory.create(authorised_at=timezone.now())
    first, second, third = (
        SiteMappingFactory.create(connection=connection, sequence=sequence)
        for sequence in (10, 20, 30)
    )
    LogEntry.objects.all().delete()
    client.post(
        reverse("mappings:order", args=[connection.pk]),
        {
            "order": [second.pk, first.pk, third.pk],
            "rules_version": connection.rules_version,
        },
    )
    found = LogEntry.objects.values_list("object_id", "changes", "actor_email")
    assert {pk: changes for pk, changes, _ in found} == {
        first.pk: {"sequence": ["10", "20"]},
        second.pk: {"sequence": ["20", "10"]},
    }
    assert all(email for *_, email in found)
    assert list(connection.site_mappings.order_by("sequence")) == [second, first, third]
    assert "1000001" not in client.get("/history/").content.decode()


def test_who_decided_about_somebody_and_who_took_it_back_is_kept(
    client: Client,
) -> None:
    agent = sign_in(client, *MAY, Permission.IMPORT)
    assert agent.account is not None
    person = MirrorUserFactory.create(upn="ann@acme.example")
    subject = deciding.Subject(person.connection, Kind.USERS, person.object_id)
    decision = deciding.leave_out(subject, "An <i>intern", by=agent.account)
    deciding.create(subject, by=agent.account)
    client.post(reverse("imports:take-back", args=[decision.pk]))
    page = client.get("/history/").content.decode()
    entries = LogEntry.objects.filter(content_type__model="decision").order_by("pk")
    assert [entry.action for entry in entries] == [0, 1, 2]
    assert entries[1].changes == {
        "verdict": ["leave_out", "create"],
        "reason": ["An <i>intern", ""],
    }
    assert entries[2].actor == agent.account
    assert page.count("ann@acme.example") >= 3
    assert "An &lt;i&gt;intern" in page
    assert not any(history.may_take_back(entry) for entry in entries)


def test_decisions_are_told_to_those_only_who_see_everybody(client: Client) -> None:
    person = MirrorUserFactory.create(upn="ann@acme.example")
    subject = deciding.Subject(person.connection, Kind.USERS, person.object_id)
    deciding.create(subject, by=AccountFactory.create())
    organisation = SiteFactory.create().organisation
    sign_in(client, *MAY, organisations=[organisation])
    assert "ann@acme.example" not in client.get("/history/").content.decode()
