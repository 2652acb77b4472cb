from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from common.rights import Permission
from directory.models import Agent, AgentRole, AgentRoleGrant, EndUser, Site
from tests.factories.accounts import AccountFactory
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    AgentFactory,
    AgentRoleGrantFactory,
    CustomFieldFactory,
    EndUserFactory,
    SiteFactory,
)

pytestmark = pytest.mark.django_db


def test_keys_follow_their_text() -> None:
    user = EndUserFactory.create(
        name="Ána  LÓPEZ", email="Ana@ACME.example", network_login="ACME\\Ana"
    )

    user.refresh_from_db()

    assert user.name_key == "ána lópez"
    assert user.email_key == "ana@acme.example"
    assert user.login_key == "acme\\ana"


def test_a_name_changed_by_hand_has_a_new_key() -> None:
    site = SiteFactory.create(name="London")
    site.name = "Leeds"
    site.save()

    assert Site.objects.get(name_key="leeds") == site


def test_a_role_administers_if_it_permits_it() -> None:
    assert AgentRole(permissions=[Permission.ADMINISTER]).is_administrator
    assert not AgentRole(permissions=[Permission.CONFIGURE]).is_administrator


def test_an_agent_keeps_a_role_that_somebody_wants_to_delete() -> None:
    grant = AgentRoleGrantFactory.create()

    with pytest.raises(ProtectedError):
        grant.role.delete()


def test_roles_of_an_agent_go_with_the_agent() -> None:
    grant = AgentRoleGrantFactory.create()
    grant.agent.delete()

    assert AgentRole.objects.get() == grant.role
    assert not AgentRoleGrant.objects.exists()


def test_a_site_with_users_is_not_deleted() -> None:
    user = EndUserFactory.create()

    with pytest.raises(ProtectedError):
        user.site.delete()


def test_people_stay_when_their_account_goes() -> None:
    account = AccountFactory.create()
    EndUserFactory.create(account=account)
    AgentFactory.create(account=account)
    account.delete()

    assert EndUser.objects.get().account is None
    assert Agent.objects.get().account is None


def test_people_and_their_grants_stay_when_their_connection_goes() -> None:
    connection = TenantConnectionFactory.create()
    user = EndUserFactory.create(source=connection, site_set_by=connection)
    grant = AgentRoleGrantFactory.create(granted_by=connection)
    connection.delete()

    user.refresh_from_db()
    grant.refresh_from_db()

    assert (user.source, user.site_set_by, grant.granted_by) == (None, None, None)


def test_reports_stay_when_their_manager_goes() -> None:
    report = EndUserFactory.create(manager=EndUserFactory.create())
    assert report.manager is not None
    report.manager.delete()

    report.refresh_from_db()

    assert report.manager is None


@pytest.mark.parametrize("name", ["Badge", "1st", "a b", "é", "", "a\n"])
def test_a_custom_field_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        CustomFieldFactory.build(name=name, label="Field").full_clean()
