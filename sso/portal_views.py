"""The user portal: what the desk knows of oneself. Nobody else's record is asked for.

No address names a record: each page starts from the account of the session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse

from accounts.words import Audience
from common.tabs import Tab
from directory.models import Asset, CustomField, EndUser, SoftwareAssignment
from sso.models import SignInEvent
from sso.portal import portal_page
from sso.words import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from sso.portal import UserRequest

PAGES: Final = {
    "details": "My details",
    "devices": "My devices",
    "licences": "My licences",
    "sign-ins": "My sign-ins",
}
"""The portal's pages by their addresses' names, in their order."""
NEWEST: Final = 50
"""How many sign-ins are shown."""
RESULTS: Final[dict[str, str]] = {
    "": "You were let in",
    Reason.NOT_PUBLISHED: "Refused: this way to sign in was not open",
    Reason.AUDIENCE: "Refused: this way to sign in is not for that page",
    Reason.UNKNOWN_STATE: "Refused: the sign-in was started too long ago or elsewhere",
    Reason.TENANT_NOT_ALLOWED: "Refused: your company may not sign in this way",
    Reason.TOKEN_INVALID: "Refused: Microsoft's answer could not be trusted",
    Reason.NOT_IMPORTED: "Refused: there was no record of you for that page",
    Reason.INACTIVE: "Refused: you were deactivated",
    Reason.GUEST: "Refused: guests may not sign in this way",
    Reason.RATE_LIMITED: "Refused: too many attempts",
    Reason.CANCELLED: "Cancelled at Microsoft",
    Reason.CONSENT_REQUIRED: "Refused: your company has not agreed to this yet",
    Reason.PROVIDER_ERROR: "Not finished: Microsoft answered with an error",
    Reason.PROVIDER_UNREACHABLE: "Not finished: Microsoft could not be reached",
}
"""What came of a sign-in, in words for whoever tried, by the reason in the log."""
PLACES: Final[dict[str, str]] = {
    Audience.USER: "this portal",
    Audience.AGENT: "the agents' desk",
}
"""Where a sign-in led, by the audience in the log."""


@portal_page
def details(request: UserRequest) -> HttpResponse:
    """Show one's record: who and where one is, and where that comes from."""
    record = EndUser.objects.select_related(
        *("site__organisation", "user_role", "manager", "source")
    ).get(pk=request.user.enduser.pk)
    context = {"record": record, "custom_values": list(_custom_values(record))}
    return _page(request, "details", context)


@portal_page
def devices(request: UserRequest) -> HttpResponse:
    """Show the devices that are recorded as one's own."""
    rows = Asset.objects.filter(user=request.user.enduser)
    rows = rows.select_related("site__organisation").order_by("name", "pk")
    return _page(request, "devices", {"assets": list(rows)})


@portal_page
def licences(request: UserRequest) -> HttpResponse:
    """Show the software one may use, by which licence, and how it was given."""
    rows = SoftwareAssignment.objects.filter(user=request.user.enduser)
    rows = rows.select_related("software", "licence")
    rows = rows.order_by("software__name_key", "pk")
    return _page(request, "licences", {"assignments": list(rows)})


@portal_page
def sign_ins(request: UserRequest) -> HttpResponse:
    """Show one's newest attempts to sign in with Microsoft, refused ones too."""
    rows = [
        {
            "event": event,
            "to": PLACES.get(event.audience, ""),
            "result": RESULTS.get(event.reason, "Refused"),
        }
        for event in _own_events(request.user.enduser)[:NEWEST]
    ]
    return _page(request, "sign-ins", {"rows": rows, "newest": NEWEST})


def _own_events(user: EndUser) -> QuerySet[SignInEvent]:
    """Return the log's rows about the user's account or about their Entra identity."""
    own = Q(account=user.account_id)
    if user.entra_object_id is not None:  # or else everybody's without one
        own |= Q(
            entra_tenant_id=user.entra_tenant_id, entra_object_id=user.entra_object_id
        )
    rows = SignInEvent.objects.filter(own).select_related("connection")
    return rows.order_by("-at", "-pk")


def _custom_values(user: EndUser) -> Iterator[tuple[str, object]]:
    """Yield the label and the value of each field that the user has a value for."""
    for one in CustomField.objects.all():
        value = user.custom_values.get(one.name)
        if isinstance(value, bool):
            yield one.label, "Yes" if value else "No"
        elif value not in (None, ""):
            yield one.label, value


def _page(request: UserRequest, here: str, context: dict[str, Any]) -> HttpResponse:
    tabs = [
        Tab(label, reverse(f"portal:{name}"), is_current=name == here)
        for name, label in PAGES.items()
    ]
    template = f"portal/{here.replace('-', '_')}.html"
    return render(request, template, {"tabs": tabs, "title": PAGES[here], **context})
