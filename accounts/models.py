"""The identity that signs in. Records of people are in `directory`."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts whose password, if any, is hashed."""

    def create(  # type: ignore[override]  # narrower on purpose: no blanket fields
        self, *, username: str, email: str = "", password: str | None = None
    ) -> Account:
        """Return a new account; without a password it cannot sign in locally."""
        account = Account(username=username, email=self.normalize_email(email))
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser, PermissionsMixin):
    """A sign-in identity, made at first sign-in or by an administrator.

    `username` is opaque: `tid.oid` of Entra, or a local account's address.
    """

    username = models.CharField(max_length=256, unique=True)
    email = models.EmailField(max_length=256, blank=True)
    may_sign_in_locally = models.BooleanField(
        default=False, help_text="Break-glass: signs in although Microsoft is required."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email or self.username
