"""Recent authentication: who may go on, and where the others are led."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from accounts.recent import is_recent, needs_recent_sign_in
from tests.factories.accounts import AccountFactory

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from django.test import RequestFactory

    from accounts.models import Account

pytestmark = pytest.mark.django_db
MINUTES = 60


@needs_recent_sign_in
def page(request: HttpRequest) -> HttpResponse:
    """Answer whoever comes through."""
    return HttpResponse("through")


def signed_in(request: HttpRequest, account: Account, *, minutes_ago: float) -> None:
    """Give the request a session in which the account authenticated then."""
    request.user = account
    request.session = SessionStore()
    request.session["account_authentication_methods_user"] = str(account.pk)
    request.session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - minutes_ago * MINUTES}
    ]
    request._messages = SessionStorage(request)  # type: ignore[attr-defined]
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]


def led_to(response: HttpResponseBase) -> tuple[str, str]:
    """Return where the response leads, and where one comes back to."""
    target = urlsplit(response.headers.get("Location") or response["HX-Redirect"])
    return target.path, parse_qs(target.query)["next"][0]


@pytest.fixture
def account() -> Account:
    """An account with a password."""
    return AccountFactory.create(password="a-canary-sings-at-dawn")


def test_who_signed_in_a_moment_ago_goes_through(
    rf: RequestFactory, account: Account
) -> None:
    request = rf.get("/secrets/")
    signed_in(request, account, minutes_ago=14)

    assert page(request).status_code == 200


def test_who_signed_in_earlier_confirms_it_and_comes_back(
    rf: RequestFactory, account: Account
) -> None:
    request = rf.get("/secrets/?tab=two")
    signed_in(request, account, minutes_ago=16)

    assert led_to(page(request)) == ("/auth/reauthenticate", "/secrets/?tab=two")


def test_a_sign_in_of_somebody_else_in_that_session_does_not_count(
    rf: RequestFactory, account: Account
) -> None:
    request = rf.get("/secrets/")
    signed_in(request, account, minutes_ago=1)
    request.user = AccountFactory.create()
    assert not is_recent(request)
    request.user = AnonymousUser()
    assert not is_recent(request)


def test_what_was_sent_too_late_is_kept_nowhere_and_the_page_says_so(
    rf: RequestFactory, account: Account
) -> None:
    referer = "http://testserver/secrets/?tab=two#form"
    request = rf.post("/secrets/save", {"secret": "canary"}, HTTP_REFERER=referer)
    signed_in(request, account, minutes_ago=16)

    assert led_to(page(request)) == ("/auth/reauthenticate", "/secrets/?tab=two")
    assert "canary" not in str(dict(request.session.items()))
    assert "Nothing was saved" in str(next(iter(get_messages(request))))


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/x", "nonsense"])
def test_only_a_page_of_ours_is_come_back_to(
    rf: RequestFactory, account: Account, referer: str
) -> None:
    request = rf.post("/secrets/save", HTTP_REFERER=referer)
    signed_in(request, account, minutes_ago=16)

    assert led_to(page(request)) == ("/auth/reauthenticate", "/secrets/save")


def test_a_fragment_leads_the_whole_page_away(
    rf: RequestFactory, account: Account
) -> None:
    request = rf.get(
        "/secrets/part",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/secrets/",
    )
    signed_in(request, account, minutes_ago=16)

    response = page(request)
    assert response.status_code == 200
    assert led_to(response) == ("/auth/reauthenticate", "/secrets/")


def test_an_account_with_no_means_of_ours_is_told_what_to_do(
    rf: RequestFactory,
) -> None:
    request = rf.get("/secrets/")
    signed_in(request, AccountFactory.create(), minutes_ago=16)

    with pytest.raises(PermissionDenied, match="Sign out, sign in again"):
        page(request)
