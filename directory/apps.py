"""The app's start."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed


class DirectoryConfig(AppConfig):
    """Wires what administrators are told to Django's signals."""

    name = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers; models can be imported from here on."""
        from allauth.mfa.signals import (  # noqa: PLC0415 - not before models
            authentication_failed,
        )

        from directory.break_glass_mail import (  # noqa: PLC0415 - not before models
            factor_failed,
            failed,
            signed_in,
        )

        user_logged_in.connect(signed_in, dispatch_uid="directory.break_glass.used")
        user_login_failed.connect(failed, dispatch_uid="directory.break_glass.failed")
        authentication_failed.connect(
            factor_failed, dispatch_uid="directory.break_glass.factor_failed"
        )
