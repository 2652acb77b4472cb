from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connections.models import CredentialKind
from tests.factories.connections import (
    AppRegistrationFactory,
    CredentialFactory,
    ModuleFactory,
    TenantConnectionFactory,
)
from tests.refusals import again, refused

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

REFUSED: dict[str, Callable[[], object]] = {
    "connections.Module.slug": lambda: again(ModuleFactory, "slug"),
    "registration_once": lambda: again(
        AppRegistrationFactory, "cloud", "application_id"
    ),
    "registration_cloud": lambda: AppRegistrationFactory.create(cloud="moon"),
    "credential_position_once": lambda: again(
        CredentialFactory, "registration", "position"
    ),
    "connections.Credential.binding": lambda: again(CredentialFactory, "binding"),
    "credential_kind_fits": lambda: CredentialFactory.create(certificate="PEM"),
    "credential_value_set": lambda: CredentialFactory.create(value=""),
    "connections.TenantConnection.name_key": lambda: again(
        TenantConnectionFactory, "name"
    ),
    "connections.TenantConnection.binding": lambda: again(
        TenantConnectionFactory, "binding"
    ),
    "connection_tenant_once": lambda: again(
        TenantConnectionFactory, "cloud", "tenant_id"
    ),
    "connection_cloud": lambda: TenantConnectionFactory.create(cloud="moon"),
    "connection_authorisation": lambda: TenantConnectionFactory.create(
        authorisation="trust"
    ),
    "connection_named": lambda: TenantConnectionFactory.create(name=" "),
}


@pytest.mark.parametrize("limit", REFUSED)
def test_the_database_refuses(limit: str) -> None:
    with refused(limit):
        REFUSED[limit]()


def test_a_certificate_needs_its_public_half() -> None:
    with refused("credential_kind_fits"):
        CredentialFactory.create(kind=CredentialKind.CERTIFICATE)


def test_a_kind_of_credential_that_is_unknown_is_refused() -> None:
    with refused("credential_kind_fits"):
        CredentialFactory.create(kind="promise", certificate="PEM")


def test_names_that_differ_by_case_are_the_same() -> None:
    TenantConnectionFactory.create(name="Contoso")

    with refused("connections.TenantConnection.name_key"):
        TenantConnectionFactory.create(name=" CONTOSO ")


@pytest.mark.rule("R015")
def test_an_application_cannot_import_from_a_second_tenant() -> None:
    first = AppRegistrationFactory.create()

    with refused("registration_once"):
        AppRegistrationFactory.create(application_id=first.application_id)


def test_the_same_ids_in_another_cloud_are_something_else() -> None:
    first = TenantConnectionFactory.create()

    TenantConnectionFactory.create(
        registration__cloud="china",
        registration__application_id=first.registration.application_id,
        tenant_id=first.tenant_id,
    )


def test_a_registration_may_hold_two_secrets_so_that_one_can_expire() -> None:
    first = CredentialFactory.create()

    CredentialFactory.create(registration=first.registration, position=1)

    assert first.registration.credentials.count() == 2
