"""How a view answers a browser: a whole page, or the part that htmx asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Render `fragment` for htmx, else the whole `page`, from one context.

    A boosted link wants the page although htmx asks.
    """
    htmx = request.htmx  # type: ignore[attr-defined]  # django_htmx.middleware
    is_fragment = htmx and not htmx.boosted and not htmx.history_restore_request
    answer = render(request, fragment if is_fragment else page, dict(context))
    answer["Vary"] = "HX-Request"
    return answer
