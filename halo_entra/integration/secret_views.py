"""A tenant's secrets, the test of its connection, and its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from accounts.recent import needs_recent_sign_in
from common.errors import AppError
from common.rights import Permission
from connections import credentials
from connections.access import open_client
from connections.models import Credential, TenantConnection
from connections.probe import probe
from connections.tabs import tabs
from halo_entra.integration import permissions
from halo_entra.integration.forms import CertificateForm, SecretForm
from imports import ended
from imports.removal import remove as remove_connection

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

DETAILS = "connections:details"


@require_POST
@needs(Permission.CONFIGURE)
def test(request: AgentRequest, pk: int) -> HttpResponse:
    """Sign in to the tenant and show which permissions are granted."""
    connection = _connection(pk)
    found, trouble = [], ""
    try:
        with open_client(connection) as client:
            found = probe(client, permissions.needed(connection))
    except AppError as exc:
        trouble = str(exc)
    context = {
        "connection": connection,
        "tabs": tabs(connection, DETAILS),
        "permissions": found,
        "lacking": [one for one in found if one.granted is False],
        "trouble": trouble,
    }
    return render(request, "integration/test.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def add_secret(request: AgentRequest, pk: int) -> HttpResponse:
    """Add a secret; those that are there stay until they are removed."""
    connection = _connection(pk)
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        credentials.add(
            connection.registration,
            form.cleaned_data["secret"],
            expires_on=form.cleaned_data["expires_on"],
        )
        ended.retry_now(pk)
        messages.success(request, "The secret is stored. It is tried first.")
        return redirect(DETAILS, pk)
    return _credential_page(request, connection, form, "Add a secret")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def add_certificate(request: AgentRequest, pk: int) -> HttpResponse:
    """Add a certificate with its private key."""
    connection = _connection(pk)
    form = CertificateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        credentials.add(
            connection.registration,
            form.cleaned_data["private_key"],
            certificate=form.cleaned_data["certificate"],
            expires_on=form.cleaned_data["expires_on"],
        )
        ended.retry_now(pk)
        messages.success(request, "The certificate is stored. It is tried first.")
        return redirect(DETAILS, pk)
    return _credential_page(request, connection, form, "Add a certificate")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def remove(request: AgentRequest, pk: int, credential: int) -> HttpResponse:
    """Ask, then remove a secret or certificate."""
    connection = _connection(pk)
    row = get_object_or_404(
        Credential, pk=credential, registration=connection.registration
    )
    if request.method == "POST":
        row.delete()
        messages.success(request, "Removed.")
        return redirect(DETAILS, pk)
    context = {
        "connection": connection,
        "credential": row,
        "is_last": connection.registration.credentials.count() == 1,
    }
    return render(request, "integration/secret_remove.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def delete(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask what becomes of what the connection granted, then delete it (AM-14)."""
    connection = _connection(pk)
    if request.method == "POST":
        try:
            take_back = request.POST.get("granted") == "take_back"
            remove_connection(connection, take_back=take_back)
        except AppError as exc:
            messages.error(request, str(exc))
            return redirect("connections:delete", pk)
        messages.success(request, f"{connection.name} is deleted. Its people stay.")
        return redirect("connections:tenants")
    return render(request, "integration/delete.html", {"connection": connection})


def _connection(pk: int) -> TenantConnection:
    rows = TenantConnection.objects.select_related("registration", "authorised_by")
    return get_object_or_404(rows, pk=pk)


def _credential_page(
    request: AgentRequest,
    connection: TenantConnection,
    form: SecretForm | CertificateForm,
    title: str,
) -> HttpResponse:
    context = {"connection": connection, "form": form, "title": title}
    status = 400 if form.errors else 200
    return render(request, "integration/secret_add.html", context, status=status)
