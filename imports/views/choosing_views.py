"""Choosing the rows of a preview: ticks, and leaving people out for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from common.errors import InvalidInput
from common.rights import Permission
from imports import row_filter, showing, ticking
from imports.engine.types import Reason
from imports.forms import ReasonForm
from imports.models import RunItem
from imports.views import asked
from imports.views.run_views import found
from imports.views.whole import see_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from imports.models import Run

NAMED = 50
"""How many people a question names."""


@require_POST
@needs(Permission.IMPORT)
def ticks(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep the ticks of a page, or tick or untick all that match the filter."""
    see_whole(request)
    run = found(pk)
    wanted = asked.filter_of(request.POST)
    try:
        told = _changed(run, request, request.POST.get("all", ""))
    except InvalidInput as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, told)
    here = {"at": request.POST.get("at", "")[: asked.LONGEST * 4]}
    return redirect(f"{asked.address(run, wanted, **here)}#rows")


def _changed(run: Run, request: AgentRequest, what: str) -> str:
    if what in {"tick", "untick"}:
        wanted = asked.filter_of(request.POST)
        rows = row_filter.matching(run, wanted, request.rights)
        number = ticking.tick(run, rows, ticked=what == "tick")
        return f"{number} {_rows(number)} {what}ed."
    shown = _keys(request.POST.getlist("shown"))
    kept = _keys(request.POST.getlist("tick"))
    on = ticking.tick(run, _these(run, shown & kept), ticked=True)
    off = ticking.tick(run, _these(run, shown - kept), ticked=False)
    told = [f"{on} {_rows(on)} ticked."] if on else []
    if off:
        told.append(
            f"{off} {_rows(off)} unticked: out of this import only, the Integrator "
            "brings what they hold."
        )
    return " ".join(told) or "Nothing has changed."


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.IMPORT)
def leave_out(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask why one person, or all who are unticked, stay out for good; then do it."""
    see_whole(request)
    run = found(pk)
    item = request.GET.get("item", "")
    rows = _these(run, _keys([item])) if item else run.items.filter(is_ticked=False)
    rows = rows.exclude(action__in=ticking.FIXED)
    rows = rows.exclude(reason=Reason.LEFT_OUT)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            number = ticking.leave_out(run, rows, reason=reason, by=request.user)
        except InvalidInput as exc:
            messages.error(request, str(exc))
        else:
            messages.success(
                request, f"{number} {_rows(number)} left out for good: {reason}"
            )
        return redirect("imports:run", pk)
    context = {
        "run": run,
        "form": form,
        "rows": list(rows.order_by("id")[:NAMED]),
        "number": rows.order_by().count(),
        "kinds": showing.KIND_WORDS,
    }
    status = 400 if form.errors else 200
    return render(request, "imports/leave_out.html", context, status=status)


def _these(run: Run, keys: Iterable[int]) -> QuerySet[RunItem]:
    return RunItem.objects.filter(run=run, pk__in=list(keys))


def _keys(texts: Iterable[str]) -> set[int]:
    """Return the keys that a form sent; nonsense is left away."""
    return {int(text) for text in list(texts)[:1000] if text.isdecimal()}


def _rows(number: int) -> str:
    return "row" if number == 1 else "rows"
