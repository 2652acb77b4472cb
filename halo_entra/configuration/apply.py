"""Making the database match a configuration file, all of it or nothing.

read ─▶ check ─▶ ask the tenants for groups ─▶ write, in one transaction
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from django.db import IntegrityError, transaction
from django.db.models import F

from common.errors import AppError
from connections.models import TenantConnection
from directory import indispensable
from halo_entra.configuration import (
    check,
    document,
    groups,
    identities,
    known,
    schema,
    write_connections,
    write_desk,
    write_sign_in,
)
from halo_entra.configuration.entries import Desk
from halo_entra.configuration.problems import Problems
from halo_entra.configuration.rows import Report
from halo_entra.configuration.secrets import Secrets
from halo_entra.configuration.write_applications import Context
from mappings.compile import compile_rules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from halo_entra.configuration.entries import Configuration
    from halo_entra.configuration.groups import Resolved
    from halo_entra.configuration.identities import Identity
    from mappings.rules import RuleSet

Signature: TypeAlias = "tuple[RuleSet, bool, tuple[int, ...]]"


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a file did, or would do; `warnings` are lines for people."""

    report: Report
    unresolved_groups: tuple[str, ...]
    warnings: str


def apply(path: Path, *, keep: bool) -> Applied:
    """Make the database match the file; without `keep`, find out what that would do.

    Raises ConfigurationInvalid with every problem that was found, NotFound if there
    is no such file. Then nothing is written.
    """
    problems = Problems(str(path))
    root = document.load(path, problems)
    configuration = schema.read(root)
    secrets = Secrets(path.parent)
    check.check(configuration, root, secrets, problems)
    problems.check()
    whole = identities.all_of(configuration)
    resolved = groups.resolve(configuration, whole, secrets, problems)
    problems.check()
    plan = _Plan(configuration, whole, secrets, resolved)
    return Applied(
        plan.write(keep=keep),
        tuple(sorted(resolved.waiting)),
        problems.told(problems.warnings),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """A checked file, with all that it needs from outside."""

    configuration: Configuration
    identities: list[Identity]
    secrets: Secrets
    resolved: Resolved

    def write(self, *, keep: bool) -> Report:
        """Write in one transaction; without `keep` it is taken back."""
        report = Report()
        try:
            with transaction.atomic():
                with indispensable.kept():
                    self._write(report)
                if not keep:
                    transaction.set_rollback(True)
        except IntegrityError as exc:
            raise AppError(
                "Somebody changed the configuration at the same moment; nothing was "
                "applied. Repeat the command."
            ) from exc
        return report

    def _write(self, report: Report) -> None:
        touched = self._touched()
        before = {pk: _signature(pk) for pk in touched}
        write_desk.write(self.configuration.desk, self.configuration.modules, report)
        context = Context(known.stored(), self.secrets, report)
        by_name = {(one.imports, one.name.key): one for one in self.identities}
        for record in self.configuration.connections:
            identity = by_name[True, record.name.key]
            found = self.resolved.groups[record.name.key]
            write_connections.write(context, record, identity, found)
        for record in self.configuration.sso_connections:
            identity = by_name[False, record.name.key]
            write_sign_in.write(context, record, identity)
        _bump(pk for pk in touched if _signature(pk) != before[pk])

    def _touched(self) -> list[int]:
        """Return the stored connections whose rules the file may change.

        A record of the desk may be named by any of them.
        """
        connections = TenantConnection.objects.order_by("pk")
        if self.configuration.desk == Desk():
            names = [record.name.key for record in self.configuration.connections]
            connections = connections.filter(name_key__in=names)
        return list(connections.values_list("pk", flat=True))


def _signature(pk: int) -> Signature:
    """Return what decides about people, without its version."""
    connection = TenantConnection.objects.select_related("agent_licensing").get(pk=pk)
    compiled = dataclasses.replace(compile_rules(connection), version=0)
    licensing = getattr(connection, "agent_licensing", None)
    if licensing is None:
        return compiled, False, ()
    roles = licensing.licensed_roles.order_by("pk").values_list("pk", flat=True)
    return compiled, licensing.enabled, tuple(roles)


def _bump(connections: Iterable[int]) -> None:
    TenantConnection.objects.filter(pk__in=list(connections)).update(
        rules_version=F("rules_version") + 1
    )
