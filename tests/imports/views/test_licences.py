"""Importing licences from the Imports tab, and what the run's page tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from imports import integrator_settings
from imports.models import Run
from imports.words import Status
from tests.desk_agents import EVERYTHING, sign_in
from tests.imports.test_licences import E3, buys, settings
from tests.imports.views.steps import authorised, read, worker

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R154")
def test_licences_are_imported_by_a_button(desk: Desk, client: Client) -> None:
    sign_in(client, *EVERYTHING)
    authorised(desk)
    tab = reverse("imports:imports", args=[desk.connection.pk])
    html = client.get(tab).content.decode()
    assert "Import Licences" not in html
    assert "choose their organisation" in html
    settings(desk)
    buys(desk, E3)
    assert "Import Licences" in client.get(tab).content.decode()
    client.post(reverse("imports:import-licences", args=[desk.connection.pk]))
    worker()
    run = Run.objects.get()
    assert (run.status, run.kinds) == (Status.SUCCEEDED, ["licences"])
    # What mappings return, nobody has looked at by that (R135).
    assert not integrator_settings.was_previewed(desk.connection)
    html = read(client, run)
    assert "Import of licences" in html
    assert '<dt>New</dt><dd class="num">1</dd>' in html
    assert "Undo this run" not in html
    runs = client.get(reverse("imports:runs")).content.decode()
    assert "1 licences new" in runs
    client.post(reverse("imports:import-licences", args=[desk.connection.pk]))
    worker()
    again = Run.objects.first()
    assert again is not None
    assert "Licences are as the tenant has them." in read(client, again)
