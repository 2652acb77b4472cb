"""Shorthands for what the Integrator does and leaves behind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from directory.models import EndUser
from imports import tasks
from imports.models import SyncSchedule
from imports.words import RunKind, Walk

if TYPE_CHECKING:
    import pytest

    from imports.models import Run
    from tests.bench import Desk


def delta(desk: Desk, walk: Walk = Walk.DELTA, **order: Any) -> Run:
    """Run the Integrator's delta, or its full walk."""
    return desk.run(RunKind.DELTA, walk=walk, **order)


def names() -> set[str]:
    """Return the names of all users."""
    return set(EndUser.objects.values_list("name", flat=True))


def sites() -> dict[str, str]:
    """Return each user's site by login, without the domain."""
    rows = EndUser.objects.values_list("network_login", "site__name")
    return {login.partition("@")[0]: site for login, site in rows}


def asked(desk: Desk) -> Counter[str]:
    """Return how often Graph was asked for each path."""
    rows = desk.admin.requests(desk.tenant.tenant_id)
    return Counter(row["path"] for row in rows if row["path"].startswith("/v1.0/"))


def rings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let runs be rung for without messages; return those, as they come."""
    found: list[int] = []

    def keep(arguments: tuple[int], **_options: object) -> None:
        found.append(arguments[0])

    monkeypatch.setattr(tasks.ring, "apply_async", keep)
    return found


def scheduled(desk: Desk, **columns: Any) -> SyncSchedule:
    """Switch the Integrator of the desk's connection on."""
    row, _ = SyncSchedule.objects.update_or_create(
        connection=desk.connection,
        defaults={"enabled": True, "kinds": ["users", "agents"], **columns},
    )
    return row
