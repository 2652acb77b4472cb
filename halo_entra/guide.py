"""The guide inside the product (R007): a short page a subject, linked from tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common.rights import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One page; its text is the template guide/SLUG.html."""

    slug: str
    title: str
    summary: str


PAGES: Sequence[GuidePage] = (
    GuidePage(
        "connecting",
        "Connecting a tenant",
        "What to prepare in Entra, what to type here, and what Authorize does.",
    ),
    GuidePage(
        "field-mappings",
        "Field mappings",
        "Which field of Entra fills which field here, and when it does.",
    ),
    GuidePage(
        "mappings",
        "Agent/User mappings",
        "Who comes, into which site and role, and who becomes an agent.",
    ),
    GuidePage(
        "advanced",
        "Roles, boards and limits",
        "Roles and board seats by group, people who leave, and the safety limits.",
    ),
    GuidePage(
        "imports",
        "Previewing, importing, undoing",
        "What a preview promises, how matching avoids duplicates, how to go back.",
    ),
    GuidePage(
        "integrator",
        "The Integrator and deltas",
        "Imports on a schedule, delta queries, and what Reset Deltas means.",
    ),
    GuidePage(
        "inbound-requests",
        "Inbound requests",
        "What Microsoft reported of a person, and what was made of it.",
    ),
    GuidePage(
        "single-sign-on",
        "Single sign-on",
        "Letting agents and users sign in with Microsoft without locking anybody out.",
    ),
    GuidePage(
        "troubleshooting",
        "When something goes wrong",
        "401, 403, people who do not come, people who left, secrets that expired.",
    ),
)


@require_safe
@needs(Permission.VIEW)
def index(request: AgentRequest) -> HttpResponse:
    """List the pages."""
    return render(request, "guide/index.html", {"pages": PAGES})


@require_safe
@needs(Permission.VIEW)
def page(request: AgentRequest, slug: str) -> HttpResponse:
    """Show one page."""
    for one in PAGES:
        if one.slug == slug:
            context = {"page": one, "pages": PAGES}
            return render(request, f"guide/{slug}.html", context)
    raise Http404
