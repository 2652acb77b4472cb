"""Runs and the mirror, each with the least it needs."""

from __future__ import annotations

import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from imports.engine.types import Action
from imports.models import (
    Cursor,
    Decision,
    Heartbeat,
    MatchPattern,
    MemberRead,
    MirrorDevice,
    MirrorGroup,
    MirrorMembership,
    MirrorSku,
    MirrorUser,
    Notice,
    PlannedSite,
    Recount,
    Reported,
    Run,
    RunItem,
    SyncSchedule,
    Tally,
)
from imports.words import RunKind, Trigger, Trouble, Verdict
from mappings.words import Kind
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import OrganisationFactory


class RunFactory(DjangoModelFactory[Run]):
    """An import that is queued."""

    class Meta:
        model = Run

    connection = factory.SubFactory(TenantConnectionFactory)
    kind = RunKind.IMPORT
    trigger = Trigger.COMMAND


class RunItemFactory(DjangoModelFactory[RunItem]):
    """One user to be created."""

    class Meta:
        model = RunItem

    run = factory.SubFactory(RunFactory)
    kind = Kind.USERS
    object_id = factory.LazyFunction(uuid.uuid4)
    action = Action.CREATE
    mirror_revision = 1
    rules_version = 1


class PlannedSiteFactory(DjangoModelFactory[PlannedSite]):
    """A site that a plan would make."""

    class Meta:
        model = PlannedSite

    run = factory.SubFactory(RunFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Planned site {n}")


class DecisionFactory(DjangoModelFactory[Decision]):
    """A person left out for good."""

    class Meta:
        model = Decision

    connection = factory.SubFactory(TenantConnectionFactory)
    kind = Kind.USERS
    object_id = factory.LazyFunction(uuid.uuid4)
    verdict = Verdict.LEAVE_OUT


class SyncScheduleFactory(DjangoModelFactory[SyncSchedule]):
    """The Integrator, switched off."""

    class Meta:
        model = SyncSchedule

    connection = factory.SubFactory(TenantConnectionFactory)


class CursorFactory(DjangoModelFactory[Cursor]):
    """A cursor of users that has read nothing yet."""

    class Meta:
        model = Cursor

    connection = factory.SubFactory(TenantConnectionFactory)
    kind = "users"


class ReportedFactory(DjangoModelFactory[Reported]):
    """Somebody whom a delta has reported."""

    class Meta:
        model = Reported

    connection = factory.SubFactory(TenantConnectionFactory)
    object_id = factory.LazyFunction(uuid.uuid4)


class MirrorUserFactory(DjangoModelFactory[MirrorUser]):
    """A person of whom no property was read."""

    class Meta:
        model = MirrorUser

    connection = factory.SubFactory(TenantConnectionFactory)
    object_id = factory.LazyFunction(uuid.uuid4)


class MirrorGroupFactory(DjangoModelFactory[MirrorGroup]):
    """A group whose members were not read yet."""

    class Meta:
        model = MirrorGroup

    connection = factory.SubFactory(TenantConnectionFactory)
    group_id = factory.LazyFunction(uuid.uuid4)


class MirrorMembershipFactory(DjangoModelFactory[MirrorMembership]):
    """A direct membership of a person."""

    class Meta:
        model = MirrorMembership

    connection = factory.SubFactory(TenantConnectionFactory)
    group_id = factory.LazyFunction(uuid.uuid4)
    member_id = factory.LazyFunction(uuid.uuid4)


class MemberReadFactory(DjangoModelFactory[MemberRead]):
    """A membership as read, not yet compared."""

    class Meta:
        model = MemberRead

    connection = factory.SubFactory(TenantConnectionFactory)
    group_id = factory.LazyFunction(uuid.uuid4)
    member_id = factory.LazyFunction(uuid.uuid4)


class MirrorSkuFactory(DjangoModelFactory[MirrorSku]):
    """A subscribed SKU."""

    class Meta:
        model = MirrorSku

    connection = factory.SubFactory(TenantConnectionFactory)
    sku_id = factory.LazyFunction(uuid.uuid4)


class MirrorDeviceFactory(DjangoModelFactory[MirrorDevice]):
    """A managed device."""

    class Meta:
        model = MirrorDevice

    connection = factory.SubFactory(TenantConnectionFactory)
    intune_id = factory.LazyFunction(uuid.uuid4)


class MatchPatternFactory(DjangoModelFactory[MatchPattern]):
    """The pattern of people whom no mapping matches."""

    class Meta:
        model = MatchPattern

    connection = factory.SubFactory(TenantConnectionFactory)
    digest = 1


class RecountFactory(DjangoModelFactory[Recount]):
    """A connection whose mappings were never counted to the end."""

    class Meta:
        model = Recount

    connection = factory.SubFactory(TenantConnectionFactory)


class HeartbeatFactory(DjangoModelFactory[Heartbeat]):
    """A tick that was just heard of."""

    class Meta:
        model = Heartbeat

    name = factory.Sequence(lambda number: f"tick {number}")
    at = factory.LazyFunction(timezone.now)


class NoticeFactory(DjangoModelFactory[Notice]):
    """A connection that fails, of which nobody was told yet."""

    class Meta:
        model = Notice

    connection = factory.SubFactory(TenantConnectionFactory)
    trouble = Trouble.FAILING
    since = factory.LazyFunction(timezone.now)


class TallyFactory(DjangoModelFactory[Tally]):
    """How many runs of a connection succeeded."""

    class Meta:
        model = Tally

    connection = factory.SubFactory(TenantConnectionFactory)
    measure = "runs"
    label = "succeeded"
