"""The records of the desk itself: organisations, sites, roles, boards, fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, ProtectedError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs, require
from common.errors import AppError
from common.rights import Permission
from directory import forms, indispensable
from directory.lists import LISTS
from directory.models import (
    AgentRole,
    ChangeAdvisoryBoard,
    CustomField,
    Organisation,
    Site,
    Software,
    Team,
    UserRole,
)
from directory.rights import visible
from directory.writes import save_named

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@dataclass(frozen=True, slots=True)
class NamedSpec:
    """One kind of record: its list's name, its form, and who may change it."""

    list: str
    model: type[Model]
    form: type[forms.NamedForm]
    may_change: Permission = Permission.CONFIGURE
    changes_rules: bool = True


NAMED = {
    "organisation": NamedSpec("organisations", Organisation, forms.OrganisationForm),
    "site": NamedSpec("sites", Site, forms.SiteForm),
    "user-role": NamedSpec("user-roles", UserRole, forms.UserRoleForm),
    "agent-role": NamedSpec(
        "agent-roles", AgentRole, forms.AgentRoleForm, Permission.ADMINISTER
    ),
    "team": NamedSpec("teams", Team, forms.TeamForm, changes_rules=False),
    "board": NamedSpec(
        "boards", ChangeAdvisoryBoard, forms.BoardForm, Permission.ADMINISTER
    ),
    "custom-field": NamedSpec("custom-fields", CustomField, forms.CustomFieldForm),
    "software-product": NamedSpec(
        "software", Software, forms.SoftwareForm, changes_rules=False
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.VIEW)
def named(request: AgentRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Show one record, or the form of a new one; on POST save it."""
    spec = NAMED[kind]
    rows = visible(spec.model._default_manager.all(), request.rights)
    row = None if pk is None else get_object_or_404(rows, pk=pk)
    may_change = request.rights.may(spec.may_change) and (
        pk is not None or request.rights.sees_everything or kind != "organisation"
    )
    if request.method == "POST" or pk is None:
        require(request.rights, spec.may_change)
    form = spec.form(request.POST or None, instance=row)
    _limit(form, request)
    if request.method == "POST" and form.is_valid() and _is_saved(form, spec):
        messages.success(request, f"{form.instance} is saved.")
        return redirect(f"directory:{spec.list}")
    context = {
        "spec": LISTS[spec.list],
        "list_name": f"directory:{spec.list}",
        "kind": kind,
        "record": row,
        "form": form,
        "may_change": may_change,
    }
    status = 400 if form.errors else 200
    return render(request, "directory/named.html", context, status=status)


def _is_saved(form: forms.NamedForm, spec: NamedSpec) -> bool:
    """Save the record, unless that locks out whoever must not be; the form says so."""
    try:
        with indispensable.kept():
            saved = form.save(commit=False)
            save_named(saved, changes_rules=spec.changes_rules)
            form.save_m2m()
    except AppError as exc:
        form.add_error(None, str(exc))
        return False
    return True


@require_POST
@needs(Permission.VIEW)
def remove(request: AgentRequest, kind: str, pk: int) -> HttpResponse:
    """Delete a record that nothing refers to; else say that something does."""
    spec = NAMED[kind]
    require(request.rights, spec.may_change)
    rows = visible(spec.model._default_manager.all(), request.rights)
    row = get_object_or_404(rows, pk=pk)
    if isinstance(row, Organisation) and (limited := _limited_to(row)):
        messages.error(
            request,
            f"{limited} is limited to {row}, and would be for every organisation "
            "without it. Change that agent role first.",
        )
        return redirect(f"directory:{kind}", pk)
    try:
        row.delete()
    except ProtectedError as exc:
        count = len(exc.protected_objects)
        messages.error(
            request,
            f"{row} is in use ({count} record(s) refer to it). Make it inactive, or "
            "change those first.",
        )
        return redirect(f"directory:{kind}", pk)
    messages.success(request, f"{row} is deleted.")
    return redirect(f"directory:{spec.list}")


def _limited_to(organisation: Organisation) -> AgentRole | None:
    """Return an agent role whose only limit the organisation is."""
    roles = AgentRole.objects.annotate(count=Count("organisations"))
    return roles.filter(
        count=1,
        pk__in=AgentRole.objects.filter(organisations=organisation).values("pk"),
    ).first()


def _limit(form: Any, request: AgentRequest) -> None:
    """Offer only organisations that the agent may see."""
    for name in ("organisation", "organisations"):
        if name in form.fields:
            offered = form.fields[name].queryset
            form.fields[name].queryset = visible(offered, request.rights)
