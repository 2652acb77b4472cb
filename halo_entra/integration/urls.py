"""Addresses of Configuration > Integrations, but for the tabs of other apps."""

from __future__ import annotations

from django.urls import path

from halo_entra.integration import (
    authorise_views,
    integration_views,
    module_views,
    secret_views,
    sso_views,
)
from halo_entra.integration import tenant_views as tenants

app_name = "connections"
BASE = "configuration/integrations/"
ENTRA = f"{BASE}microsoft-entra-id/"
TENANT = f"{ENTRA}tenants/<int:pk>/"

urlpatterns = [
    path(BASE, integration_views.integrations, name="integrations"),
    path(f"{BASE}<slug:slug>/enable", integration_views.enable, name="enable"),
    path(f"{BASE}<slug:slug>/disable", integration_views.disable, name="disable"),
    path(ENTRA, module_views.module, name="module"),
    path(f"{ENTRA}set-up/", module_views.set_up, name="set-up"),
    path(f"{BASE}halo-api/", module_views.halo_api, name="halo-api"),
    path(f"{ENTRA}sso/new/", sso_views.new, name="sso-new"),
    path(f"{ENTRA}sso/<int:pk>/", sso_views.edit, name="sso"),
    path(f"{ENTRA}sso/<int:pk>/test", sso_views.test, name="sso-test"),
    path(f"{ENTRA}sso/<int:pk>/delete/", sso_views.delete, name="sso-delete"),
    path(f"{ENTRA}tenants/", tenants.tenants, name="tenants"),
    path(f"{ENTRA}tenants/new/", tenants.new, name="tenant-new"),
    path(f"{TENANT}details/", tenants.details, name="details"),
    path(f"{TENANT}test", secret_views.test, name="test"),
    path(f"{TENANT}secrets/add", secret_views.add_secret, name="secret-add"),
    path(
        f"{TENANT}certificates/new/",
        secret_views.add_certificate,
        name="certificate-add",
    ),
    path(
        f"{TENANT}secrets/<int:credential>/remove",
        secret_views.remove,
        name="secret-remove",
    ),
    path(f"{TENANT}delete/", secret_views.delete, name="delete"),
    path(f"{TENANT}prove", authorise_views.prove, name="prove"),
    path(f"{TENANT}disconnect/", authorise_views.disconnect, name="disconnect"),
    path("azure/authorize/<int:pk>", authorise_views.start, name="authorise"),
    path("azure/auth", authorise_views.answer, name="answer"),
]
