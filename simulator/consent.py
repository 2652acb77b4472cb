"""Which delegated permissions a request asks for, and which the tenant has given."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant

OPENID = ("openid", "profile", "email", "offline_access")
DEFAULT = ".default"


def asked(application: Application, scope: str) -> list[str]:
    """Return the permissions that a scope names; `.default`: all that are registered.

    Raises AADSTS70011 for `.default` beside named ones.
    """
    names = [part.rpartition("/")[2] for part in scope.split()]
    named = [name for name in names if name not in (*OPENID, DEFAULT)]
    if DEFAULT not in names:
        return named
    if named:
        raise LoginError(
            70011,
            "invalid_scope",
            f"The provided request must include a 'scope' input parameter. The scope "
            f"{scope} is not valid: .default scope can't be combined with others.",
        )
    return list(application.scopes)


def is_missing(application: Application, scope: str) -> bool:
    """Say whether somebody must consent before there is a token for this scope.

    `.default` is content with whatever was consented to before, named ones are not.
    """
    wanted = asked(application, scope)
    if DEFAULT in scope:
        return not application.consented
    return not set(wanted) <= set(application.consented)


def give(application: Application, scope: str) -> None:
    """Note the consent of somebody who may give it."""
    for name in asked(application, scope):
        if name not in application.consented:
            application.consented.append(name)


def granted(application: Application, scope: str) -> list[str]:
    """Return the permissions that a token for this scope carries."""
    if DEFAULT in scope:
        return list(application.consented)
    given = set(application.consented)
    return [name for name in asked(application, scope) if name in given]


def may_consent(tenant: Tenant, object_id: str) -> bool:
    """Say whether somebody may consent for the whole tenant."""
    administrators: Sequence[str] | None = tenant.settings.get("administrators")
    return administrators is None or object_id in administrators
