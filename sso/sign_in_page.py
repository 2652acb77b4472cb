"""The sign-in page with Microsoft on it, and passwords where Microsoft allows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied

from accounts import views as local
from accounts.audiences import audience_of
from accounts.views import SignInView, account_of, door_of
from accounts.words import Audience
from sso import published
from sso.views import lead, next_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from accounts.models import Account

CLOSED = (
    "Passwords are not used here: sign in with Microsoft. Break-glass accounts sign in "
    "at /auth/local."
)


class SignInPage(SignInView):
    """The page at `/auth/login`; `?portal=user` is the portal's door."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Lead straight to Microsoft where a connection says so (R048).

        Not where another site sent the browser: there somebody has to press a button.
        """
        way = published.redirecting(door_of(request))
        is_from_elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"
        if way is not None and not is_from_elsewhere:
            connection = published.rows().get(pk=way.pk)
            return lead(request, connection, door_of(request))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse passwords of those who must use Microsoft (R049)."""
        if published.is_password_closed(door_of(request)):
            context = self.get_context_data(form=self.form_class(), refused=CLOSED)
            return self.render_to_response(context, status=403)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the ways by Microsoft, each with the door and where to go then."""
        door = door_of(self.request)
        ways = published.at(door)
        query = {"portal": Audience.USER.value} if door is Audience.USER else {}
        if follow := next_page(self.request):
            query["next"] = follow
        found: dict[str, Any] = super().get_context_data(**context)
        return found | {
            "ways": ways,
            "query": f"?{urlencode(query)}" if query else "",
            "is_portal": door is Audience.USER,
            "has_passwords": not any(way.auto_redirect for way in ways),
        }


@login_not_required
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponseBase:
    """Set a password by a one-time link, where passwords are used at all."""
    _check_open(account_of(uid, token), Audience.AGENT)
    return local.set_password(request, uid, token)


def change_password(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password, where passwords are used at all."""
    account: Any = request.user
    _check_open(account, audience_of(request) or Audience.AGENT)
    return local.change_password(request)


def _check_open(account: Account | None, door: Audience) -> None:
    may_always = account is not None and account.may_sign_in_locally
    if not may_always and published.is_password_closed(door):
        raise PermissionDenied(CLOSED)
