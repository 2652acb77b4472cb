"""Roles and board seats given and taken by hand on an agent's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from common.rights import Permission
from directory.models import (
    Agent,
    AgentRole,
    AgentRoleGrant,
    BoardSeat,
    ChangeAdvisoryBoard,
)
from directory.rights import administrators

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ADMINISTER)
def give(request: AgentRequest, pk: int) -> HttpResponse:
    """Give an agent a role or a seat; it stays until a person takes it back."""
    agent = get_object_or_404(Agent, pk=pk)
    if request.method == "POST":
        roles = AgentRole.objects.filter(pk__in=request.POST.getlist("role"))
        boards = ChangeAdvisoryBoard.objects.filter(
            pk__in=request.POST.getlist("board")
        )
        with transaction.atomic():
            for role in roles:
                AgentRoleGrant.objects.get_or_create(agent=agent, role=role)
            for board in boards:
                BoardSeat.objects.get_or_create(agent=agent, board=board)
            _touch(agent)
        messages.success(request, "Given by hand: no import takes it back.")
        return redirect("directory:agent", pk)
    context = {
        "record": agent,
        "roles": AgentRole.objects.exclude(grants__agent=agent),
        "boards": ChangeAdvisoryBoard.objects.exclude(seats__agent=agent),
    }
    return render(request, "directory/agent_give.html", context)


@require_POST
@needs(Permission.ADMINISTER)
def take_role(request: AgentRequest, pk: int, grant: int) -> HttpResponse:
    """Take a role from an agent, unless nobody could administer then."""
    row = get_object_or_404(AgentRoleGrant, pk=grant, agent=pk)
    with transaction.atomic():
        row.delete()
        _touch(row.agent)
        if not administrators().exists():
            transaction.set_rollback(True)
            messages.error(
                request,
                "This is the last active administrator. Give somebody else the role "
                "first.",
            )
            return redirect("directory:agent", pk)
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
