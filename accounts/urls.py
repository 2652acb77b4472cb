"""Addresses of signing in. django-allauth looks its own up by these names.

Where Microsoft may have a word (the sign-in page, passwords) is `sso.urls`. What is
listed in neither is not there: sign-up, e-mail addresses, password reset by mail,
sign-in by code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, reverse_lazy
from django.views.decorators.http import require_POST

from accounts import views
from accounts.recent import needs_recent_sign_in as recent

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

BACK = reverse_lazy("mfa_index")

urlpatterns: list[URLPattern | URLResolver] = [
    path("local", views.BreakGlassView.as_view(), name="local"),
    path("logout", require_POST(account.logout), name="account_logout"),
    path("second-factor", factors.authenticate, name="mfa_authenticate"),
    path("reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("reauthenticate/code", factors.reauthenticate, name="mfa_reauthenticate"),
    path(
        "reauthenticate/passkey",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("security", factors.index, name="mfa_index"),
    path("security/app", recent(app.activate_totp), name="mfa_activate_totp"),
    path(
        "security/app/remove", recent(app.deactivate_totp), name="mfa_deactivate_totp"
    ),
    path(
        "security/passkeys/new", recent(passkeys.add_webauthn), name="mfa_add_webauthn"
    ),
    path(
        "security/passkeys/<int:pk>",
        recent(passkeys.EditWebAuthnView.as_view(success_url=BACK)),
        name="mfa_edit_webauthn",
    ),
    path(
        "security/passkeys/<int:pk>/remove",
        recent(passkeys.RemoveWebAuthnView.as_view(success_url=BACK)),
        name="mfa_remove_webauthn",
    ),
    path(
        "security/codes",
        recent(codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "security/codes/new",
        recent(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
