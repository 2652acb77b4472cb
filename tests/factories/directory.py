"""The desk's own records, each with the least it needs."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from directory.models import (
    Agent,
    AgentRole,
    AgentRoleGrant,
    Asset,
    BoardSeat,
    ChangeAdvisoryBoard,
    CustomField,
    EndUser,
    Licence,
    Organisation,
    Site,
    Software,
    SoftwareAssignment,
    Team,
    UserRole,
)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """An active organisation without sites."""

    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")


class SiteFactory(DjangoModelFactory[Site]):
    """An active site made by hand."""

    class Meta:
        model = Site

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Site {n}")


class UserRoleFactory(DjangoModelFactory[UserRole]):
    """A role of users."""

    class Meta:
        model = UserRole

    name = factory.Sequence(lambda n: f"User role {n}")


class AgentRoleFactory(DjangoModelFactory[AgentRole]):
    """A role of agents that permits nothing."""

    class Meta:
        model = AgentRole

    name = factory.Sequence(lambda n: f"Agent role {n}")


class TeamFactory(DjangoModelFactory[Team]):
    """A team without agents."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class ChangeAdvisoryBoardFactory(DjangoModelFactory[ChangeAdvisoryBoard]):
    """A board without seats."""

    class Meta:
        model = ChangeAdvisoryBoard

    name = factory.Sequence(lambda n: f"Board {n}")


class EndUserFactory(DjangoModelFactory[EndUser]):
    """An active user made by hand, without an address or an Entra identity."""

    class Meta:
        model = EndUser

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence(lambda n: f"User {n}")


class AgentFactory(DjangoModelFactory[Agent]):
    """An active agent made by hand, without roles or an Entra identity."""

    class Meta:
        model = Agent

    name = factory.Sequence(lambda n: f"Agent {n}")


class AgentRoleGrantFactory(DjangoModelFactory[AgentRoleGrant]):
    """A role given by hand."""

    class Meta:
        model = AgentRoleGrant

    agent = factory.SubFactory(AgentFactory)
    role = factory.SubFactory(AgentRoleFactory)


class BoardSeatFactory(DjangoModelFactory[BoardSeat]):
    """A seat given by hand."""

    class Meta:
        model = BoardSeat

    board = factory.SubFactory(ChangeAdvisoryBoardFactory)
    agent = factory.SubFactory(AgentFactory)


class CustomFieldFactory(DjangoModelFactory[CustomField]):
    """A text field."""

    class Meta:
        model = CustomField

    name = factory.Sequence(lambda n: f"field_{n}")
    label = factory.SelfAttribute("name")


class SoftwareFactory(DjangoModelFactory[Software]):
    """A product without licences."""

    class Meta:
        model = Software

    name = factory.Sequence(lambda n: f"Software {n}")


class LicenceFactory(DjangoModelFactory[Licence]):
    """A licence made by hand."""

    class Meta:
        model = Licence

    organisation = factory.SubFactory(OrganisationFactory)
    software = factory.SubFactory(SoftwareFactory)
    name = factory.SelfAttribute("software.name")


class SoftwareAssignmentFactory(DjangoModelFactory[SoftwareAssignment]):
    """A product used without a licence."""

    class Meta:
        model = SoftwareAssignment

    user = factory.SubFactory(EndUserFactory)
    software = factory.SubFactory(SoftwareFactory)


class AssetFactory(DjangoModelFactory[Asset]):
    """A device made by hand."""

    class Meta:
        model = Asset

    name = factory.Sequence(lambda n: f"Device {n}")
