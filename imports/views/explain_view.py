"""*Explain*: why somebody is where they are, and what would change if."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common.errors import NotFound
from common.rights import Permission
from directory.rights import visible
from imports import explaining, seeing, telling
from imports.explain_forms import SupposeForm, WhoForm
from imports.models import MirrorUser
from imports.records import MODELS
from mappings import describe
from mappings.models import SiteMapping
from mappings.rights import visible_mappings
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from connections.models import TenantConnection
    from imports.explaining import Foreseen
    from imports.telling import Part, Tested

NOBODY = (
    "Nobody whom you may see has this UPN, address or object id in the connection. "
    "People are known once a run or a preview has read them."
)
PARTS = (("User", "user", Kind.USERS), ("Agent", "agent", Kind.AGENTS))


@require_safe
@needs(Permission.VIEW)
def explain(request: AgentRequest) -> HttpResponse:
    """Show the decision about one person, made by the code of a run; write nothing."""
    is_asked = "who" in request.GET
    form = WhoForm(request.GET if is_asked else None)
    if not is_asked:
        form.initial["connection"] = request.GET.get("connection") or form.initial.get(
            "connection"
        )
    context: dict[str, Any] = {"form": form}
    status = 200
    if form.is_bound and form.is_valid():
        connection = form.cleaned_data["connection"]
        person = _found(request, connection, form.cleaned_data["who"])
        if person is None:
            form.add_error("who", NOBODY)
            status = 404
        else:
            context |= _told(request, connection, person)
    elif form.errors:
        status = 400
    return render(request, "imports/explain.html", context, status=status)


def _found(
    request: AgentRequest, connection: TenantConnection, who: str
) -> MirrorUser | None:
    try:
        person = explaining.find(connection, who)
    except NotFound:
        return None
    is_visible = seeing.is_visible(connection, person.object_id, request.rights)
    return person if is_visible else None


def _told(
    request: AgentRequest, connection: TenantConnection, person: MirrorUser
) -> dict[str, Any]:
    now = explaining.foresee(connection, person, by=request.user)
    names = mapping_names(request, connection)
    asked = SupposeForm(connection, person.properties, request.GET)
    context: dict[str, Any] = {
        "connection": connection,
        "person": person,
        "name": now.decided.name,
        "told": now.told,
        "read_at": _moment(now.told["as_of"]),
        "tested": telling.mappings(now.told["mappings"], names),
        "parts": _parts(now),
        "matches": [
            one for kind in Kind if (one := _match(request, kind, now)) is not None
        ],
        "suppose": asked
        if asked.is_asked
        else SupposeForm(connection, person.properties),
        "may_import": request.rights.may(Permission.IMPORT),
    }
    if asked.is_asked and asked.is_valid():
        then = explaining.foresee(
            connection, person, by=request.user, if_only=asked.supposed()
        )
        context["supposed"] = _supposed(now, then, context["tested"], names)
    elif asked.is_asked:
        context["suppose_errors"] = True
    return context


def _moment(as_of: str | None) -> datetime | None:
    return datetime.fromisoformat(as_of) if as_of else None


def mapping_names(
    request: AgentRequest, connection: TenantConnection
) -> dict[int, str]:
    """Return what each mapping that the agent may see brings people to."""
    rows = SiteMapping.objects.filter(connection=connection).select_related(
        "site__organisation", "organisation"
    )
    return {
        row.sequence: describe.target(row)
        for row in visible_mappings(rows, request.rights)
    }


def _parts(seen: Foreseen) -> list[tuple[str, Part]]:
    found = ((label, telling.part(seen.told[name])) for label, name, _ in PARTS)
    return [(label, part) for label, part in found if part is not None]


@dataclass(frozen=True, slots=True)
class Matched:
    """Which records of one kind were found, and how."""

    kind: Kind
    by: str
    records: Sequence[Any]
    hidden: int
    """How many belong to organisations that the agent does not see."""


def _match(request: AgentRequest, kind: Kind, seen: Foreseen) -> Matched | None:
    match = seen.decided.matches.get(kind)
    if match is None or not match.candidates:
        return None
    rows = MODELS[kind]._default_manager.filter(pk__in=match.candidates)
    records = list(visible(rows, request.rights))
    hidden = len(match.candidates) - len(records)
    return Matched(kind, telling.found_by(match.by), records, hidden)


@dataclass(frozen=True, slots=True)
class Supposal:
    """What would come of a person who is different."""

    parts: Sequence[tuple[str, Part]]
    answers: Sequence[tuple[Tested, Tested]]
    """The mappings that would answer otherwise: now, and then."""
    is_same: bool


def _supposed(
    now: Foreseen, then: Foreseen, tested: list[Tested], names: dict[int, str]
) -> Supposal:
    others = telling.mappings(then.told["mappings"], names)
    before, after = _parts(now), _parts(then)
    answers = [
        (one, other)
        for one, other in zip(tested, others, strict=True)
        if one.result != other.result
    ]
    return Supposal(after, answers, is_same=before == after and not answers)
