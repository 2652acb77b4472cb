"""Probes: is the process alive, and do the database and the broker answer?

They say which part is down, never why: the log has the reason, without secrets. Who
asks whether we are ready is also who notices that no worker lives: no worker can.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from django import db
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import KombuError

from imports import notices

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

MINUTE = 60


@require_safe
@login_not_required
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process serves."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database and the broker answer, else 503; name both."""
    parts = {"database": _answers(_ask_database), "broker": _answers(_ask_broker)}
    answer = Watching if parts["database"] else JsonResponse
    return answer(
        {part: "ok" if works else "down" for part, works in parts.items()},
        status=200 if all(parts.values()) else 503,
    )


class Watching(JsonResponse):
    """An answer after which we look whether workers live: nobody waits for that."""

    def close(self) -> None:
        """Look, at most once a minute; whatever goes wrong is logged, no more."""
        try:
            if cache.add("halo_entra.silence", value=True, timeout=MINUTE):
                notices.watch_silence(timezone.now())
        except Exception as exc:  # noqa: BLE001 - no probe fails of it
            # The class alone: messages of drivers may hold addresses with passwords.
            logger.warning(
                "Nobody could be told whether workers live",
                extra={"error": type(exc).__name__},
            )
        super().close()


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (db.Error, KombuError, OSError) as exc:
        # The class alone: messages of drivers may hold addresses with passwords.
        logger.warning(
            "Not ready", extra={"part": ask.__name__, "error": type(exc).__name__}
        )
        return False
    return True


def _ask_database() -> None:
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    if settings.CELERY_BROKER_URL == settings.EMBEDDED_BROKER:
        if not os.access(settings.BROKER_DIR, os.W_OK | os.X_OK):
            raise NotADirectoryError(settings.BROKER_DIR)
        return
    # Once, without kombu's retries: the prober asks again anyway.
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=3) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
