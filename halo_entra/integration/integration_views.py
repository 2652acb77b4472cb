"""Configuration > Integrations: tiles, search, and the switch of each module."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.doors import needs
from common.errors import AppError
from common.pages import page_or_fragment
from common.rights import Permission
from halo_entra.integration import modules

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from halo_entra.integration.modules import Tile


@require_safe
@needs(Permission.CONFIGURE)
def integrations(request: AgentRequest) -> HttpResponse:
    """Show the tiles that the search finds, by category."""
    search = request.GET.get("q", "")
    by_category = attrgetter("category")
    tiles = sorted(modules.found(search), key=by_category)
    context = {
        "categories": [
            (name, list(some)) for name, some in groupby(tiles, by_category)
        ],
        "enabled": modules.enabled(),
        "search": search,
    }
    return page_or_fragment(
        request, "integration/integrations.html", "integration/_tiles.html", context
    )


@require_POST
@needs(Permission.CONFIGURE)
def enable(request: AgentRequest, slug: str) -> HttpResponse:
    """Switch a module on."""
    tile = _tile(slug)
    try:
        modules.switch(slug, on=True)
    except AppError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, f"{tile.name} is on.")
    return redirect("connections:integrations")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
def disable(request: AgentRequest, slug: str) -> HttpResponse:
    """Say what switching off stops; on POST do it."""
    tile = _tile(slug)
    if request.method == "POST":
        modules.switch(slug, on=False)
        messages.success(
            request,
            f"{tile.name} is off. Its configuration is kept for when it returns.",
        )
        return redirect("connections:integrations")
    context = {"tile": tile, "consequences": modules.consequences(slug)}
    return render(request, "integration/disable.html", context)


def _tile(slug: str) -> Tile:
    for tile in modules.TILES:
        if tile.slug == slug:
            return tile
    raise Http404
