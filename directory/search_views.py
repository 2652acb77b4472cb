"""The search in every page's head: people, organisations and sites by any word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_safe

from accounts.doors import needs
from common.pages import page_or_fragment
from common.rights import Permission
from directory.lists import LISTS
from directory.rights import visible

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

SEARCHED = ("users", "agents", "organisations", "sites", "assets")
SHOWN = 8


@require_safe
@needs(Permission.VIEW)
def search(request: AgentRequest) -> HttpResponse:
    """Show the first few records of each kind that hold every word."""
    text = request.GET.get("q", "").strip()
    groups = []
    for name in SEARCHED if text else ():
        spec = LISTS[name]
        rows = spec.filters({"q": text}, visible(spec.rows(), request.rights)).qs
        found = list(rows.order_by("pk")[: SHOWN + 1])
        if found:
            more = len(found) > SHOWN
            groups.append((name, spec, found[:SHOWN], more))
    context = {"text": text, "groups": groups}
    return page_or_fragment(
        request, "directory/search.html", "directory/_found.html", context
    )
