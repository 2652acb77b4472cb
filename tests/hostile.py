"""A tenant with markup, formulas, turned text and line ends in all it may hold."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from directory.models import (
    Agent,
    AgentRole,
    ChangeAdvisoryBoard,
    CustomField,
    EndUser,
    Licence,
    Organisation,
    Site,
    Software,
    Team,
    UserRole,
)
from imports.models import RunItem
from imports.words import RunKind, Walk
from mappings.models import FieldMapping
from mappings.words import Kind, Operator
from sso.models import SsoConnection
from tests import bench
from tests.factories import directory as made
from tests.factories.mappings import CriterionFactory
from tests.factories.sso import SsoConnectionFactory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import Model

    from imports.models import Run
    from tests.bench import Desk

MARK: Final = "Zzq"
"""In every hostile text, so that it is found wherever it comes out."""
MARKUP: Final = f"{MARK}<script>alert(1)</script>\"><img src=x onerror='alert(1)'>"
FORMULA: Final = f"=cmd|' /C calc'!A0 {MARK}"
TURNED: Final = f"{MARK}\u202egnirts\r\nSet-Cookie: a=b\u2028{{{{ 7|add:7 }}}}"
FIELDS: Final = {
    "givenName": "first_name",
    "surname": "last_name",
    "jobTitle": "job_title",
    "businessPhones": "phone",
    "mobilePhone": "mobile",
}
NAMED: Final[dict[str, tuple[type[Model], str]]] = {
    "organisation": (Organisation, "name"),
    "site": (Site, "name"),
    "user-role": (UserRole, "name"),
    "agent-role": (AgentRole, "name"),
    "team": (Team, "name"),
    "board": (ChangeAdvisoryBoard, "name"),
    "custom-field": (CustomField, "label"),
    "software-product": (Software, "name"),
}
VOID: Final = frozenset({"img", "input", "br", "hr", "meta", "link", "wbr", "col"})
PLAIN: Final = frozenset({"title", "option", "textarea", "bdi"})
"""Where turned text turns nothing else: elements of text, or isolated by themselves."""


def card(text: str) -> dict[str, Any]:
    """Return a profile that says the text in every field."""
    named = ("displayName", "givenName", "surname", "jobTitle", "department")
    more = ("officeLocation", "companyName", "city", "mobilePhone", "state")
    return dict.fromkeys((*named, *more), text[:60]) | {"businessPhones": [text[:60]]}


def make(desk: Desk) -> tuple[Run, Run]:
    """Fill the tenant and import it; return that run and a preview of more."""
    named = {"name": MARKUP[:60], "authorised_at": timezone.now()}
    type(desk.connection).objects.update(**named)
    desk.connection.refresh_from_db()
    for source, target in FIELDS.items():
        FieldMapping.objects.create(
            connection=desk.connection, kind=Kind.USERS, source=source, target=target
        )
    people = [
        desk.person(f"zzq{number}", **card(text))
        for number, text in enumerate((MARKUP, FORMULA, TURNED))
    ]
    tenant = desk.tenant.tenant_id
    desk.admin.set_manager(tenant, str(people[1]), str(people[0]))
    group = desk.group(MARKUP[:60], people)
    _map(desk, group)
    imported = desk.run()
    desk.run(RunKind.DELTA, walk=Walk.DELTA)
    desk.change(people[0], **card(TURNED))
    desk.change(people[2], **card(FORMULA))
    desk.run(RunKind.DELTA, walk=Walk.DELTA)
    _doubt(desk, group, desk.address("zzq9"))
    return imported, desk.preview()


def _doubt(desk: Desk, group: UUID, mail: str) -> None:
    """Let somebody new fit two records, which needs a review."""
    bench.match_by(desk, Kind.USERS, "email")
    desk.join(group, desk.person("zzq9", mail=mail, **card(MARKUP[3:])))
    for _ in range(2):
        made.EndUserFactory.create(name=MARKUP[:60], email=mail)


def _map(desk: Desk, group: UUID) -> None:
    """Let the group make agents with a role and a seat, and people name sites."""
    role = bench.agent_role(MARKUP[:60])
    board = made.ChangeAdvisoryBoardFactory.create(name=MARKUP[:60])
    desk.map_agents(0, group, MARKUP[:60])
    CriterionFactory.create(
        mapping=desk.map_field(1, "department"),
        operator=Operator.IS_NOT_EMPTY,
        value=None,
    )
    bench.map_role(desk, group, role)
    bench.map_board(desk, group, board)
    for rows in ("site_mappings", "role_mappings", "board_mappings"):
        for row in getattr(desk.connection, rows).all():
            row.group_name = MARKUP[:60]
            row.save()  # which the history tells
    SsoConnectionFactory.create(name=MARKUP[:60])
    for factory in (made.UserRoleFactory, made.TeamFactory, made.SoftwareFactory):
        factory.create(name=MARKUP[:60])
    made.OrganisationFactory.create(name=MARKUP[:60])
    made.CustomFieldFactory.create(label=MARKUP[:60])
    made.LicenceFactory.create(name=MARKUP[:60])
    made.AssetFactory.create(name=MARKUP[:60])


def _newest(model: type[Model], **columns: Any) -> dict[str, object]:
    return {"pk": model._default_manager.filter(**columns).latest("pk").pk}


def _people() -> dict[str, dict[str, object]]:
    """Return what the pages name that tell where a person's values come from."""
    linked = {"entra_object_id__isnull": False}
    records = {"user": _newest(EndUser, **linked), "agent": _newest(Agent, **linked)}
    return {
        f"imports:{kind}-{page}": record
        for kind, record in records.items()
        for page in ("source", "link", "unlink")
    }


def _mappings(desk: Desk) -> dict[str, dict[str, object]]:
    """Return what the pages about mappings name."""
    here: dict[str, object] = {"pk": desk.connection.pk}
    rows = desk.connection.site_mappings.order_by("sequence")
    field = here | {"mapping": rows[1].pk}
    grant = here | {"kind": "roles", "row": desk.connection.role_mappings.get().pk}
    cell = here | {"kind": "users", "row": _newest(FieldMapping, kind=Kind.USERS)["pk"]}
    return {
        "mappings:field-add": here | {"kind": "users"},
        "mappings:field-edit": cell,
        "mappings:mapping-new": here | {"type_": "existing_site"},
        "mappings:mapping": field,
        "mappings:mapping-remove": field,
        "mappings:grant-add": here | {"kind": "boards"},
        "mappings:grant": grant,
        "mappings:grant-remove": grant,
        "imports:mapping-people": field,
    }


def places(desk: Desk, imported: Run, preview: Run) -> dict[str, dict[str, object]]:
    """Return what the address of each page about a record names."""
    here: dict[str, object] = {"pk": desk.connection.pk}
    key = here | {"credential": desk.connection.registration.credentials.get().pk}
    user, agent = _newest(EndUser), _newest(Agent, entra_object_id__isnull=False)
    own = {
        f"directory:{name}": _newest(model, **{f"{column}__startswith": MARK})
        for name, (model, column) in NAMED.items()
    }
    return (
        own
        | _people()
        | _mappings(desk)
        | {
            "directory:user": user,
            "directory:user-edit": user,
            "directory:licence": _newest(Licence),
            "directory:agent": agent,
            "directory:agent-edit": agent,
            "directory:agent-give": agent,
            "connections:sso": _newest(SsoConnection),
            "connections:sso-delete": _newest(SsoConnection),
            "connections:disable": {"slug": "microsoft-entra-id"},
            "connections:secret-remove": key,
            "imports:run": {"pk": preview.pk},
            "imports:review-item": _newest(RunItem, action="review"),
            "imports:inbound-entry": _newest(RunItem, sent__isnull=False),
            "imports:leave-out": {"pk": preview.pk},
            "imports:undo": {"pk": imported.pk},
            "guide-page": {"slug": "connecting"},
            "history-ask": _newest(LogEntry, action=LogEntry.Action.UPDATE),
        }
    )


def questions(desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield pages that are asked something, with their addresses."""
    tab, here = [desk.connection.pk], {"connection": desk.connection.pk}
    for name, named, query in (
        ("mappings:groups", tab, {"group": MARK}),
        ("directory:search", [], {"q": MARK}),
        ("directory:users", [], {"q": MARK}),
        ("directory:pick-sites", [], {"site": MARK}),
        ("imports:explain", [], here | {"who": desk.address("zzq1")}),
        ("imports:coverage", [], here | {"show": "unmatched"}),
        ("imports:review", [], here),
        ("imports:inbound-all", [], here),
    ):
        yield name, f"{reverse(name, args=named)}?{urlencode(query)}"


class Page(HTMLParser):
    """A page as a browser reads it: what is wrong with it is in `faults`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.seen = 0
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if has.get("src") == "x" or any(name.startswith("on") for name in has):
            self.faults.append(f"markup came through: <{tag}> {has}")
        self.seen += any(MARK in (value or "") for value in has.values())
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "script" in self._open and "alert" in data:
            self.faults.append("a script came through")
        if MARK in data:
            self.seen += 1
            if not PLAIN & set(self._open):
                self.faults.append(f"not isolated in {self._open[-3:]}: {data[:60]!r}")
