from __future__ import annotations

import pytest
from django.db.models import ProtectedError

from sso.models import AllowedTenant, SignInEvent
from tests.factories.connections import AppRegistrationFactory
from tests.factories.sso import (
    AllowedTenantFactory,
    SignInEventFactory,
    SsoConnectionFactory,
)

pytestmark = pytest.mark.django_db


def test_the_log_of_sign_ins_outlives_its_connection() -> None:
    connection = SsoConnectionFactory.create()
    SignInEventFactory.create(connection=connection)
    connection.delete()

    assert SignInEvent.objects.get().connection is None


def test_allowed_tenants_go_with_their_connection() -> None:
    AllowedTenantFactory.create().connection.delete()

    assert not AllowedTenant.objects.exists()


def test_a_registration_that_people_sign_in_with_is_not_deleted() -> None:
    registration = AppRegistrationFactory.create()
    SsoConnectionFactory.create(registration=registration)

    with pytest.raises(ProtectedError):
        registration.delete()


def test_a_tenant_is_shown_by_its_label_or_else_by_its_id() -> None:
    tenant = AllowedTenantFactory.build(label="Contoso")

    assert str(tenant) == "Contoso"
    assert str(AllowedTenant(tenant_id=tenant.tenant_id)) == str(tenant.tenant_id)
