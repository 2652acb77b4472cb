"""The addresses of the demo: the product's, and the page of the practice tenants."""

from __future__ import annotations

from django.urls import path

from halo_entra import practice, urls

urlpatterns = [
    path("practice/", practice.practice, name="practice"),
    path("practice/<slug:name>", practice.change, name="practice-change"),
    *urls.urlpatterns,
]
handler429 = urls.handler429
