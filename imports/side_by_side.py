"""A person in Entra beside the records that may be theirs, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common import keys
from directory.models import CustomField
from directory.rights import visible
from imports import deciding, records, showing
from imports.engine.types import Reason
from imports.engine.values import desired
from mappings import catalogue, labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from common.rights import Rights
    from common.types import Json
    from connections.models import TenantConnection
    from imports.engine.types import Local, Match, Remote
    from mappings.rules import RuleSet
    from mappings.words import Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record: whose it is, and why it may not be linked, if so."""

    record: Any
    local: Local
    owner: str
    refusal: str

    @property
    def is_taken_over(self) -> bool:
        """Return whether linking takes it from an identity that is gone."""
        return self.local.identity_is_gone


@dataclass(frozen=True, slots=True)
class Line:
    """One field: in Entra, and in each candidate, with whether it is the same."""

    label: str
    entra: str
    is_key: bool
    """Whether the field found the candidates."""
    held: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it."""

    candidates: Sequence[Candidate]
    lines: Sequence[Line]
    hidden: int
    """How many candidates belong to organisations that the agent does not see."""


def beside(
    connection: TenantConnection,
    kind: Kind,
    remote: Remote,
    found: tuple[RuleSet, Match],
    rights: Rights,
) -> Beside:
    """Return the candidates of a match beside the person."""
    rules, match = found
    wanted = desired(remote, rules.fields(kind), kind=kind).values
    ids = match.candidates
    locals_ = records.by_ids(connection, kind, ids)
    rows = visible(
        records.MODELS[kind]._default_manager.filter(pk__in=ids), rights
    ).select_related("source", *(("site__organisation",) if kind == "users" else ()))
    candidates = [
        _candidate(row, locals_[row.pk])
        for row in rows.order_by("pk")
        if row.pk in locals_
    ]
    custom = dict(CustomField.objects.values_list("name", "label"))
    names = [rule.target for rule in rules.fields(kind)]
    return Beside(
        candidates,
        [
            _line(
                name,
                labels.target(name, kind, custom),
                wanted.get(name),
                candidates,
                is_key=name == match.by,
            )
            for name in names
            if name != catalogue.MANAGER
        ],
        hidden=len(ids) - len(candidates),
    )


def _candidate(record: Any, local: Local) -> Candidate:
    return Candidate(record, local, _owner(record, local), deciding.objection(local))


def _owner(record: Any, local: Local) -> str:
    """Return whose record it is: by hand, or a person's of a tenant."""
    if local.object_id is None:
        return "Made by hand: linked to nobody in Entra"
    source = f"{record.source}" if record.source else f"tenant {local.tenant_id}"
    state = ", deleted in Entra" if local.identity_is_gone else ""
    return f"Linked to {local.object_id} of {source}{state}"


def _line(
    name: str,
    label: str,
    wanted: Json,
    candidates: Sequence[Candidate],
    *,
    is_key: bool,
) -> Line:
    return Line(
        label,
        showing.shown(wanted),
        is_key,
        list(_held(name, wanted, candidates)),
    )


def _held(
    name: str, wanted: Json, candidates: Sequence[Candidate]
) -> Iterator[tuple[str, bool]]:
    asked = keys.key(catalogue.as_text(wanted))
    for one in candidates:
        held = one.local.values.get(name)
        text = keys.key(catalogue.as_text(held))
        yield showing.shown(held), bool(asked) and asked == text


ADVICE = {
    Reason.SEVERAL_CANDIDATES: "What is the same as in Entra is marked below.",
    Reason.CLAIMED_TWICE: "Another person of the tenant fits the same record: link it "
    "to one of the two, and decide about the other as well.",
    Reason.RECREATED: "If it is the same person under a new account, take the record "
    "over: its history stays with it.",
    Reason.OTHER_IDENTITY: "If it is the same person, whose record another tenant "
    "brings, leave them out here; else give them a record of their own.",
    Reason.OTHER_ORGANISATION: "If it is the same person, link the record although "
    "its organisation is not one of this connection's.",
    Reason.UNVERIFIED_DOMAIN: "Whoever sets an address in a tenant could claim to be "
    "anybody: link the record only if you know that it is theirs.",
    Reason.PROTECTED_AGENT: "The record has power over this product: link it only if "
    "you are certain who this is.",
    Reason.NOT_OWN_TENANT: "The tenant is not your own: an agent of yours is linked "
    "only by a decision.",
}
"""What to consider, by the reason why somebody needs review."""


def advice(reason: Reason | None) -> str:
    """Return what to consider before deciding."""
    return ADVICE.get(reason, "") if reason else ""
