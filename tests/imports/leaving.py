"""People who leave a tenant, and what tests ask about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from directory.models import EndUser
from imports import runs
from imports.engine.types import Reason
from imports.words import RunKind, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from imports.models import Run
    from tests.bench import Desk

NAMES = ("ann", "bob", "cid", "dan", "eve", "fay", "gil", "hal")
NOBODY = {"error": {"code": "Request_ResourceNotFound", "message": "No such resource."}}
"""What Graph says of somebody who is not there."""
EMPTY: dict[str, Any] = {"status": 200, "body": {"value": []}}
"""A fault: a list that is empty and, by its looks, complete."""


def eight(desk: Desk) -> list[UUID]:
    """Import eight people to London."""
    made = [desk.person(name) for name in NAMES]
    desk.map_site(10, "London")
    desk.run()
    return made


def integrator(desk: Desk) -> Run:
    """Run as the Integrator does, while nobody watches."""
    queued = runs.queue(
        desk.connection, runs.Order(RunKind.IMPORT, trigger=Trigger.SCHEDULE)
    )
    return runs.execute(queued, patience=0)


def plan_of_five(desk: Desk, people: Sequence[UUID]) -> Run:
    """Let five of them leave in a run of the Integrator: a plan that waits."""
    disable(desk, people[:5])
    return integrator(desk)


def held(run: Run) -> int:
    """Return how many people a run left to the plan that waits."""
    found: int = run.place["unstored"]["users"].get(Reason.HELD_BY_RUN.value, 0)
    return found


def disable(desk: Desk, people: Iterable[UUID]) -> None:
    """Disable people in the tenant."""
    for person in people:
        desk.change(person, accountEnabled=False)


def remove(desk: Desk, person: UUID) -> None:
    """Delete somebody softly."""
    desk.admin.delete_user(desk.tenant.tenant_id, str(person))


def purge(desk: Desk, person: UUID) -> None:
    """Delete somebody for good."""
    desk.admin.purge_user(desk.tenant.tenant_id, str(person))


def user(person: UUID) -> EndUser:
    """Return the user of somebody."""
    return EndUser.objects.get(entra_object_id=person)


def name(person: UUID) -> str:
    """Return what somebody is called here."""
    return user(person).name


def active() -> int:
    """Return how many users are active."""
    return EndUser.objects.filter(is_active=True).count()
