"""Addresses of the user portal, below `/portal/`."""

from __future__ import annotations

from django.urls import path

from sso import portal_views

app_name = "portal"
urlpatterns = [
    path("", portal_views.details, name="details"),
    path("devices/", portal_views.devices, name="devices"),
    path("licences/", portal_views.licences, name="licences"),
    path("sign-ins/", portal_views.sign_ins, name="sign-ins"),
]
