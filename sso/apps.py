"""The app's start."""

from __future__ import annotations

from allauth.account.signals import user_logged_in
from django.apps import AppConfig


class SsoConfig(AppConfig):
    """Wires the sign-in log to django-allauth's signal."""

    name = "sso"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receiver; models can be imported from here on."""
        from sso.events import let_in  # noqa: PLC0415 - not before models are there

        user_logged_in.connect(let_in, dispatch_uid="sso.events.let_in")
