"""Mappings and settings of a connection, each with the least it needs."""

from __future__ import annotations

import uuid

import factory
from factory.django import DjangoModelFactory

from mappings.models import (
    AgentLicensing,
    AgentRoleMapping,
    AgentSettings,
    BoardMapping,
    Criterion,
    DeviceSettings,
    FieldMapping,
    GuardLimits,
    LeaverPolicy,
    LicenceSettings,
    MatchingField,
    SiteMapping,
)
from mappings.words import Kind, MappingType, Operator
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    AgentRoleFactory,
    ChangeAdvisoryBoardFactory,
    SiteFactory,
)


class FieldMappingFactory(DjangoModelFactory[FieldMapping]):
    """The display name of users into their name."""

    class Meta:
        model = FieldMapping

    connection = factory.SubFactory(TenantConnectionFactory)
    kind = Kind.USERS
    source = "displayName"
    target = "name"


class MatchingFieldFactory(DjangoModelFactory[MatchingField]):
    """Users are found by address first."""

    class Meta:
        model = MatchingField

    connection = factory.SubFactory(TenantConnectionFactory)
    kind = Kind.USERS
    position = 0
    target = "email"


class SiteMappingFactory(DjangoModelFactory[SiteMapping]):
    """Everybody to one existing site."""

    class Meta:
        model = SiteMapping

    connection = factory.SubFactory(TenantConnectionFactory)
    sequence = factory.Sequence(lambda n: n)
    type = MappingType.EXISTING_SITE
    site = factory.SubFactory(SiteFactory)


class CriterionFactory(DjangoModelFactory[Criterion]):
    """The department is Sales."""

    class Meta:
        model = Criterion

    mapping = factory.SubFactory(SiteMappingFactory)
    field = "department"
    operator = Operator.EQUALS
    value = "Sales"


class AgentRoleMappingFactory(DjangoModelFactory[AgentRoleMapping]):
    """A group that gives a role."""

    class Meta:
        model = AgentRoleMapping

    connection = factory.SubFactory(TenantConnectionFactory)
    group_id = factory.LazyFunction(uuid.uuid4)
    role = factory.SubFactory(AgentRoleFactory)


class BoardMappingFactory(DjangoModelFactory[BoardMapping]):
    """A group that gives a seat."""

    class Meta:
        model = BoardMapping

    connection = factory.SubFactory(TenantConnectionFactory)
    group_id = factory.LazyFunction(uuid.uuid4)
    board = factory.SubFactory(ChangeAdvisoryBoardFactory)


class AgentSettingsFactory(DjangoModelFactory[AgentSettings]):
    """Agents get nothing but what mappings say."""

    class Meta:
        model = AgentSettings

    connection = factory.SubFactory(TenantConnectionFactory)


class AgentLicensingFactory(DjangoModelFactory[AgentLicensing]):
    """Agent licensing, switched off."""

    class Meta:
        model = AgentLicensing

    connection = factory.SubFactory(TenantConnectionFactory)


class LeaverPolicyFactory(DjangoModelFactory[LeaverPolicy]):
    """The default policies."""

    class Meta:
        model = LeaverPolicy

    connection = factory.SubFactory(TenantConnectionFactory)


class GuardLimitsFactory(DjangoModelFactory[GuardLimits]):
    """The default limits."""

    class Meta:
        model = GuardLimits

    connection = factory.SubFactory(TenantConnectionFactory)


class LicenceSettingsFactory(DjangoModelFactory[LicenceSettings]):
    """Licences go nowhere."""

    class Meta:
        model = LicenceSettings

    connection = factory.SubFactory(TenantConnectionFactory)


class DeviceSettingsFactory(DjangoModelFactory[DeviceSettings]):
    """Devices stay out."""

    class Meta:
        model = DeviceSettings

    connection = factory.SubFactory(TenantConnectionFactory)
