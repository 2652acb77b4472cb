"""Ways to sign in with Microsoft, with the least they need."""

from __future__ import annotations

import uuid

import factory
from factory.django import DjangoModelFactory

from sso.models import AllowedTenant, SignInEvent, SsoConnection


class SsoConnectionFactory(DjangoModelFactory[SsoConnection]):
    """A single-tenant connection, not published and without a registration."""

    class Meta:
        model = SsoConnection

    name = factory.Sequence(lambda n: f"Sign-in {n}")
    slug = factory.Sequence(lambda n: f"sign-in-{n}")


class AllowedTenantFactory(DjangoModelFactory[AllowedTenant]):
    """A tenant whose people may sign in."""

    class Meta:
        model = AllowedTenant

    connection = factory.SubFactory(SsoConnectionFactory)
    tenant_id = factory.LazyFunction(uuid.uuid4)


class SignInEventFactory(DjangoModelFactory[SignInEvent]):
    """Somebody who was let in."""

    class Meta:
        model = SignInEvent

    connection = factory.SubFactory(SsoConnectionFactory)
