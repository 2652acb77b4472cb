"""Site mappings: which people come to which site, or become agents."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common import fields
from connections.models import TenantConnection
from directory.models import AgentRole, Organisation, Site, UserRole
from mappings.words import Combine, MappingType, Operator

EXISTING = Q(type=MappingType.EXISTING_SITE)
BY_FIELD = Q(type=MappingType.ORGANISATION_BY_FIELD)


class SiteMapping(models.Model):
    """One row of *Site Mappings*. `is_agent` is the guide's site `*Agent*` (AM-26)."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="site_mappings"
    )
    sequence = models.PositiveIntegerField()
    enabled = models.BooleanField(default=True)
    type = fields.choice(MappingType)
    is_agent = models.BooleanField(default=False)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="mappings"
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mappings",
    )
    field = fields.text(blank=True)
    default_site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    user_role = models.ForeignKey(
        UserRole, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agent_role = models.ForeignKey(
        AgentRole, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    group_id = models.UUIDField(null=True, blank=True)
    group_name = fields.text(blank=True)
    nested = models.BooleanField(default=True)
    include_external = models.BooleanField(default=False)
    match = fields.choice(Combine, default=Combine.ALL)

    class Meta:
        ordering: ClassVar = ["connection", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "sequence"], name="site_sequence_once"
            ),
            models.CheckConstraint(
                # R093, R100, R103, R107: each type has its own target and no other.
                condition=EXISTING
                & Q(organisation=None, field="", default_site=None)
                & (
                    Q(is_agent=True, site=None, user_role=None)
                    | Q(is_agent=False, site__isnull=False, agent_role=None)
                )
                | BY_FIELD
                & Q(is_agent=False, site=None, agent_role=None)
                & Q(organisation__isnull=False)
                & ~Q(field=""),
                name="site_mapping_target",
            ),
            models.CheckConstraint(
                condition=fields.one_of("match", Combine), name="site_mapping_match"
            ),
        ]

    def __str__(self) -> str:
        return f"Mapping {self.sequence}"


class Criterion(models.Model):
    """One comparison of a site mapping."""

    mapping = models.ForeignKey(
        SiteMapping, on_delete=models.CASCADE, related_name="criteria"
    )
    position = models.PositiveSmallIntegerField(default=0)
    field = fields.text()
    operator = fields.choice(Operator)
    value = models.JSONField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["mapping", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=fields.one_of("operator", Operator), name="criterion_operator"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.operator}"
