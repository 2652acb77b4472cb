"""What is to become of a stored plan: import it, approve it, reject it, undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from accounts.recent import needs_recent_sign_in
from common.errors import InvalidInput
from common.rights import Permission
from imports import doorbell, foresights, plans, runs, undo
from imports.forms import RejectForm
from imports.views.run_views import found
from imports.views.whole import see_whole
from imports.words import Trigger

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@require_POST
@needs(Permission.IMPORT)
def apply(request: AgentRequest, pk: int) -> HttpResponse:
    """Import a preview as it stands: what was seen is what happens."""
    see_whole(request)
    run = found(pk)
    try:
        plans.apply_later(run, by=request.user)
    except InvalidInput as exc:
        messages.error(request, str(exc))
    else:
        doorbell.ring(run)
    return redirect("imports:run", pk)


@require_POST
@needs(Permission.APPROVE)
@needs_recent_sign_in
def approve(request: AgentRequest, pk: int) -> HttpResponse:
    """Apply a plan that waits, losses and all."""
    see_whole(request)
    run = found(pk)
    try:
        plans.approve_later(run, by=request.user)
    except InvalidInput as exc:
        messages.error(request, str(exc))
    else:
        doorbell.ring(run)
    return redirect("imports:run", pk)


@require_POST
@needs(Permission.APPROVE)
def reject(request: AgentRequest, pk: int) -> HttpResponse:
    """End a plan that waits, this time or with its people kept as they are."""
    see_whole(request)
    run, form = found(pk), RejectForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose how long the rejection holds.")
        return redirect("imports:run", pk)
    keep = form.cleaned_data["how"] == "keep"
    try:
        runs.reject(run, keep=keep, by=request.user)
    except InvalidInput as exc:
        messages.error(request, str(exc))
    else:
        kept = " Its people stay as they are." if keep else ""
        messages.success(request, f"The plan was rejected.{kept}")
    return redirect("imports:run", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.APPROVE)
@needs_recent_sign_in
def take_back(request: AgentRequest, pk: int) -> HttpResponse:
    """Say what undoing a run would do; once confirmed, queue it."""
    see_whole(request)
    run = found(pk)
    try:
        if request.method == "POST":
            queued = undo.queue(run, Trigger.MANUAL, started_by=request.user)
            doorbell.ring(queued)
            return redirect("imports:run", queued.pk)
        told = foresights.told(run, request.user)
    except InvalidInput as exc:
        messages.error(request, str(exc))
        return redirect("imports:run", pk)
    context = {"run": run, "is_known": told is not None, **(told or {})}
    return render(request, "imports/undo.html", context)
