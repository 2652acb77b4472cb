"""Addresses of the product; links, bookmarks and other programs rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from halo_entra import dashboard, guide, health, history_views, metrics
from halo_entra.back_office import tables
from sso import log_views

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("auth/", include("sso.urls")),
    path("auth/", include("accounts.urls")),
    path("portal/", include("sso.portal_urls")),
    path("sign-ins/", log_views.sign_ins, name="sign-ins"),
    path("history/", history_views.entries, name="history"),
    path("history/<int:pk>/", history_views.ask, name="history-ask"),
    path(
        "history/<int:pk>/take-back", history_views.take_back, name="history-take-back"
    ),
    path("guide/", guide.index, name="guide"),
    path("guide/<slug:slug>/", guide.page, name="guide-page"),
    path("", include("directory.urls")),
    path("", include("halo_entra.integration.urls")),
    path("", include("mappings.urls")),
    path("", include("imports.urls")),
    # Where Django's own sign-in would be: strangers are led to the product's.
    path(
        "admin/login/",
        require_safe(RedirectView.as_view(pattern_name="admin:index")),
        name="back_office_login",
    ),
    path("admin/", tables.site.urls),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
]

handler429 = "accounts.refusals.too_many"  # django-allauth looks for it here
