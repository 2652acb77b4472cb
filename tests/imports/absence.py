"""People who are missing from a walk, and what tests ask about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from directory.models import EndUser
from directory.states import EntraState
from imports.engine.types import Reason
from imports.words import MirrorState
from tests.imports.leaving import user

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from imports.models import MirrorUser, Run
    from tests.bench import Desk


LIST = "/v1.0/users[?]"
"""The list of people, without look-ups of single ones."""


def row(desk: Desk, person: UUID) -> MirrorUser:
    """Return what the mirror has of somebody."""
    return desk.connection.mirror_users.get(object_id=person)


def is_untouched(desk: Desk, person: UUID) -> bool:
    """Say whether somebody is absent and their record as it was imported."""
    found = user(person)
    is_absent = row(desk, person).state == MirrorState.ABSENT
    is_kept = found.is_active and found.entra_state == EntraState.PRESENT
    return is_absent and is_kept and found.revision == 1


def time_passes(desk: Desk, span: timedelta) -> None:
    """Move the simulator's clock on, and what we remember back."""
    desk.admin.advance(span.total_seconds())
    for found in desk.connection.mirror_users.filter(evidence__isnull=False):
        assert found.evidence
        at = datetime.fromisoformat(found.evidence["at"]) - span
        found.evidence = {**found.evidence, "at": at.isoformat()}
        found.save(update_fields=["evidence"])


def list_only(desk: Desk, people: Iterable[UUID]) -> None:
    """Make the list of people complete and right, but for those left out."""
    rows = desk.admin.oracle(desk.tenant.tenant_id, "people")
    by_id = {one["id"]: one["properties"] for one in rows}
    listed = [{**by_id[str(one)], "id": str(one)} for one in people]
    desk.admin.fault(path=LIST, status=200, body={"value": listed})


def skipped(run: Run, reason: Reason) -> int:
    """Return how many users a run left out for a reason."""
    found: int = run.place["unstored"]["users"].get(reason.value, 0)
    return found


def three(desk: Desk) -> UUID:
    """Import Ann, Bob and Eve to London; return the id of Ann."""
    people = [desk.person(name) for name in ("ann", "bob", "eve")]
    desk.map_site(10, "London")
    desk.run()
    return people[0]


def user_id(login: str) -> UUID:
    """Return the object id of a user by the start of the login."""
    found = EndUser.objects.get(network_login__startswith=login).entra_object_id
    assert found is not None
    return found
