"""Pages in front of the door: sign in, sign out, set a password by a one-time link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.views import LoginView
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.audiences import DOOR, audience_of
from accounts.forms import (
    BreakGlassForm,
    ChangePasswordForm,
    NewPasswordForm,
    SignInForm,
)
from accounts.models import Account
from accounts.recent import needs_recent_sign_in
from accounts.words import Audience

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase


def door_of(request: HttpRequest) -> Audience:
    """Return the door that a page in front of it is for."""
    is_portal = request.GET.get("portal") == Audience.USER
    return Audience.USER if is_portal else Audience.AGENT


class SignInView(LoginView):  # type: ignore[misc]  # allauth has no stubs
    """The sign-in page; `?portal=user` is the portal's door."""

    form_class = SignInForm

    @method_decorator(login_not_required)
    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Ask also whoever is signed in at the other door; their session stays."""
        if audience_of(request) not in {None, door_of(request)}:
            request.user = AnonymousUser()
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Remember the door, also while a second factor is asked for."""
        self.request.session[DOOR] = door_of(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


class BreakGlassView(SignInView):
    """The way in for break-glass accounts, whatever Microsoft does."""

    form_class = BreakGlassForm
    template_name = "account/local.html"


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Let whoever holds a one-time link set the password of its account.

    They then sign in with it and are led to set up a second factor. A link that was
    used, has expired or never was answers 410.
    """
    account = account_of(uid, token)
    if account is None:
        return render(request, "account/link_over.html", status=410)
    form = NewPasswordForm(account, request.POST or None)
    if not form.is_valid():
        context = {"form": form, "account": account}
        return render(request, "account/set_password.html", context)
    form.save()
    logout(request)  # whoever was signed in here may be somebody else
    messages.success(request, "Your password is set. Sign in with it.")
    follow = urlencode({"next": reverse("mfa_index")})
    return redirect(f"{reverse('account_login')}?{follow}")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs_recent_sign_in
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions of the account end with it."""
    account = request.user
    if account.is_anonymous or not account.has_usable_password():
        raise PermissionDenied(
            "You sign in with Microsoft: change your password there."
        )
    form = ChangePasswordForm(account, request.POST or None)
    if not form.is_valid():
        return render(request, "account/password_change.html", {"form": form})
    update_session_auth_hash(request, form.save())
    messages.success(request, "Your password is changed. Other sessions have ended.")
    return redirect("mfa_index")


def account_of(uid: str, token: str) -> Account | None:
    """Return the account that the link was made for, if it is still good."""
    try:
        pk: Any = urlsafe_base64_decode(uid).decode()
        account = Account.objects.filter(pk=pk).first()
    except ValueError:
        return None
    is_good = default_token_generator.check_token(account, token)
    return account if is_good else None
