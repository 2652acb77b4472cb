"""Processes of their own that work on the tests' database."""

from __future__ import annotations

import os
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from connections.models import TenantConnection
from imports import claims


def environment() -> dict[str, str]:
    """Return the environment of a process that works on the tests' own database."""
    database = settings.DATABASES["default"]
    url = f"sqlite:///{database['NAME']}"
    if "sqlite" not in database["ENGINE"]:
        user = ":".join(
            quote(part) for part in (database["USER"], database["PASSWORD"]) if part
        )
        place = f"{database['HOST']}:{database['PORT'] or 5432}"
        url = f"postgres://{user}@{place}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "halo_entra.settings.base",
        "ENTRA_CUSTOM_AUTHORITY": settings.ENTRA_CUSTOM_AUTHORITY,
        "ENTRA_CUSTOM_GRAPH": settings.ENTRA_CUSTOM_GRAPH,
        "ENTRA_CA_BUNDLE": settings.ENTRA_CA_BUNDLE,
    }


def age_claim() -> None:
    """Let the claim have been silent for longer than a worker may be."""
    long_ago = timezone.now() - claims.SILENT - timedelta(seconds=1)
    TenantConnection.objects.exclude(claim_token=None).update(claim_beat_at=long_ago)
