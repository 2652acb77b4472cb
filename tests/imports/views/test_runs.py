"""The history of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from common.rights import Permission
from imports.words import RunKind, Status
from tests.desk_agents import sign_in
from tests.factories.imports import RunFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def read(client: Client, **query: str) -> str:
    answer = client.get(reverse("imports:runs"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_history_lists_runs_newest_first(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    older, newer = RunFactory.create(), RunFactory.create()
    shown = read(client)
    assert shown.index(f"/runs/{newer.pk}/") < shown.index(f"/runs/{older.pk}/")


def test_the_history_is_filtered(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    one = RunFactory.create(kind=RunKind.PREVIEW, status=Status.PLANNED)
    other = RunFactory.create(kind=RunKind.IMPORT, status=Status.FAILED)
    for query in (
        {"kind": "preview"},
        {"status": "planned"},
        {"connection": str(one.connection_id)},
    ):
        shown = read(client, **query)
        assert f"/runs/{one.pk}/" in shown
        assert f"/runs/{other.pk}/" not in shown
    assert f"/runs/{other.pk}/" in read(client, kind="odd", status="x", connection="y")


def test_the_history_goes_on_by_the_page(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    made = RunFactory.create_batch(51)
    shown = read(client)
    assert "51 runs" in shown
    assert f"/runs/{made[0].pk}/" not in shown
    assert 'rel="next"' in shown


def test_an_empty_history_says_what_to_do(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    assert "start with a preview" in read(client)
    assert "No run matches" in read(client, kind="preview")


def test_htmx_gets_the_list_only(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    answer = client.get(reverse("imports:runs"), headers={"HX-Request": "true"})
    assert b"<html" not in answer.content


def test_the_history_needs_the_permission_to_view(client: Client) -> None:
    sign_in(client, *(one for one in Permission if one is not Permission.VIEW))
    assert client.get(reverse("imports:runs")).status_code == 403
