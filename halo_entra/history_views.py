"""/history/: who changed which part of the configuration, and taking a change back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from auditlog.models import LogEntry
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs
from common import keys, paging
from common.errors import AppError
from common.pages import page_or_fragment
from common.paging import Column
from common.rights import Permission
from halo_entra import history

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

COLUMNS = (
    Column("when", "When", order="pk"),
    Column("who", "Who"),
    Column("what", "What"),
    Column("changes", "Changes"),
    Column("actions", ""),
)
APPS = ("connections", "mappings", "imports", "sso", "directory", "accounts")
OF_SOME = ("organisation", "site", "decision")
"""Kinds of records that not everybody who may configure may see all of."""
ACTIONS = {0: "create", 1: "update", 2: "delete", 3: "access"}


class HistoryFilters(django_filters.FilterSet):
    """By a word of the record's name or who, and by the kind of record."""

    q = django_filters.CharFilter(label="Search", method="search")
    kind = django_filters.ModelChoiceFilter(
        field_name="content_type",
        label="Kind",
        queryset=lambda _request: ContentType.objects.filter(
            app_label__in=APPS
        ).order_by("model"),
        empty_label="Every kind",
    )

    def search(
        self, rows: QuerySet[LogEntry], _name: str, text: str
    ) -> QuerySet[LogEntry]:
        """Return the entries whose record or author holds the text."""
        word = keys.tidy(text)
        return rows.filter(
            Q(object_repr__icontains=word) | Q(actor_email__icontains=word)
        )


@require_safe
@needs(Permission.VIEW, Permission.CONFIGURE)
def entries(request: AgentRequest) -> HttpResponse:
    """List the changes, the latest first."""
    rows = LogEntry.objects.select_related("actor", "content_type")
    if not request.rights.sees_everything:
        rows = rows.exclude(content_type__model__in=OF_SOME)
    found = HistoryFilters(request.GET, rows)
    listing: Any = paging.listing(found.qs, COLUMNS, request.GET, sort="-when")
    context = {
        "filter": found,
        "listing": listing,
        "entries": [
            (entry, ACTIONS[entry.action], changes, history.may_take_back(entry))
            for entry, changes in history.told(listing.page.rows)
        ],
        "is_filtered": any(request.GET.get(key) for key in ("q", "kind")),
        "may_take_back": request.rights.may(Permission.ADMINISTER),
    }
    return page_or_fragment(
        request, "halo_entra/history.html", "halo_entra/_history.html", context
    )


@require_safe
@needs(Permission.CONFIGURE, Permission.ADMINISTER)
def ask(request: AgentRequest, pk: int) -> HttpResponse:
    """Show one change and what taking it back would set."""
    entry = get_object_or_404(
        LogEntry.objects.select_related("actor", "content_type"), pk=pk
    )
    [(_, changes)] = history.told([entry])
    context = {"entry": entry, "changes": changes, "may": history.may_take_back(entry)}
    return render(request, "halo_entra/history_take_back.html", context)


@require_POST
@needs(Permission.CONFIGURE, Permission.ADMINISTER)
def take_back(request: AgentRequest, pk: int) -> HttpResponse:
    """Take the change back; the history keeps both."""
    entry = get_object_or_404(LogEntry, pk=pk)
    try:
        history.take_back(entry)
    except AppError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, f"The change of {entry.object_repr} is taken back.")
    return redirect("history")
