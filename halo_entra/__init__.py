"""The project package: wiring only, no models."""

from __future__ import annotations

from halo_entra.celery import app as celery_app

__all__ = ["celery_app"]
