"""Redirecting automatically needs somebody who gets in without Microsoft (AM-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator

from common.rights import Permission
from connections.models import Module
from directory.models import Agent
from sso.models import SsoConnection
from tests.break_glass import break_glass_account
from tests.desk_agents import sign_in
from tests.halo_entra.configuration.files import Files
from tests.halo_entra.configuration.files import sign_in as file
from tests.halo_entra.integration.test_sso_forms import MODULE, typed

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import Account

pytestmark = pytest.mark.django_db
COMMAND = "create_administrator EMAIL --break-glass"
REDIRECT = "published: true\nauto_redirect: true"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Files with the secrets they name."""
    monkeypatch.setenv("SSO_SECRET", "s")
    return Files(tmp_path)


def spoil(account: Account, how: str) -> None:
    """Take away what makes the account one to rely on."""
    if how == "unflagged":
        account.may_sign_in_locally = False
    elif how == "no password":
        account.set_unusable_password()
    elif how == "inactive":
        account.is_active = False
    elif how == "inactive agent":
        Agent.objects.filter(account=account).update(is_active=False)
    elif how == "no administrator":
        Agent.objects.get(account=account).roles.clear()
    account.save()


SPOILED = pytest.mark.parametrize(
    "how",
    ["unflagged", "no password", "inactive", "inactive agent", "no administrator"],
)


def tick(client: Client) -> HttpResponse:
    """Send the form of a new connection that redirects."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    sent = typed(published="on", auto_redirect="on")
    return client.post(f"{MODULE}sso/new/", sent)  # type: ignore[return-value]  # the test client's own class


def told(answer: HttpResponse) -> str:
    """Return what stands at the box that was ticked."""
    page = answer.content.decode()
    return " ".join(page[page.index('id="id_auto_redirect_error"') :][:600].split())


@pytest.mark.rule("R048", "R049")
@SPOILED
def test_the_form_refuses_without_a_break_glass_administrator(
    client: Client, how: str
) -> None:
    spoil(break_glass_account(), how)

    answer = tick(client)

    assert answer.status_code == 400
    assert COMMAND in told(answer)
    assert not SsoConnection.objects.exists()


@pytest.mark.rule("R049")
def test_the_form_asks_for_a_second_factor_too(client: Client) -> None:
    break_glass_account(has_factor=False)

    answer = tick(client)

    assert answer.status_code == 400
    assert "second factor" in told(answer)
    assert not SsoConnection.objects.exists()


def test_recovery_codes_alone_are_no_second_factor(client: Client) -> None:
    account = break_glass_account()
    Authenticator.objects.filter(user=account, type="totp").delete()

    assert tick(client).status_code == 400


@pytest.mark.rule("R048")
def test_with_one_the_box_may_be_ticked(client: Client) -> None:
    break_glass_account()

    assert tick(client).status_code == 302
    assert SsoConnection.objects.get().auto_redirect


@pytest.mark.rule("R049")
@SPOILED
def test_a_file_is_refused_without_one(files: Files, how: str) -> None:
    spoil(break_glass_account(), how)

    refusal = files.refusal(file(REDIRECT))

    assert "auto_redirect: Nobody could sign in" in refusal
    assert COMMAND in refusal
    assert not SsoConnection.objects.exists()


@pytest.mark.rule("R049")
def test_a_file_warns_of_a_missing_second_factor(files: Files) -> None:
    break_glass_account(has_factor=False)

    applied = files.apply(file(REDIRECT))

    assert "auto_redirect: warning: No break-glass administrator" in applied.warnings
    assert SsoConnection.objects.get().auto_redirect


def test_a_file_that_redirects_nobody_needs_nobody(files: Files) -> None:
    assert files.apply(file("published: true")).warnings == ""


def test_a_stored_redirect_counts_though_the_file_is_silent(files: Files) -> None:
    account = break_glass_account()
    assert files.apply(file(REDIRECT)).warnings == ""
    spoil(account, "inactive")

    assert COMMAND in files.refusal(file("allow: users"))
