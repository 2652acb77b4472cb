"""`/admin/`: who may open it, and what cannot be seen or changed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Account
from common.rights import Permission
from connections.models import Credential, TenantConnection
from halo_entra.back_office.tables import site
from tests.accounts.signing import SECRET, code, local_account, with_app
from tests.desk_agents import sign_in
from tests.factories.connections import (
    AppRegistrationFactory,
    CredentialFactory,
    TenantConnectionFactory,
)
from tests.factories.directory import OrganisationFactory, SiteFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from directory.models import Agent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
FLAGS = ("password", "is_superuser", "may_sign_in_locally", "username", "email")


def come_in(client: Client, *permissions: Permission, **named: object) -> Agent:
    """Sign in with these permissions, and give a second factor too."""
    agent = sign_in(client, *permissions, **named)  # type: ignore[arg-type]  # passed on
    assert agent.account
    with_app(agent.account)
    client.post(reverse("mfa_reauthenticate"), {"code": code()})
    return agent


@pytest.fixture
def administrator(client: Client) -> Agent:
    """An administrator whose client is in."""
    return come_in(client, Permission.ADMINISTER)


def pages() -> Iterator[str]:
    """Yield the addresses of all lists."""
    for model in site._registry:
        yield reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        )


def test_a_stranger_is_sent_to_the_products_sign_in(client: Client) -> None:
    response = client.get("/admin/")

    assert response.headers["Location"] == "/auth/login?next=/admin/"


@pytest.mark.parametrize("name", ["login", "logout", "password_change", "view_on_site"])
def test_it_has_no_way_in_of_its_own(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}")


def test_every_other_permission_together_does_not_open_it(client: Client) -> None:
    come_in(client, *(set(Permission) - {Permission.ADMINISTER}))

    assert client.get("/admin/").status_code == 403


def test_who_has_no_second_factor_is_led_to_set_one_up(client: Client) -> None:
    sign_in(client, Permission.ADMINISTER)

    assert client.get("/admin/").headers["Location"] == reverse("mfa_index")


def test_who_has_not_given_the_second_factor_is_asked_for_it(client: Client) -> None:
    agent = sign_in(client, Permission.ADMINISTER)
    assert agent.account
    with_app(agent.account)

    asked = client.get("/admin/").headers["Location"]
    assert asked == f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2F"
    client.post(asked, {"code": code()})

    assert client.get("/admin/").status_code == 200


def test_it_asks_again_after_a_quarter_of_an_hour(
    client: Client, administrator: Agent
) -> None:
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 16 * 60
    session.save()

    asked = client.get("/admin/").headers["Location"]

    assert asked == f"{reverse('account_reauthenticate')}?next=%2Fadmin%2F"


def test_every_table_opens_and_nothing_can_be_added_or_deleted(
    client: Client, administrator: Agent
) -> None:
    assert client.get("/admin/").status_code == 200
    for address in pages():
        page = client.get(address)
        assert page.status_code == 200, address
        assert "<style" not in page.content.decode(), address
        assert client.get(f"{address}add/").status_code == 403


def test_no_secret_is_shown(client: Client, administrator: Agent) -> None:
    row = CredentialFactory.build(registration=AppRegistrationFactory.create())
    row.keep("canary")
    row.save()
    connection = TenantConnectionFactory.create(token_cache="canary-cache")
    factor = Authenticator.objects.get(user=administrator.account, type="totp")
    hidden = [row.value, "canary", SECRET, factor.data["secret"]]

    for one in (row, connection, factor, administrator.account):
        meta = one._meta  # type: ignore[union-attr]  # an account is there
        name = f"admin:{meta.app_label}_{meta.model_name}_change"
        text = client.get(reverse(name, args=[one.pk])).content.decode()  # type: ignore[union-attr]
        assert not [secret for secret in hidden if secret in text]
        assert "argon2" not in text
        assert "md5$" not in text


@pytest.mark.parametrize("model", [Credential, TenantConnection, Authenticator])
def test_what_holds_secrets_is_read_only(
    client: Client, administrator: Agent, model: type[Credential]
) -> None:
    row = CredentialFactory.create()
    pk = {
        Credential: row.pk,
        TenantConnection: TenantConnectionFactory.create().pk,
        Authenticator: Authenticator.objects.all()[0].pk,
    }[model]
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    assert client.post(reverse(f"{name}_change", args=[pk]), {}).status_code == 403
    assert client.post(reverse(f"{name}_delete", args=[pk]), {}).status_code == 403


def test_only_the_activity_of_an_account_can_be_set(
    client: Client, administrator: Agent
) -> None:
    account = local_account()
    before = Account.objects.filter(pk=account.pk).values(*FLAGS).get()
    address = reverse("admin:accounts_account_change", args=[account.pk])

    client.post(address, dict.fromkeys(FLAGS, "on"))

    account.refresh_from_db()
    assert not account.is_active
    assert Account.objects.filter(pk=account.pk).values(*FLAGS).get() == before


def test_nobody_deactivates_themselves(client: Client, administrator: Agent) -> None:
    assert administrator.account
    address = reverse("admin:accounts_account_change", args=[administrator.account.pk])

    assert client.post(address, {}).status_code == 403


def test_a_lost_second_factor_is_removed_by_an_administrator(
    client: Client, administrator: Agent
) -> None:
    lost = with_app(local_account())
    assert administrator.account
    ticked = [lost.pk, administrator.account.pk]

    client.post(
        reverse("admin:accounts_account_changelist"),
        {"action": "remove_second_factors", "_selected_action": ticked},
    )

    assert not Authenticator.objects.filter(user=lost).exists()
    assert Authenticator.objects.filter(user=administrator.account).exists()


def test_records_of_other_organisations_stay_hidden(client: Client) -> None:
    ours, theirs = SiteFactory.create(), SiteFactory.create(name="Foreign")
    come_in(client, Permission.ADMINISTER, organisations=[ours.organisation])
    OrganisationFactory.create(name="Elsewhere")

    listed = client.get(reverse("admin:directory_site_changelist")).content.decode()
    assert ours.name in listed
    assert "Foreign" not in listed
    foreign = reverse("admin:directory_site_change", args=[theirs.pk])
    assert client.get(foreign).status_code == 302  # Django's admin: "not found"
