"""The directory as rows, for people and other programs.

Rows stream in the order of their ids, a fixed number of queries a chunk.
"""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from directory.models import (
    Agent,
    AgentRoleGrant,
    Asset,
    BoardSeat,
    EndUser,
    Licence,
    Site,
    SoftwareAssignment,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.db import models

    from common.types import JsonObject

CHUNK = 2000
RISKY = ("=", "+", "-", "@", "\t", "\r")
TELEPHONES = frozenset({"phone", "mobile"})
TELEPHONE = re.compile(r"\+[0-9 ()./-]+")


class ExportKind(StrEnum):
    """What can be exported."""

    USERS = "users"
    AGENTS = "agents"
    SITES = "sites"
    LICENCES = "licences"
    DEVICES = "devices"


COLUMNS: Mapping[ExportKind, Mapping[str, str]] = {
    ExportKind.USERS: {
        **dict.fromkeys(("id", "name", "first_name", "last_name", "email"), ""),
        **dict.fromkeys(("network_login", "job_title", "department"), ""),
        **dict.fromkeys(("phone", "mobile"), ""),
        "organisation": "site__organisation__name",
        "site": "site__name",
        "role": "user_role__name",
        "manager": "manager__network_login",
        **dict.fromkeys(("is_active", "entra_tenant_id", "entra_object_id"), ""),
        "custom": "custom_values",
    },
    ExportKind.AGENTS: {
        **dict.fromkeys(("id", "name", "first_name", "last_name", "email"), ""),
        **dict.fromkeys(("ad_login", "job_title", "mobile"), ""),
        "team": "default_team__name",
        **dict.fromkeys(("is_active", "entra_tenant_id", "entra_object_id"), ""),
        "user": "user__network_login",
    },
    ExportKind.SITES: {
        "id": "",
        "organisation": "organisation__name",
        "name": "",
        "is_active": "",
    },
    ExportKind.LICENCES: {
        "id": "",
        "organisation": "organisation__name",
        **dict.fromkeys(("name", "sku_part_number", "sku_id", "total"), ""),
        **dict.fromkeys(("consumed", "available"), ""),
    },
    ExportKind.DEVICES: {
        **dict.fromkeys(("id", "name", "serial_number", "intune_id"), ""),
        "user": "user__network_login",
        "site": "site__name",
        "status": "",
    },
}
ORDER: Mapping[ExportKind, Sequence[str]] = {
    ExportKind.USERS: (*COLUMNS[ExportKind.USERS], "licences"),
    ExportKind.AGENTS: (
        *("id", "name", "first_name", "last_name", "email", "ad_login", "job_title"),
        *("mobile", "team", "roles", "boards", "is_active", "entra_tenant_id"),
        *("entra_object_id", "user"),
    ),
    **{
        kind: tuple(COLUMNS[kind])
        for kind in (ExportKind.SITES, ExportKind.LICENCES, ExportKind.DEVICES)
    },
}
"""The columns of each kind, as they are printed."""
MODELS: Mapping[ExportKind, type[models.Model]] = {
    ExportKind.USERS: EndUser,
    ExportKind.AGENTS: Agent,
    ExportKind.SITES: Site,
    ExportKind.LICENCES: Licence,
    ExportKind.DEVICES: Asset,
}


def rows(
    kind: ExportKind, among: models.QuerySet[Any] | None = None
) -> Iterator[JsonObject]:
    """Yield the records of the kind as rows with the columns of ORDER.

    `among` limits them to those of a queryset; without it, all.
    """
    records = MODELS[kind]._default_manager.all() if among is None else among
    after = 0
    while chunk := _chunk(kind, records, after):
        after = chunk[-1]["id"]
        lists = _lists(kind, [row["id"] for row in chunk])
        for row in chunk:
            whole = row | {name: held[row["id"]] for name, held in lists.items()}
            yield {name: whole[name] for name in ORDER[kind]}


def safe_cell(name: str, value: Any) -> Any:
    """Return a CSV cell that no spreadsheet runs as a formula.

    What is a telephone number and nothing else may start with +
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    if not isinstance(value, str) or not value.startswith(RISKY):
        return value
    is_number = name in TELEPHONES and TELEPHONE.fullmatch(value)
    return value if is_number else f"'{value}"


def csv_cells(kind: ExportKind, row: JsonObject) -> list[Any]:
    """Return a row as CSV cells: lists and objects as JSON, None as empty."""
    return [safe_cell(name, _cell(row[name])) for name in ORDER[kind]]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value


def _chunk(
    kind: ExportKind, records: models.QuerySet[Any], after: int
) -> list[dict[str, Any]]:
    columns = COLUMNS[kind]
    found = records.filter(pk__gt=after).order_by("pk")
    paths = [path or name for name, path in columns.items()]
    return [
        dict(zip(columns, values, strict=True))
        for values in found.values_list(*paths)[:CHUNK]
    ]


def _lists(
    kind: ExportKind, ids: Sequence[int]
) -> Mapping[str, Mapping[int, list[str]]]:
    """Return the columns that hold lists, each sorted."""
    if kind is ExportKind.USERS:
        licences = SoftwareAssignment.objects.filter(
            user__in=ids, licence__isnull=False
        ).exclude(licence__sku_part_number="")
        pairs = licences.values_list("user_id", "licence__sku_part_number")
        return {"licences": _grouped(pairs)}
    if kind is ExportKind.AGENTS:
        roles = AgentRoleGrant.objects.filter(agent__in=ids)
        seats = BoardSeat.objects.filter(agent__in=ids)
        return {
            "roles": _grouped(roles.values_list("agent_id", "role__name")),
            "boards": _grouped(seats.values_list("agent_id", "board__name")),
        }
    return {}


def _grouped(pairs: Any) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for owner, name in pairs:
        found[owner].append(name)
    for names in found.values():
        names.sort()
    return found
