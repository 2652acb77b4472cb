"""Celery's entry points of signing in."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from sso import purge

logger = logging.getLogger(__name__)


@shared_task(name="sso.purge")
def purge_events() -> None:
    """Remove the attempts to sign in whose time is over; twice does no harm."""
    removed = purge.purge(timezone.now())
    logger.info("Sign-ins whose time is over are removed", extra={"rows": removed})
