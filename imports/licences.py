"""A tenant's SKUs into our licences: read, decided, written in one transaction.

They come before people, so that people can be linked to them. There is no preview:
what a tenant has bought takes nothing from anybody, and no licence is ever deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from common import bulk, keys
from common.errors import InvalidInput
from connections.graph import licences as graph_licences
from connections.graph.errors import LacksPermission
from directory.models import Licence, Software
from imports import fetch, licence_links, record
from imports.engine import licences
from imports.engine.licences import Stored
from imports.models import MirrorSku
from imports.words import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from connections.graph.licences import GraphSku
    from imports.engine.licences import Licences, Value
    from imports.words import Status
    from imports.work import Work

COLUMNS = (
    *("organisation_id", "source_id", "sku_part_number", "name", "imported_name"),
    *("state", "total", "consumed", "available", "is_active"),
)
NOWHERE = (
    "Licences were not imported: choose the organisation they belong to, under "
    "Advanced Configuration of the connection."
)
REAUTHORISE = "Grant it, then authorise the connection again."


def refuse(kinds: Iterable[str], *, is_plan: bool, only: str) -> None:
    """Raise InvalidInput if licences are asked for in a way they cannot come."""
    if Thing.LICENCES not in kinds:
        return
    if is_plan:
        raise InvalidInput(
            "Licences have no preview: import them. They only bring seats up to date; "
            "nobody is given one, and nobody loses one."
        )
    if only:
        raise InvalidInput(
            "Licences are those of the whole tenant: import them without --only."
        )


def alone(work: Work) -> Status:
    """Do a run that imports nothing but licences; return how it ends."""
    bring(work)
    return record.verdict(work.run)


def bring(work: Work) -> None:
    """Bring licences in step with the tenant's SKUs, if the run is about them.

    Where they cannot come, a run that imports people too says why and goes on; raises
    InvalidInput or LacksPermission if it is about licences only.
    """
    if Thing.LICENCES not in work.run.kinds or work.has("licensed"):
        return
    if work.rules.licences_into is None:
        if not work.kinds:
            raise InvalidInput(NOWHERE)
        _say(work, NOWHERE)
        return
    try:
        fetch.tenant(work)
        skus = graph_licences.subscribed_skus(work.graph)
    except LacksPermission as exc:
        why = f"Licences were not imported. {exc} {REAUTHORISE}"
        if not work.kinds:
            raise _with(exc, why) from exc
        _say(work, why)
        return
    with work.claim.writing():
        _mirror(work, skus)
        decided = licences.decide(
            skus,
            _stored(work.connection.tenant_id),
            into=work.rules.licences_into,
            source=work.connection.pk,
        )
        _write(work.connection.tenant_id, decided)
        if any("organisation_id" in moved for moved in decided.update.values()):
            licence_links.unlinked(work.connection.pk)
        done = {"create": len(decided.create), "update": len(decided.update)}
        work.count(Thing.LICENCES, **done)
        work.note(0, licensed=True)


def _with(exc: LacksPermission, why: str) -> LacksPermission:
    return LacksPermission(
        why,
        permission=exc.permission,
        code=exc.code,
        request_id=exc.request_id,
    )


def _say(work: Work, why: str) -> None:
    with work.claim.writing():
        work.run.reason = " ".join(filter(None, (work.run.reason, why)))
        work.run.save(update_fields=["reason"])
        work.note(0, licensed=True)


def _stored(tenant_id: UUID) -> list[Stored]:
    rows = Licence.objects.filter(entra_tenant_id=tenant_id).order_by("pk")
    return [
        Stored(pk, sku_id, dict(zip(COLUMNS, columns, strict=True)))
        for pk, sku_id, *columns in rows.values_list("pk", "sku_id", *COLUMNS)
    ]


def _write(tenant_id: UUID, decided: Licences) -> None:
    """Write what was decided, in as many statements however many SKUs there are."""
    products = _products([str(columns["name"]) for _, columns in decided.create])
    bulk.insert(
        Licence,
        ("entra_tenant_id", "sku_id", "software_id", *COLUMNS),
        (
            (
                *(tenant_id, sku_id, products[keys.key(str(columns["name"]))]),
                *(columns[column] for column in COLUMNS),
            )
            for sku_id, columns in decided.create
        ),
    )
    held = Licence.objects.filter(pk__in=decided.update) if decided.update else ()
    bulk.update(Licence, "id", COLUMNS, (_row(one, decided.update) for one in held))


def _row(
    licence: Licence, update: Mapping[int, Mapping[str, Value]]
) -> tuple[Value, ...]:
    moved = update[licence.pk]
    after = (moved.get(column, getattr(licence, column)) for column in COLUMNS)
    return (licence.pk, *after)


def _products(names: Sequence[str]) -> Mapping[str, int]:
    """Return the software of each name's key; what is missing is made."""
    wanted = {keys.key(name): name for name in names}
    if not wanted:
        return {}
    found = Software.objects.filter(name_key__in=wanted)
    held = dict(found.values_list("name_key", "pk"))
    if missing := [name for key, name in wanted.items() if key not in held]:
        Software.objects.bulk_create(
            [Software(name=name) for name in missing], ignore_conflicts=True
        )
        held = dict(found.all().values_list("name_key", "pk"))
    return held


def _mirror(work: Work, skus: Sequence[GraphSku]) -> None:
    """Keep what the tenant said of its SKUs; those it no longer lists go."""
    rows = MirrorSku.objects.filter(connection=work.connection)
    before = {one.sku_id: one for one in rows}
    now = {sku.sku_id: _properties(sku) for sku in skus}
    MirrorSku.objects.bulk_create(
        [
            MirrorSku(connection=work.connection, sku_id=sku_id, properties=properties)
            for sku_id, properties in now.items()
            if sku_id not in before
        ]
    )
    moved = [one for key, one in before.items() if now.get(key) != one.properties]
    rows.filter(pk__in=[one.pk for one in moved if one.sku_id not in now]).delete()
    changed = [one for one in moved if one.sku_id in now]
    bulk.update(
        MirrorSku, "id", ("properties",), ((one.pk, now[one.sku_id]) for one in changed)
    )
    rows.filter(pk__in=[one.pk for one in changed]).update(revision=F("revision") + 1)


def _properties(sku: GraphSku) -> dict[str, str | int]:
    return {
        "skuPartNumber": sku.part_number,
        "appliesTo": sku.applies_to,
        "capabilityStatus": sku.status,
        "consumedUnits": sku.consumed,
        "enabled": sku.enabled,
        "warning": sku.warning,
        "suspended": sku.suspended,
        "lockedOut": sku.locked_out,
    }
