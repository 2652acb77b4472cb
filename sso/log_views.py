"""/sign-ins/: who signed in with Microsoft, who was refused, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.views.decorators.http import require_safe

from accounts.doors import needs
from accounts.words import Audience
from common import keys, paging
from common.pages import page_or_fragment
from common.paging import Column
from common.rights import Permission
from directory.models import EndUser
from directory.rights import visible
from sso.models import SignInEvent, SsoConnection
from sso.words import Reason

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

COLUMNS = (
    Column("when", "When", order="pk"),
    Column("who", "Who"),
    Column("result", "Result"),
    Column("by", "By"),
    Column("address", "From"),
)
IN = "in"
RESULTS = [
    (IN, "Let in"),
    *((one.value, one.value.replace("_", " ").capitalize()) for one in Reason),
]


class SignInFilters(django_filters.FilterSet):
    """By who it was, what came of it, the connection and the door."""

    q = django_filters.CharFilter(label="Who", method="search")
    result = django_filters.ChoiceFilter(
        label="Result", choices=RESULTS, method="by_result", empty_label="Every result"
    )
    connection = django_filters.ModelChoiceFilter(
        label="Connection",
        queryset=SsoConnection.objects.all(),
        empty_label="Every connection",
    )
    audience = django_filters.ChoiceFilter(
        label="Door",
        choices=[(Audience.AGENT, "Agents"), (Audience.USER, "Portal")],
        empty_label="Both doors",
    )

    def search(
        self, rows: QuerySet[SignInEvent], _name: str, text: str
    ) -> QuerySet[SignInEvent]:
        """Return the attempts of that object id, or whose user name begins so."""
        word = keys.tidy(text)
        try:
            return rows.filter(entra_object_id=UUID(word))
        except ValueError:
            return rows.filter(upn__istartswith=word)

    def by_result(
        self, rows: QuerySet[SignInEvent], _name: str, result: str
    ) -> QuerySet[SignInEvent]:
        """Return the attempts that ended so."""
        return rows.filter(reason="" if result == IN else result)


@require_safe
@needs(Permission.VIEW, Permission.CONFIGURE)
def sign_ins(request: AgentRequest) -> HttpResponse:
    """List the attempts, the latest first."""
    rows = SignInEvent.objects.select_related("connection")
    if not request.rights.sees_everything:
        theirs = Q(
            entra_tenant_id=OuterRef("entra_tenant_id"),
            entra_object_id=OuterRef("entra_object_id"),
        )
        users = visible(EndUser.objects.filter(theirs), request.rights)
        rows = rows.filter(Exists(users))
    found = SignInFilters(request.GET, rows)
    listing: Any = paging.listing(found.qs, COLUMNS, request.GET, sort="-when")
    names = ("q", "result", "connection", "audience")
    context = {
        "filter": found,
        "listing": listing,
        "events": [(one, dict(RESULTS)[one.reason or IN]) for one in listing.page.rows],
        "is_filtered": any(request.GET.get(name) for name in names),
    }
    return page_or_fragment(request, "sso/sign_ins.html", "sso/_sign_ins.html", context)
