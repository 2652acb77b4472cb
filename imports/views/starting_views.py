"""Starting runs by hand, pausing and resuming the Integrator, resetting deltas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from common import keys
from common.errors import AppError, InvalidInput
from common.rights import Permission
from imports import (
    doorbell,
    integrator,
    integrator_settings,
    pausing,
    resets,
    runs,
    seeing,
)
from imports.forms import ReasonForm, ResetForm
from imports.views.tab_views import TAB, found
from imports.views.whole import see_whole
from imports.words import RunKind, Thing, Trigger, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from connections.models import TenantConnection


@require_POST
@needs(Permission.PREVIEW)
def preview(request: AgentRequest, pk: int, kind: str) -> HttpResponse:
    """*Import Users* or *Import Agents*: read the tenant and plan; write nothing."""
    order = runs.Order(
        RunKind.PREVIEW,
        trigger=Trigger.MANUAL,
        kinds=[Kind(kind)],
        started_by=request.user,
    )
    return _start(request, found(pk), order)


@require_POST
@needs(Permission.IMPORT)
def licences(request: AgentRequest, pk: int) -> HttpResponse:
    """*Import Licences*: read what the tenant has bought; the run tells what it did."""
    see_whole(request)
    order = runs.Order(
        RunKind.IMPORT,
        trigger=Trigger.MANUAL,
        kinds=[Thing.LICENCES],
        started_by=request.user,
    )
    return _start(request, found(pk), order)


@require_POST
@needs(Permission.IMPORT)
def sync(request: AgentRequest, pk: int) -> HttpResponse:
    """Do now what the Integrator would do next."""
    see_whole(request)
    connection = found(pk)
    row = integrator_settings.schedule(connection)
    try:
        order = integrator.order(row, Walk.DELTA if row.delta else Walk.FULL)
    except InvalidInput as exc:
        messages.error(request, str(exc))
        return redirect(TAB, pk)
    order = replace(order, trigger=Trigger.MANUAL, started_by=request.user)
    return _start(request, connection, order)


@require_POST
@needs(Permission.IMPORT)
def import_person(request: AgentRequest, pk: int, object_id: UUID) -> HttpResponse:
    """Read one person anew and bring their records in step: *Import this person now*.

    Needs no sight of the whole, only of the person.
    """
    connection = found(pk)
    seeing.require_visible(connection, object_id, request.rights)
    order = runs.Order(
        RunKind.IMPORT,
        trigger=Trigger.MANUAL,
        only=str(object_id),
        started_by=request.user,
    )
    return _start(request, connection, order)


def _start(
    request: AgentRequest, connection: TenantConnection, order: runs.Order
) -> HttpResponse:
    try:
        run = runs.queue(connection, order)
    except InvalidInput as exc:
        messages.error(request, str(exc))
        return redirect(TAB, connection.pk)
    doorbell.ring(run)
    return redirect("imports:run", run.pk)


@require_POST
@needs(Permission.CONFIGURE)
def pause(request: AgentRequest, pk: int) -> HttpResponse:
    """Let nothing start by schedule until somebody resumes it."""
    connection, form = found(pk), ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why the Integrator is to pause.")
        return redirect(TAB, pk)
    reason = form.cleaned_data["reason"][: keys.MAX_LENGTH]
    with transaction.atomic():
        pausing.pause(connection.pk, reason)
    messages.success(request, "The Integrator of this connection is paused.")
    return redirect(TAB, pk)


@require_POST
@needs(Permission.CONFIGURE)
def resume(request: AgentRequest, pk: int) -> HttpResponse:
    """Let the Integrator go on."""
    connection = found(pk)
    pausing.resume(connection.pk)
    messages.success(request, "The Integrator of this connection goes on.")
    return redirect(TAB, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
def reset_deltas(request: AgentRequest, pk: int) -> HttpResponse:
    """*Reset Deltas*: clear the delta, or get its latest version (R143)."""
    connection = found(pk)
    form = ResetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reset = resets.clear
        told = "The delta is cleared. Next sync: full."
        if form.cleaned_data["mode"] == "latest":
            reset = resets.to_latest
            told = "The latest delta is set. Changes made before now are skipped."
        try:
            reset(connection)
        except AppError as exc:
            form.add_error(None, str(exc))
        else:
            messages.success(request, told)
            return redirect(TAB, pk)
    context = {"connection": connection, "form": form}
    status = 400 if form.errors else 200
    return render(request, "imports/reset_deltas.html", context, status=status)
