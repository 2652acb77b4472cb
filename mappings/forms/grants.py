"""A group that gives agents a role, or a seat on a board (R110-R118)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django import forms

from directory.models import AgentRole, ChangeAdvisoryBoard
from mappings.forms import places
from mappings.forms.groups import GroupForm, Held
from mappings.forms.versioned import select
from mappings.models import AgentRoleMapping, BoardMapping
from mappings.rights import beyond
from mappings.risk import Gives

if TYPE_CHECKING:
    from uuid import UUID

    from common.rights import Rights
    from connections.models import TenantConnection
    from mappings.tenant import Settled

Grant: TypeAlias = AgentRoleMapping | BoardMapping


class GrantForm(GroupForm):
    """The group, and what its agents get; `column` says which."""

    is_group_required = True
    column = ""
    model: type[Grant]
    targets: type[AgentRole | ChangeAdvisoryBoard]

    nested = forms.BooleanField(
        label="Members of groups inside the group get it too",
        required=False,
        help_text="Off by default: whoever may change an inner group would give it.",
    )

    def __init__(
        self,
        *args: Any,
        connection: TenantConnection,
        rights: Rights,
        row: Grant | None = None,
    ) -> None:
        """Show a mapping, or a new one."""
        self.rights, self.row = rights, row
        held = Held(row.group_id, row.group_name) if row else Held()
        initial: dict[str, Any] = {}
        if row is not None:
            target = getattr(row, f"{self.column}_id")
            initial = {"nested": row.nested, self.column: target}
        super().__init__(*args, connection=connection, held=held, initial=initial)
        rows = self.targets._default_manager.values_list("pk", "name")
        widget = cast("forms.Select", self.fields[self.column].widget)
        widget.choices = [("", "Choose…"), *((str(pk), name) for pk, name in rows)]

    @property
    def target(self) -> AgentRole | ChangeAdvisoryBoard:
        """Return what the group gives; only once the form is valid."""
        found: AgentRole | ChangeAdvisoryBoard = self.cleaned_data[self.column]
        return found

    @property
    def gives(self) -> Gives:
        """Return what members of the group would be given."""
        is_administrator = (
            isinstance(self.target, AgentRole) and self.target.is_administrator
        )
        return Gives.ADMINISTRATOR if is_administrator else Gives.AGENT

    def clean(self) -> dict[str, Any]:
        """Hold what concerns giving access."""
        cleaned = super().clean() or {}
        self.needs_administrator(self.rights)
        rows = self.targets._default_manager.all()
        found = places.chosen(rows, cleaned.get(self.column))
        cleaned[self.column] = found
        if found is None:
            self.add_error(self.column, "Choose one.")
        elif isinstance(found, AgentRole) and (wrong := beyond(self.rights, found)):
            self.add_error(self.column, wrong)
        if not self.wanted():
            self.add_error("group", "Choose a group, or type its exact name.")
        return cleaned

    def refuse_twin(self, settled: Settled) -> bool:
        """Return whether the same pair is there already, saying so (R114)."""
        rows = self.model._default_manager.filter(
            connection=self.connection, **{self.column: self.target}
        )
        same = [one for one in rows if one != self.row and _is_same(one, settled)]
        if same:
            self.add_error(
                "group", f"{settled.name} is mapped to {self.target} already."
            )
        return bool(same)

    def columns(self, settled: Settled) -> dict[str, Any]:
        """Return the mapping as it is stored."""
        return {
            "group_id": settled.group_id,
            "group_name": settled.name,
            "nested": self.cleaned_data["nested"],
            self.column: self.target,
        }


class RoleForm(GrantForm):
    """The members of a group hold an agent role."""

    column, model, targets = "role", AgentRoleMapping, AgentRole
    role = select("Agent role")


class BoardForm(GrantForm):
    """The agents of a group sit on a change advisory board."""

    column, model, targets = "board", BoardMapping, ChangeAdvisoryBoard
    board = select("Change Advisory Board (CAB)")


def _is_same(row: Grant, settled: Settled) -> bool:
    if settled.group_id is None or row.group_id is None:
        return row.group_id is None and row.group_name == settled.name
    found: UUID = row.group_id
    return found == settled.group_id
