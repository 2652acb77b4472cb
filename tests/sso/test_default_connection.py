"""The connection Default: of every installation, filled from the settings before it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from connections.models import AppRegistration, Credential
from halo_entra.configuration.export import export
from sso.models import LegacySignIn, SsoConnection
from sso.words import TenantType
from tests.factories.connections import (
    AppRegistrationFactory,
    CredentialFactory,
    TenantConnectionFactory,
)
from tests.factories.legacy import APPLICATION_ID, SECRET, TENANT_ID, legacy
from tests.factories.sso import SsoConnectionFactory
from tests.halo_entra.configuration.files import Files, sign_in

if TYPE_CHECKING:
    from pathlib import Path

MODELS = (SsoConnection, AppRegistration, Credential, LegacySignIn)


def migrate(target: str, *, fake: bool = False) -> None:
    """Bring the app to a migration by its name."""
    MigrationExecutor(connection).migrate([("sso", target)], fake=fake)


def newest() -> str:
    """Return the app's last migration."""
    [(_, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes("sso")
    return str(name)


def add() -> SsoConnection:
    """Run the migration's function twice; return what it made."""
    function = import_module("sso.migrations.0003_default_connection").add_default
    function(apps, None)
    once = rows()
    function(apps, None)
    assert rows() == once
    return SsoConnection.objects.latest("pk")


def rows() -> list[Any]:
    """Return every row that the migration may write."""
    return [list(model._default_manager.order_by("pk").values()) for model in MODELS]


@pytest.fixture
def _migrated_after() -> Any:
    """Leave the tables as all migrations make them."""
    yield
    migrate(newest())


@pytest.mark.rule("R060")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_migrated_after")
def test_an_older_installation_signs_in_as_before() -> None:
    migrate("0002_legacy_sign_in")
    legacy()
    migrate("0001_initial", fake=True)  # its table is there, our migrations are not

    migrate(newest())

    made = SsoConnection.objects.select_related("registration").get()
    assert made.registration is not None
    assert (made.name, made.slug, made.tenant_type) == ("Default", "default", "single")
    assert (made.published, made.allow, made.auto_redirect) == (True, "agents", True)
    assert made.registration.cloud == "us_gov"
    assert made.registration.tenant_id == UUID(TENANT_ID)
    assert made.registration.application_id == UUID(APPLICATION_ID)
    assert made.registration.credentials.get().reveal() == SECRET
    assert LegacySignIn.objects.get().client_secret == ""

    before = rows()
    migrate("0002_legacy_sign_in")
    migrate(newest())
    assert rows() == before


@pytest.mark.rule("R041")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_migrated_after")
def test_a_new_installation_has_an_empty_one_that_is_not_published() -> None:
    migrate("0002_legacy_sign_in")
    assert not SsoConnection.objects.exists()

    migrate(newest())

    made = SsoConnection.objects.get()
    assert (made.name, made.slug) == ("Default", "default")
    assert (made.published, made.registration, made.auto_redirect) == (
        False,
        None,
        False,
    )


@pytest.mark.rule("R060")
@pytest.mark.django_db
def test_the_old_tenant_goes_on_signing_in_to_a_multi_tenant_application() -> None:
    legacy(tenant_type=TenantType.MULTI)

    made = add()

    assert (made.tenant_type, made.published) == ("multi", True)
    assert made.allowed_tenants.get().tenant_id == UUID(TENANT_ID)


@pytest.mark.rule("R060")
@pytest.mark.django_db
def test_an_application_that_is_known_keeps_its_credentials() -> None:
    known = AppRegistrationFactory.create(
        cloud="us_gov", tenant_id=TENANT_ID, application_id=APPLICATION_ID
    )
    CredentialFactory.create(registration=known)
    legacy()

    assert add().registration == known
    assert Credential.objects.get().value == "ciphertext"


@pytest.mark.django_db
@pytest.mark.parametrize("lacks", ["tenant_id", "application_id"])
def test_what_was_incomplete_is_not_published(lacks: str) -> None:
    legacy(**{lacks: None})

    made = add()

    assert (made.published, made.registration) == (False, None)


@pytest.mark.django_db
def test_an_application_of_another_tenant_waits_for_somebody_to_decide() -> None:
    other = AppRegistrationFactory.create(cloud="us_gov", application_id=APPLICATION_ID)
    legacy()

    made = add()

    assert (made.published, made.registration) == (False, None)
    assert not other.credentials.exists()


@pytest.mark.rule("R060")
@pytest.mark.django_db
def test_a_connection_of_that_name_is_left_alone() -> None:
    kept = SsoConnectionFactory.create(name="DEFAULT")
    legacy()

    assert add() == kept
    assert (kept.published, kept.registration) == (False, None)
    assert SsoConnection.objects.count() == 1


@pytest.mark.rule("R042")
@pytest.mark.django_db
def test_names_stay_unique_over_tenants_too() -> None:
    TenantConnectionFactory.create(name="default")
    TenantConnectionFactory.create(name="Default sign-in")
    SsoConnectionFactory.create(slug="default")

    made = add()

    assert (made.name, made.slug) == ("Default sign-in 2", "default-2")


@pytest.mark.rule("R041", "R059")
@pytest.mark.django_db
def test_a_file_that_names_it_edits_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSO_SECRET", "from-the-file")
    made = add()

    applied = Files(tmp_path).apply(sign_in("published: true"))

    assert "SSO connection Default" in applied.report.updated
    made.refresh_from_db()
    assert (made.slug, made.published) == ("default", True)
    assert SsoConnection.objects.get() == made


@pytest.mark.django_db
def test_an_untouched_one_is_exported_only_by_its_name() -> None:
    made = add()
    assert "sso_connections" not in export()
    assert "name: Default" in export("default")

    made.allow_guests = True
    made.save()
    assert "name: Default" in export()
