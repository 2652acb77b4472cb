"""Connections: minimal valid registrations, credentials and tenants."""

from __future__ import annotations

import uuid

import factory
from factory.django import DjangoModelFactory

from connections.models import (
    AppRegistration,
    Credential,
    CredentialKind,
    Module,
    TenantConnection,
)


class ModuleFactory(DjangoModelFactory[Module]):
    """A module that nobody has enabled."""

    class Meta:
        model = Module

    slug = factory.Sequence(lambda n: f"module-{n}")


class AppRegistrationFactory(DjangoModelFactory[AppRegistration]):
    """An application of a tenant of its own."""

    class Meta:
        model = AppRegistration

    tenant_id = factory.LazyFunction(uuid.uuid4)
    application_id = factory.LazyFunction(uuid.uuid4)


class CredentialFactory(DjangoModelFactory[Credential]):
    """A secret whose stored value is not a real ciphertext."""

    class Meta:
        model = Credential

    registration = factory.SubFactory(AppRegistrationFactory)
    kind = CredentialKind.SECRET
    value = "ciphertext"


class TenantConnectionFactory(DjangoModelFactory[TenantConnection]):
    """A connection by application permissions, not yet authorised."""

    class Meta:
        model = TenantConnection

    name = factory.Sequence(lambda n: f"Tenant {n}")
    registration = factory.SubFactory(AppRegistrationFactory)
    cloud = factory.SelfAttribute("registration.cloud")
    tenant_id = factory.SelfAttribute("registration.tenant_id")
