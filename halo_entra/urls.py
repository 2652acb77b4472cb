"""Addresses of the product (design §9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from halo_entra import health, status

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", status.status, name="status"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
