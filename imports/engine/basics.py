"""What user and agent records have in common: name and fields, identity, standing."""

from __future__ import annotations

from dataclasses import dataclass

from directory.states import EntraState
from imports.engine import plan, values
from imports.engine.plan import Subject
from imports.engine.standing import policy_for, standing
from imports.engine.types import Change, Local, Reason
from imports.engine.values import Desired
from mappings import catalogue
from mappings.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Basis:
    """How the person of a record stands (None: not decided), and whether a mapping
    selects them (None: one that cannot be judged might)."""

    state: EntraState | None
    is_wanted: bool | None

    @property
    def follows(self) -> bool:
        """Whether the record's fields follow Entra."""
        return self.is_wanted is not False and self.state is not EntraState.DELETED


def of_new(subject: Subject, desired: Desired, rules: RuleSet) -> dict[str, Change]:
    """Return what every new record begins with."""
    remote = subject.remote
    fields = rules.fields(subject.kind)
    changes = values.changed({}, desired, fields, is_new=True)
    if values.NAME not in changes:
        upn = catalogue.value("userPrincipalName", remote.properties)
        name = upn if isinstance(upn, str) and upn else str(remote.object_id)
        changes[values.NAME] = (None, name)
    changes["is_active"] = (None, True)
    changes["entra_state"] = (None, EntraState.PRESENT.value)
    return changes | plan.identity(subject)


def of_existing(
    subject: Subject, local: Local, basis: Basis, rules: RuleSet, desired: Desired
) -> tuple[dict[str, Change], Reason | None]:
    """Return what a record that exists must change, and why.

    A record without a source, or of another identity, becomes this connection's once
    a mapping selects its person; until then no policy touches it.
    """
    changes: dict[str, Change] = {}
    if basis.follows:
        fields = rules.fields(subject.kind)
        changes = values.changed(local.values, desired, fields, is_new=False)
    if basis.state is None:
        return changes, Reason.MAPPING_IN_ERROR
    is_ours = subject.is_known and local.is_ours
    if not is_ours and not basis.follows:
        return changes, None
    if not is_ours:
        changes |= plan.identity(subject)
    policy = policy_for(basis.state, rules.leavers, subject.kind)
    stands = standing(local, basis.state, policy)
    return {**changes, **stands.changes}, stands.reason
