"""One change for many users: the ticked ones, or all that the filter matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import needs
from common.rights import Permission
from directory.lists import LISTS
from directory.models import EndUser, UserRole
from directory.pickers import SiteField, pickable
from directory.rights import visible
from directory.writes import change_users

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

CHANGES = [
    ("activate", "Activate"),
    ("deactivate", "Deactivate"),
    ("site", "Move to a site"),
    ("role", "Give a role"),
    ("keep", "Keep active (no run deactivates them)"),
    ("unkeep", "No longer keep active"),
]
CONSEQUENCES = {
    "activate": "They can sign in again. The next import may deactivate them anew.",
    "deactivate": "They are signed out at once and cannot sign in.",
    "site": "The site counts as set by hand: imports no longer move them.",
    "role": "The role counts as set by hand: imports no longer change it.",
    "keep": "No run deactivates them, whatever becomes of them in Entra.",
    "unkeep": "Runs may deactivate them again when they leave.",
}


class BulkForm(forms.Form):
    """What to do with them."""

    change = forms.ChoiceField(choices=CHANGES)
    site = SiteField(required=False)
    role = forms.ModelChoiceField(queryset=UserRole.objects.all(), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the site or role that the change needs."""
        cleaned = super().clean() or {}
        change = cleaned.get("change")
        lacks = change in ("site", "role") and not cleaned.get(change)
        if lacks and change not in self.errors:
            self.add_error(change, f"Choose the {change}.")
        return cleaned

    def columns(self) -> dict[str, Any]:
        """Return what the change sets."""
        data = self.cleaned_data
        by_change: dict[str, dict[str, Any]] = {
            "activate": {"is_active": True},
            "deactivate": {"is_active": False},
            "site": {"site": data["site"]},
            "role": {"user_role": data["role"]},
            "keep": {"keep_active": True},
            "unkeep": {"keep_active": False},
        }
        return by_change[data["change"]]


@require_POST
@needs(Permission.VIEW, Permission.IMPORT)
def users(request: AgentRequest) -> HttpResponse:
    """Ask what to do with the chosen users and say what it means, then do it."""
    chosen = _chosen(request)
    back = f"{reverse('directory:users')}?{request.POST.get('query', '')}"
    if not chosen.exists():
        messages.warning(request, "Nobody was ticked.")
        return redirect(back)
    form = BulkForm(request.POST if "change" in request.POST else None)
    form.fields["site"].sites = pickable(request.rights)  # type: ignore[attr-defined]
    if form.is_bound and form.is_valid() and "sure" in request.POST:
        count = change_users(chosen, form.columns())
        messages.success(request, f"{count} user(s) changed.")
        return redirect(back)
    change = form.data.get("change", "") if form.is_bound else ""
    context = {
        "form": form,
        "count": chosen.count(),
        "ids": request.POST.getlist("id"),
        "all": request.POST.get("all", ""),
        "query": request.POST.get("query", ""),
        "consequence": CONSEQUENCES.get(change, "") if form.is_bound else "",
        "is_ready": form.is_bound and form.is_valid(),
        "back": back,
    }
    return render(request, "directory/bulk.html", context)


def _chosen(request: AgentRequest) -> QuerySet[EndUser]:
    rows = visible(EndUser.objects.all(), request.rights)
    if request.POST.get("all"):
        spec = LISTS["users"]
        found: QuerySet[EndUser] = spec.filters(
            QueryDict(request.POST.get("query", "")), rows
        ).qs
        return found
    ids = [int(one) for one in request.POST.getlist("id") if one.isdecimal()]
    return rows.filter(pk__in=ids)
