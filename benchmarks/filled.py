"""A desk that is full: people and runs by bulk inserts, for its pages to be measured.

Everybody is in the mirror, has a user record, and is in five runs; one person in a
thousand is an agent too. Nothing here is by chance: two desks of one size are alike.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection as database
from django.utils import timezone

from common import bulk, keys
from connections.models import AppRegistration, Module, TenantConnection
from directory.models import (
    Agent,
    Asset,
    EndUser,
    Licence,
    Organisation,
    Site,
    Software,
    UserRole,
)
from directory.states import EntraState
from imports import breakdown, recount
from imports.engine.types import Action, Reason
from imports.models import MirrorUser, Run, RunItem
from imports.words import ACTIVE, Outcome, RunKind, Stage, Status, Trigger
from mappings import rules
from mappings.compile import compile_rules
from mappings.models import SiteMapping
from mappings.words import Kind, MappingType

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

SITES: Final = 200
OLDER: Final = 500
"""Runs without items, as months of the Integrator leave them."""
TENANT: Final = uuid.UUID("11111111-1111-4111-8111-111111111111")
FIRST: Final = ("Ada", "Bram", "Chloë", "Dmitri", "Ezra", "Fatima", "Greta", "Hugo")
LAST: Final = ("Lindqvist", "Zając", "O'Brien", "Norgaard", "Larkin", "Petrov", "Ng")
RUNS: Final = (
    (RunKind.IMPORT, Status.SUCCEEDED, Outcome.APPLIED),
    (RunKind.DELTA, Status.SUCCEEDED, Outcome.APPLIED),
    (RunKind.IMPORT, Status.PARTLY_FAILED, Outcome.FAILED),
    (RunKind.PREVIEW, Status.PLANNED, Outcome.PLANNED),
    (RunKind.IMPORT, Status.WAITING_FOR_APPROVAL, Outcome.HELD),
)
"""Each has an item a person."""
DONE: Final = (Action.CREATE, Action.MOVE, Action.UPDATE, Action.UPDATE, Action.UPDATE)


@dataclass(frozen=True, slots=True)
class Full:
    """What a full desk's addresses name."""

    connection: int
    user: int
    agent: int
    site: int
    mapping: int
    runs: dict[str, int]
    """By status; `delta` is the run that keeps what was sent."""
    item: int
    """One that waits for review."""


def fill(people: int) -> Full:
    """Fill an empty desk with so many people, five times as many items, and more."""
    connection = _connection()
    sites = _sites()
    _people(connection, sites, people)
    _mirror(connection, people)
    _things(sites, people)
    mapping = _mapping(connection, sites[0])
    recount.recount(connection)
    runs = _runs(connection, sites, people)
    _read_statistics()
    review = RunItem.objects.filter(
        run=runs[Status.WAITING_FOR_APPROVAL], action=Action.REVIEW
    )
    return Full(
        connection=connection.pk,
        user=EndUser.objects.values_list("pk", flat=True)[0],
        agent=Agent.objects.order_by("pk").values_list("pk", flat=True)[0],
        site=sites[0].pk,
        mapping=mapping.pk,
        runs=runs,
        item=review.values_list("pk", flat=True)[0],
    )


def name(at: int) -> str:
    """Return what the person of that number is called."""
    return f"{FIRST[at % len(FIRST)]} {LAST[at % len(LAST)]} {at}"


def _connection() -> TenantConnection:
    Module.objects.update_or_create(
        slug="microsoft-entra-id", defaults={"enabled": True}
    )
    registration = AppRegistration.objects.create(
        tenant_id=TENANT, application_id=TENANT
    )
    now = timezone.now()
    return TenantConnection.objects.create(
        name="Contoso",
        registration=registration,
        tenant_id=TENANT,
        authorised_at=now,
        first_fetched_at=now,
    )


def _sites() -> list[Site]:
    made = []
    for at in range(SITES):
        organisation = Organisation.objects.create(name=f"Organisation {at}")
        made.append(Site.objects.create(organisation=organisation, name=f"Site {at}"))
    return made


def _mapping(connection: TenantConnection, site: Site) -> SiteMapping:
    for sequence in (10, 20):
        row = SiteMapping.objects.create(
            connection=connection,
            sequence=sequence,
            type=MappingType.EXISTING_SITE,
            site=site,
        )
    return row


def _people(connection: TenantConnection, sites: list[Site], people: int) -> None:
    role = UserRole.objects.create(name="Standard User")

    def who(at: int) -> dict[str, Any]:
        login = f"person{at}@contoso.example"
        return {
            "name": name(at),
            "name_key": keys.key(name(at)),
            "email": login,
            "email_key": login,
            "is_active": at % 20 != 0,
            "entra_object_id": uuid.UUID(int=at),
        }

    def user(at: int) -> dict[str, Any]:
        login = f"person{at}@contoso.example"
        known = {"network_login": login, "login_key": login}
        return {**who(at), **known, "site_id": sites[at % SITES].pk}

    def agent(at: int) -> dict[str, Any]:
        login = f"agent{at}@contoso.example"
        return {**who(at), "ad_login": login, "login_key": login}

    entra = {
        "entra_tenant_id": TENANT,
        "source": connection,
        "entra_state": EntraState.PRESENT,
        "entra_state_at": timezone.now(),
    }
    _insert(EndUser(**entra, user_role=role, site=sites[0]), people, user)
    _insert(Agent(**entra), max(1, people // 1000), agent)


def _mirror(connection: TenantConnection, people: int) -> None:
    def mirrored(at: int) -> dict[str, Any]:
        login = f"person{at}@contoso.example"
        return {
            "object_id": uuid.UUID(int=at),
            "upn": login,
            "upn_key": login,
            "mail_key": login,
            "properties": {"displayName": name(at), "mail": login},
        }

    _insert(MirrorUser(connection=connection), people, mirrored)


def _things(sites: list[Site], people: int) -> None:
    """Add an asset for every fourth person, and a licence for each organisation."""

    def asset(at: int) -> dict[str, Any]:
        serial = f"SN-{at:08}"
        place = {"site_id": sites[at % SITES].pk}
        return {"name": f"Laptop {at}", "serial_number": serial, **place} | {
            "serial_key": keys.key(serial)
        }

    software = Software.objects.create(name="Office 365 E3")
    _insert(Asset(), max(1, people // 4), asset)
    for site in sites:
        Licence.objects.create(organisation=site.organisation, software=software)


def _runs(
    connection: TenantConnection, sites: list[Site], people: int
) -> dict[str, int]:
    """Make the runs, the older ones first; return their ids by what they are."""
    now = timezone.now()
    Run.objects.bulk_create(
        Run(
            connection=connection,
            kind=RunKind.DELTA,
            trigger=Trigger.SCHEDULE,
            status=Status.NOTHING_CHANGED,
            kinds=["users"],
            started_at=now - timedelta(hours=at),
            finished_at=now - timedelta(hours=at),
        )
        for at in range(OLDER, 0, -1)
    )
    snapshot = rules.to_json(compile_rules(connection))
    made = {}
    for kind, status, outcome in RUNS:
        run = Run.objects.create(
            connection=connection,
            kind=kind,
            trigger=Trigger.MANUAL,
            kinds=["users", "agents"],
            rules=snapshot,
            rules_version=connection.rules_version,
            started_at=now,
        )
        _items(run, sites, people, outcome)
        run.status, run.breakdown = status, breakdown.count(run)
        run.counts = {"sites": {"create": 0}}
        run.finished_at = None if status in ACTIVE else now
        run.save()
        made["delta" if kind == RunKind.DELTA else status.value] = run.pk
    return made


def _items(run: Run, sites: list[Site], people: int, outcome: Outcome) -> None:
    users = EndUser.objects.order_by("pk").values_list("pk", flat=True)[0]
    last = run.kind == RunKind.PREVIEW

    def item(at: int) -> dict[str, Any]:
        site = sites[at % SITES]
        there = {"id": site.pk, "name": str(site)}
        action = Action.REVIEW if at % 500 == 0 else DONE[at % len(DONE)]
        if at % 50 == 1:
            action = Action.DEACTIVATE
        is_review = action == Action.REVIEW
        return {
            "object_id": uuid.UUID(int=at),
            "upn": f"person{at}@contoso.example",
            "name": name(at),
            "action": action.value,
            "reason": Reason.SEVERAL_CANDIDATES.value if is_review else "",
            "mapping": 10 if at % 3 else 20,
            "record_id": users + at,
            "changes": {"name": ["", name(at)], "site": [None, there]},
            "sent": {"displayName": name(at)} if run.kind == RunKind.DELTA else None,
            "is_ticked": not (last and at % 10 == 0),
            "outcome": (Outcome.PLANNED if is_review else outcome).value,
        }

    one = RunItem(
        run=run, kind=Kind.USERS, stage=Stage.APPLY, mirror_revision=1, rules_version=1
    )
    _insert(one, people, item)


def _insert(like: Model, number: int, vary: Callable[[int], dict[str, Any]]) -> None:
    """Insert rows like one, each with some columns of its own."""
    fields = like._meta.concrete_fields
    names = [field.attname for field in fields if not field.primary_key]
    base = {each: getattr(like, each) for each in names}
    rows = (list((base | vary(at)).values()) for at in range(number))
    bulk.insert(type(like), names, (tuple(row) for row in rows))


def _read_statistics() -> None:
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")
