"""The app's start."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from accounts.sessions import begin


class AccountsConfig(AppConfig):
    """Wires what a sign-in writes to Django's signal."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receiver."""
        user_logged_in.connect(begin, dispatch_uid="accounts.sessions.begin")
