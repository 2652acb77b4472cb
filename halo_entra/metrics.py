"""`/metrics` for Prometheus, opened by a token of the environment and by nothing else.

Not part of `halo_entra.health`, whose probes need no token and read next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from halo_entra.measures import Reading

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@login_not_required
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the numbers to who brings the token; 404 where there is none."""
    if not settings.METRICS_TOKEN:
        return _plain("Not found: METRICS_TOKEN is not set.", status=404)
    if not _brings_token(request.headers.get("Authorization", "")):
        answer = _plain("Send METRICS_TOKEN as a bearer token.", status=401)
        answer.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    registry = CollectorRegistry()
    registry.register(Reading(timezone.now()))
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4
    )


def _brings_token(header: str) -> bool:
    scheme, _, token = header.partition(" ")
    is_token = constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    return is_token and scheme.lower() == "bearer"


def _plain(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain", status=status)
