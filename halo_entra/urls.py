"""Addresses of the product; links, bookmarks and other programs rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import views as account
from django.urls import path

from halo_entra import dashboard, health

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("auth/login", account.login, name="account_login"),
    path("auth/logout", account.logout, name="account_logout"),
    path("auth/reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
