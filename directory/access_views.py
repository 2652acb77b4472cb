"""Roles and board seats given and taken by hand on an agent's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from common.errors import AppError
from common.rights import Permission
from directory import indispensable
from directory.models import (
    Agent,
    AgentRole,
    AgentRoleGrant,
    BoardSeat,
    ChangeAdvisoryBoard,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not at run time
    """Agent roles, each with what it permits."""

    def label_from_instance(self, obj: AgentRole) -> str:
        """Return the role's name and its permissions."""
        return f"{obj} ({', '.join(obj.permissions)})"


class GiveForm(forms.Form):
    """Roles and boards that an agent does not have yet."""

    roles = RolesField(
        queryset=AgentRole.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    boards = forms.ModelMultipleChoiceField(
        queryset=ChangeAdvisoryBoard.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, agent: Agent, data: Any = None) -> None:
        """Offer what the agent lacks."""
        super().__init__(data)
        lacking = {
            "roles": AgentRole.objects.exclude(grants__agent=agent),
            "boards": ChangeAdvisoryBoard.objects.exclude(seats__agent=agent),
        }
        for name, rows in lacking.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError("Tick a role or a board first.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ADMINISTER)
def give(request: AgentRequest, pk: int) -> HttpResponse:
    """Give an agent a role or a seat; it stays until a person takes it back."""
    agent = get_object_or_404(Agent, pk=pk)
    form = GiveForm(agent, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            for role in form.cleaned_data["roles"]:
                AgentRoleGrant.objects.get_or_create(agent=agent, role=role)
            for board in form.cleaned_data["boards"]:
                BoardSeat.objects.get_or_create(agent=agent, board=board)
            _touch(agent)
        messages.success(request, "Given by hand: no import takes it back.")
        return redirect("directory:agent", pk)
    context = {"record": agent, "form": form}
    status = 400 if form.errors else 200
    return render(request, "directory/agent_give.html", context, status=status)


@require_POST
@needs(Permission.ADMINISTER)
def take_role(request: AgentRequest, pk: int, grant: int) -> HttpResponse:
    """Take a role from an agent, unless nobody could administer then."""
    row = get_object_or_404(AgentRoleGrant, pk=grant, agent=pk)
    try:
        with indispensable.kept():
            row.delete()
            _touch(row.agent)
    except AppError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, f"The role {row.role} is taken back.")
    return redirect("directory:agent", pk)


@require_POST
@needs(Permission.ADMINISTER)
def take_seat(request: AgentRequest, pk: int, seat: int) -> HttpResponse:
    """Take an agent's seat on a board."""
    row = get_object_or_404(BoardSeat, pk=seat, agent=pk)
    with transaction.atomic():
        row.delete()
        _touch(row.agent)
    messages.success(request, f"The seat on {row.board} is taken back.")
    return redirect("directory:agent", pk)


def _touch(agent: Agent) -> None:
    """Make plans stale that were made on what the agent had."""
    Agent.objects.filter(pk=agent.pk).update(revision=F("revision") + 1)
