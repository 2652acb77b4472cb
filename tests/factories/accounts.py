"""Accounts: minimal valid identities that sign in."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Account


class AccountFactory(DjangoModelFactory[Account]):
    """An account that cannot sign in locally, unless it is given a password."""

    class Meta:
        model = Account

    username = factory.Sequence(lambda n: f"person{n}@acme.example")
    email = factory.SelfAttribute("username")

    @classmethod
    def _create(cls, model_class: type[Account], *_args: Any, **fields: Any) -> Account:
        """Take any field: the manager's own `create` is narrow on purpose."""
        password = fields.pop("password", None)
        account = model_class(**fields)
        account.set_password(password)
        account.save()
        return account
