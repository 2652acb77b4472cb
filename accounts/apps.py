"""The app's start."""

from __future__ import annotations

from allauth.account import signals
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from accounts.sessions import begin, begin_by_entra


class AccountsConfig(AppConfig):
    """Wires what a sign-in writes to Django's signal."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers: Django's signal comes first, then django-allauth's."""
        user_logged_in.connect(begin, dispatch_uid="accounts.sessions.begin")
        signals.user_logged_in.connect(begin_by_entra, dispatch_uid="accounts.entra")
