"""The mirror: what a tenant last told us, as far as mappings need it.

Everything after *fetch* reads from here. Rows are written set-based by
`imports.mirror`; a connection's mirror goes with it.
"""

from __future__ import annotations

from django.db import models

from common import fields
from connections.models import TenantConnection
from imports.words import GroupState, MirrorState


class MirrorUser(models.Model):
    """One person of the tenant.

    `properties` holds every property that was read, null where the tenant had none: a
    property without a key is unknown. `revision` grows with every change of content,
    membership or manager. The six `settled_` columns are, per kind of record, the
    revisions of mirror, rules and record that the last settled decision was made on.
    """

    connection = models.ForeignKey(
        TenantConnection,
        on_delete=models.CASCADE,
        related_name="mirror_users",
        db_index=False,
    )
    object_id = models.UUIDField()
    upn = fields.text(blank=True)
    upn_key = fields.KeyField(source="upn")
    mail_key = models.CharField(max_length=fields.TEXT_LENGTH, blank=True)
    properties = models.JSONField(default=dict)
    digest = models.BigIntegerField(default=0)
    """Of the properties; a page whose person has the same changes nothing."""
    state = fields.choice(MirrorState, default=MirrorState.PRESENT)
    evidence = models.JSONField(null=True, blank=True)
    """What the last look-up of an absent person showed: found, at, request_id, and
    the generation of the walk. Later walks that see the person make it void."""
    manager_id = models.UUIDField(null=True, blank=True)
    manager_known = models.BooleanField(default=False)
    revision = models.PositiveBigIntegerField(default=1)
    generation = models.PositiveIntegerField(default=0)
    """The last run that saw the person."""
    settled_users_mirror = models.PositiveBigIntegerField(null=True, blank=True)
    settled_users_rules = models.PositiveBigIntegerField(null=True, blank=True)
    settled_users_record = models.PositiveBigIntegerField(null=True, blank=True)
    settled_agents_mirror = models.PositiveBigIntegerField(null=True, blank=True)
    settled_agents_rules = models.PositiveBigIntegerField(null=True, blank=True)
    settled_agents_record = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "object_id"], name="mirror_user_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("state", MirrorState), name="mirror_user_state"
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "id"], name="mirror_user_order"),
            models.Index(fields=["connection", "upn_key"], name="mirror_user_upn"),
            models.Index(fields=["connection", "mail_key"], name="mirror_user_mail"),
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state=MirrorState.ABSENT),
                name="mirror_user_absent",
            ),
        ]

    def __str__(self) -> str:
        return self.upn or str(self.object_id)


class MirrorGroup(models.Model):
    """One group that a mapping names, or that is nested in one.

    Members count only while `state` is complete; else mappings on it are unknown.
    """

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="mirror_groups"
    )
    group_id = models.UUIDField()
    name = fields.text(blank=True)
    properties = models.JSONField(default=dict)
    """kind, dynamic, membership_rule, visibility, synced, role_assignable."""
    state = fields.choice(GroupState, default=GroupState.UNREAD)
    error = models.TextField(blank=True)
    member_count = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "group_id"], name="mirror_group_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("state", GroupState), name="mirror_group_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.group_id)


class MirrorMembership(models.Model):
    """A direct member of a mirrored group; nesting is closed by us."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group_id = models.UUIDField()
    member_id = models.UUIDField()
    is_group = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "group_id", "member_id"],
                name="mirror_membership_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "member_id"], name="mirror_membership_of"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.group_id}"


class MemberRead(models.Model):
    """A member as read by a run, until its group is complete and compared."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group_id = models.UUIDField()
    member_id = models.UUIDField()
    is_group = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "group_id", "member_id"], name="member_read_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} read in {self.group_id}"


class MirrorSku(models.Model):
    """One subscribed SKU of the tenant."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="mirror_skus"
    )
    sku_id = models.UUIDField()
    properties = models.JSONField(default=dict)
    revision = models.PositiveBigIntegerField(default=1)
    generation = models.PositiveIntegerField(default=0)
    """The last walk after which everybody was linked to it; 0: none yet."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "sku_id"], name="mirror_sku_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.sku_id)


class MirrorDevice(models.Model):
    """One managed device of the tenant."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="mirror_devices"
    )
    intune_id = models.UUIDField()
    properties = models.JSONField(default=dict)
    digest = models.BigIntegerField(default=0)
    state = fields.choice(MirrorState, default=MirrorState.PRESENT)
    revision = models.PositiveBigIntegerField(default=1)
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "intune_id"], name="mirror_device_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.intune_id)
