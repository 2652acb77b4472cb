"""Addresses of the tabs Field Mappings, Agent/User Mappings and Advanced."""

from __future__ import annotations

from django.urls import path

from mappings.views import advanced, fields, grants, site_form, sites

app_name = "mappings"
TENANT = "configuration/integrations/microsoft-entra-id/tenants/<int:pk>"
FIELDS = f"{TENANT}/field-mappings"
SITES = f"{TENANT}/mappings"
ADVANCED = f"{TENANT}/advanced"

urlpatterns = [
    path(f"{FIELDS}/", fields.fields, name="fields"),
    path(f"{FIELDS}/<int:row>/remove", fields.remove_field, name="field-remove"),
    path(f"{FIELDS}/<slug:kind>/new/", fields.edit_field, name="field-add"),
    path(f"{FIELDS}/<slug:kind>/<int:row>/", fields.edit_field, name="field-edit"),
    path(f"{SITES}/", sites.mappings, name="mappings"),
    path(f"{SITES}/order", sites.order, name="order"),
    path(f"{SITES}/groups", site_form.find_groups, name="groups"),
    path(f"{SITES}/new/", sites.types, name="mapping-types"),
    path(f"{SITES}/new/<slug:type_>/", site_form.new_mapping, name="mapping-new"),
    path(f"{SITES}/<int:mapping>/", site_form.edit_mapping, name="mapping"),
    path(f"{SITES}/<int:mapping>/remove/", sites.remove_mapping, name="mapping-remove"),
    path(f"{ADVANCED}/", advanced.advanced, name="advanced"),
    path(f"{ADVANCED}/<slug:section>", advanced.settings, name="settings"),
    path(f"{ADVANCED}/<slug:kind>/new/", grants.edit_grant, name="grant-add"),
    path(f"{ADVANCED}/<slug:kind>/<int:row>/", grants.edit_grant, name="grant"),
    path(
        f"{ADVANCED}/<slug:kind>/<int:row>/remove/",
        grants.remove_grant,
        name="grant-remove",
    ),
]
