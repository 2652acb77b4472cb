"""One user, one agent: what is known, where it comes from, and changes by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.doors import needs
from common.rights import Permission
from directory.forms import AgentForm, UserForm
from directory.models import Agent, CustomField, EndUser
from directory.pickers import pickable, suggested
from directory.rights import visible
from directory.writes import follow_again, save_person

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@require_safe
@needs(Permission.VIEW)
def user(request: AgentRequest, pk: int) -> HttpResponse:
    """Show a user with role, manager, devices, software, and the source of each."""
    row = get_object_or_404(_users(request), pk=pk)
    fields = CustomField.objects.all()
    context = {
        "record": row,
        "custom_values": [
            (one.label, row.custom_values[one.name])
            for one in fields
            if one.name in row.custom_values
        ],
        "software": row.software.select_related(
            "software", "licence", "assigned_by"
        ).order_by("software__name_key", "pk"),
        "assets": row.assets.all(),
        "reports": row.reports.all()[:20],
        "agent": Agent.objects.filter(user=row).first(),
        "may_change": request.rights.may(Permission.IMPORT),
    }
    return render(request, "directory/user.html", context)


@require_safe
@needs(Permission.VIEW)
def agent(request: AgentRequest, pk: int) -> HttpResponse:
    """Show an agent with roles, seats and team, and who gave each."""
    rows = Agent.objects.select_related("default_team", "source", "user", "account")
    row = get_object_or_404(rows, pk=pk)
    context = {
        "record": row,
        "grants": row.role_grants.select_related("role", "granted_by"),
        "seats": row.board_seats.select_related("board", "granted_by"),
        "may_change": request.rights.may(Permission.ADMINISTER),
    }
    return render(request, "directory/agent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.VIEW, Permission.IMPORT)
def edit_user(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """Change a user by hand, or make one."""
    row = get_object_or_404(_users(request), pk=pk) if pk else None
    form = UserForm(request.POST or None, instance=row)
    form.fields["site"].sites = pickable(request.rights)  # type: ignore[attr-defined]
    if row is not None:
        form.initial["site"] = row.site
    return _edit(request, form, "user")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.VIEW, Permission.ADMINISTER)
def edit_agent(request: AgentRequest, pk: int) -> HttpResponse:
    """Change an agent by hand."""
    row = get_object_or_404(Agent, pk=pk)
    return _edit(request, AgentForm(request.POST or None, instance=row), "agent")


@require_POST
@needs(Permission.VIEW, Permission.IMPORT)
def follow(request: AgentRequest, pk: int) -> HttpResponse:
    """Let Entra decide again over what was set by hand."""
    row = get_object_or_404(_users(request), pk=pk)
    if row.source is None:
        messages.error(request, "This user does not come from a tenant.")
    else:
        follow_again(row)
        messages.success(
            request, f"Site, role and manager follow {row.source} from its next import."
        )
    return redirect("directory:user", pk)


@require_safe
@needs(Permission.VIEW)
def pick_sites(request: AgentRequest) -> HttpResponse:
    """Return suggestions for a site that is being typed, as options."""
    text = request.GET.get("site", "")
    sites = suggested(pickable(request.rights), text) if text else ()
    return render(request, "directory/_site_options.html", {"sites": sites})


def _users(request: AgentRequest) -> Any:
    rows = EndUser.objects.select_related(
        *("site__organisation", "user_role", "manager", "source", "account"),
        *("site_set_by", "user_role_set_by", "manager_set_by", "deactivated_by"),
    )
    return visible(rows, request.rights)


def _edit(request: AgentRequest, form: Any, kind: str) -> HttpResponse:
    is_new = form.instance.pk is None
    if request.method == "POST" and form.is_valid():
        person = form.save(commit=False)
        save_person(person, form.changed_data)
        messages.success(request, f"{person} is saved.")
        return redirect(f"directory:{kind}", person.pk)
    context = {"form": form, "record": None if is_new else form.instance, "kind": kind}
    status = 400 if form.errors else 200
    return render(request, "directory/person_form.html", context, status=status)
