"""Break-glass administrators, and connections for which they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.rights import Permission
from tests.accounts.signing import local_account, with_app
from tests.factories.connections import AppRegistrationFactory
from tests.factories.sso import SsoConnectionFactory

if TYPE_CHECKING:
    from accounts.models import Account
    from sso.models import SsoConnection


def break_glass_account(*, has_factor: bool = True) -> Account:
    """Return an administrator who may sign in although Microsoft is required."""
    account = local_account(Permission.ADMINISTER)
    account.may_sign_in_locally = True
    account.save()
    account.agent.email = account.email
    account.agent.save()
    return with_app(account) if has_factor else account


def redirecting() -> SsoConnection:
    """Return a published connection that redirects automatically."""
    return SsoConnectionFactory.create(
        registration=AppRegistrationFactory.create(), published=True, auto_redirect=True
    )
