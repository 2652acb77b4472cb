"""Addresses of signing in where Microsoft has a word."""

from __future__ import annotations

from allauth.decorators import rate_limit
from django.urls import path

from sso import sign_in_page, views

urlpatterns = [
    path("login", sign_in_page.SignInPage.as_view(), name="account_login"),
    path("account/azure/confirm", views.confirm, name="sso_confirm"),
    path("account/azure/<slug:slug>", views.start, name="sso_start"),
    path("account/azureresponse", views.answer, name="sso_answer"),
    path("signed-out", views.signed_out, name="signed_out"),
    path(
        "set-password/<str:uid>/<str:token>",
        rate_limit(action="reset_password_from_key")(sign_in_page.set_password),
        name="set_password",
    ),
    path(
        "password",
        rate_limit(action="change_password")(sign_in_page.change_password),
        name="change_password",
    ),
]
