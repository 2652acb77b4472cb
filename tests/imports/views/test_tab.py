"""The Imports tab of a connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from common.rights import Permission
from directory.models import EndUser
from imports.models import Run, SyncSchedule
from imports.words import RunKind, Status, Trigger
from mappings.models import MatchingField
from mappings.words import Kind
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import EndUserFactory
from tests.imports.integrator import rings
from tests.imports.views.steps import authorised, worker

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


def address(desk: Desk, name: str = "imports") -> str:
    return reverse(f"imports:{name}", args=[desk.connection.pk])


@pytest.fixture
def ready(desk: Desk, client: Client) -> Desk:
    """An authorised connection, and an agent who may do everything."""
    sign_in(client, *EVERYTHING)
    return authorised(desk)


@pytest.mark.rule("R122")
@pytest.mark.rule("R123")
@pytest.mark.rule("R134")
def test_the_tab_has_both_buttons_and_the_integrator_which_is_off(
    ready: Desk, client: Client
) -> None:
    page = client.get(address(ready)).content.decode()
    assert "Import Users" in page
    assert "Import Agents" in page
    assert "Halo Integrator" in page
    assert not SyncSchedule.objects.filter(enabled=True).exists()


@pytest.mark.rule("R136")
@pytest.mark.rule("R137")
def test_the_tab_says_that_the_scheduler_is_built_in(
    ready: Desk, client: Client
) -> None:
    page = client.get(address(ready)).content.decode()
    assert "Its scheduler is built in" in page
    assert "celery -A halo_entra worker" in page


def test_a_connection_that_nobody_authorised_is_led_to_its_details(
    desk: Desk, client: Client
) -> None:
    sign_in(client, *EVERYTHING)
    answer = client.get(address(desk))
    assert answer.status_code == 302
    assert answer["Location"].endswith("/details/")


@pytest.mark.rule("R122")
@pytest.mark.rule("R131")
@pytest.mark.parametrize("kind", ["users", "agents"])
def test_a_button_previews_its_kind_and_writes_nothing(
    ready: Desk, client: Client, kind: str
) -> None:
    ready.map_site(10, "London")
    ready.person("anna")
    answer = client.post(address(ready, f"preview-{kind}"))
    run = Run.objects.get()
    assert answer["Location"] == reverse("imports:run", args=[run.pk])
    assert (run.kind, run.trigger) == (RunKind.PREVIEW, Trigger.MANUAL)
    assert (run.kinds, run.status) == ([kind], Status.QUEUED)
    worker()
    run.refresh_from_db()
    assert run.status == Status.PLANNED
    assert not EndUser.objects.exists()


def test_a_run_that_is_queued_rings_once_it_is_committed(
    ready: Desk,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: object,
) -> None:
    rung = rings(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(address(ready, "preview-users"))
        assert rung == []
    assert rung == [Run.objects.get().pk]


@pytest.mark.rule("R125")
def test_records_without_azure_id_are_told_with_their_number(
    ready: Desk, client: Client
) -> None:
    site = ready.map_site(10, "London").site
    EndUserFactory.create_batch(3, site=site)
    EndUserFactory.create()
    page = client.get(address(ready)).content.decode()
    assert "3 users already here have no Azure ID" in page
    MatchingField.objects.create(
        connection=ready.connection, kind=Kind.USERS, target="email", position=0
    )
    assert "no Azure ID" not in client.get(address(ready)).content.decode()


@pytest.mark.rule("R126")
@pytest.mark.rule("R127")
def test_matching_fields_keep_the_order_in_which_they_were_added(
    ready: Desk, client: Client
) -> None:
    before = ready.connection.rules_version
    client.post(
        address(ready, "matching"),
        {"users-0": "network_login", "users-1": "", "users-2": "email"},
    )
    rows = MatchingField.objects.filter(kind=Kind.USERS).order_by("position")
    assert [row.target for row in rows] == ["network_login", "email"]
    ready.connection.refresh_from_db()
    assert ready.connection.rules_version == before + 1
    page = client.get(address(ready)).content.decode()
    assert '<option value="network_login" selected>' in page


@pytest.mark.rule("R126")
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"users-0": "phone"}, "Select a valid choice"),
        ({"users-0": "email", "users-1": "email"}, "stands here twice"),
    ],
)
def test_a_matching_field_must_be_mapped_and_stands_once(
    ready: Desk, client: Client, sent: dict[str, str], said: str
) -> None:
    answer = client.post(address(ready, "matching"), sent)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not MatchingField.objects.exists()


INTEGRATOR = {
    "enabled": "on",
    "kinds": ["users", "agents"],
    "full_every": "",
    "delta": "on",
    "delta_every": "30m",
    "log_full": "on",
    "quiet": "22:00-06:00, 12:00-13:00",
    "time_zone": "Europe/London",
}


@pytest.mark.rule("R138")
@pytest.mark.rule("R139")
@pytest.mark.rule("R141")
@pytest.mark.rule("R142")
def test_the_integrators_settings_are_stored(ready: Desk, client: Client) -> None:
    client.post(address(ready, "integrator"), INTEGRATOR)
    row = SyncSchedule.objects.get()
    assert (row.enabled, row.delta, row.kinds) == (True, True, ["users", "agents"])
    assert (row.full_every, row.delta_every) == (
        *(timedelta(days=7), timedelta(minutes=30)),
    )
    assert row.log_full
    assert (row.quiet, row.time_zone) == (
        ["22:00-06:00", "12:00-13:00"],
        "Europe/London",
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("full_every", "soon", "Write a duration"),
        ("quiet", "22-6", "is no window"),
        ("time_zone", "Mars", "Write a time zone"),
        ("kinds", [], "Choose at least one"),
    ],
)
def test_wrong_settings_are_told_at_their_field_and_kept_as_typed(
    ready: Desk, client: Client, name: str, value: object, said: str
) -> None:
    answer = client.post(address(ready, "integrator"), {**INTEGRATOR, name: value})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert 'value="30m"' in page
    assert not SyncSchedule.objects.exists()


@pytest.mark.rule("R135")
def test_the_tab_says_whether_the_mappings_were_previewed_as_they_are(
    ready: Desk, client: Client
) -> None:
    assert b"No preview has been run" in client.get(address(ready)).content
    ready.preview()
    assert b"A preview has been run since" in client.get(address(ready)).content
    ready.rules_changed()
    assert b"No preview has been run" in client.get(address(ready)).content


def test_the_integrator_is_paused_with_a_reason_and_resumed(
    ready: Desk, client: Client
) -> None:
    client.post(address(ready, "pause"), {"reason": "<b>Moving</b> house"})
    ready.connection.refresh_from_db()
    assert ready.connection.paused_reason == "<b>Moving</b> house"
    page = client.get(address(ready)).content.decode()
    assert "&lt;b&gt;Moving&lt;/b&gt; house" in page
    client.post(address(ready, "resume"))
    ready.connection.refresh_from_db()
    assert ready.connection.paused_at is None


def test_pausing_needs_a_reason(ready: Desk, client: Client) -> None:
    client.post(address(ready, "pause"), {"reason": " "})
    ready.connection.refresh_from_db()
    assert ready.connection.paused_at is None


@pytest.mark.rule("R138")
def test_run_now_does_what_the_integrator_would_do(ready: Desk, client: Client) -> None:
    ready.map_site(10, "London")
    ready.person("anna")
    client.post(address(ready, "integrator"), {**INTEGRATOR, "kinds": ["users"]})
    client.post(address(ready, "sync"))
    worker()
    run = Run.objects.get()
    assert (run.kind, run.kinds) == (RunKind.DELTA, ["users"])
    assert (run.status, EndUser.objects.count()) == (Status.SUCCEEDED, 1)


def test_run_now_says_that_devices_cannot_come_yet(ready: Desk, client: Client) -> None:
    client.post(address(ready, "integrator"), {**INTEGRATOR, "kinds": ["devices"]})
    page = client.post(address(ready, "sync"), follow=True).content.decode()
    assert "Devices cannot be imported yet" in page
    assert not Run.objects.exists()


DOORS = [
    ("imports", Permission.VIEW, "get"),
    ("matching", Permission.CONFIGURE, "post"),
    ("integrator", Permission.CONFIGURE, "post"),
    ("pause", Permission.CONFIGURE, "post"),
    ("resume", Permission.CONFIGURE, "post"),
    ("reset-deltas", Permission.CONFIGURE, "get"),
    ("preview-users", Permission.PREVIEW, "post"),
    ("preview-agents", Permission.PREVIEW, "post"),
    ("sync", Permission.IMPORT, "post"),
]


@pytest.mark.parametrize(("name", "needed", "method"), DOORS)
def test_each_door_of_the_tab_asks_for_its_permission(
    desk: Desk, client: Client, name: str, needed: Permission, method: str
) -> None:
    authorised(desk)
    others = [one for one in Permission if one is not needed]
    sign_in(client, *others)
    assert getattr(client, method)(address(desk, name)).status_code == 403
    sign_in(client, needed)
    assert getattr(client, method)(address(desk, name)).status_code in {200, 302, 400}
    assert (
        getattr(client, method)(
            reverse(f"imports:{name}", args=[desk.connection.pk + 99])
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    "name", [name for name, _, method in DOORS if method == "post"]
)
def test_what_changes_something_is_posted(
    ready: Desk, client: Client, name: str
) -> None:
    assert client.get(address(ready, name)).status_code == 405
