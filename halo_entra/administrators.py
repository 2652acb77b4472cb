"""Administrators made from a shell: the first one, and the way back in.

An administrator is an account that signs in by its address, and an agent that holds
a role with the permission *administer* for all organisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import Account
from common import keys
from common.errors import AppError, InvalidInput
from common.rights import Permission
from directory import administrators_mail, break_glass_mail
from directory.break_glass import FACTORS
from directory.models import Agent, AgentRole, AgentRoleGrant

if TYPE_CHECKING:
    from collections.abc import Sequence

ROLE = "Administrator"
REMOVED = """\
All second factors of {account} were removed by create_administrator on the server. Its
password alone opens it until a new one is set up.

When: {when:%Y-%m-%d %H:%M:%S} UTC

If none of you did this, deactivate the account under /admin/, Accounts.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """The account of an administrator, and what had to be done for it, in words."""

    account: Account
    done: Sequence[str]


@transaction.atomic
def make_administrator(
    email: str,
    *,
    password: str | None = None,
    break_glass: bool = False,
    reset_second_factor: bool = False,
) -> Made:
    """Make the person with that address an administrator; what is there stays.

    `break_glass` lets the account sign in locally although Microsoft is required.
    `reset_second_factor` removes the lost ones, which all administrators are told.
    Raises InvalidInput for a bad address or a weak password, and AppError if the
    address belongs to an agent who cannot become one.
    """
    address = _checked_address(email)
    account, done = _account(address)
    if password is not None:
        _set_password(account, password)
        done.append("set the password")
    if break_glass and not account.may_sign_in_locally:
        account.may_sign_in_locally = True
        break_glass_mail.flag_changed(account)
        done.append("allowed to sign in without Microsoft")
    if reset_second_factor and _are_removed(account):
        done.append("removed the second factors")
    if not account.is_active:
        account.is_active = True
        done.append("activated the account")
    account.save()
    agent, found = _agent(account, address)
    return Made(account, [*done, *found, *_let_administer(agent)])


def has_second_factor(account: Account) -> bool:
    """Return whether a sign-in of the account asks for a second factor of ours."""
    found = Authenticator.objects.filter(user=account, type__in=FACTORS)
    return bool(found.exists())


def one_time_link(account: Account) -> str:
    """Return the address at which the account sets its password, once."""
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    token = default_token_generator.make_token(account)
    return f"{settings.AGENT_BASE_URL}/auth/set-password/{uid}/{token}"


def _are_removed(account: Account) -> bool:
    """Remove all second factors and recovery codes, and tell; False: there are none."""
    if not Authenticator.objects.filter(user=account).delete()[0]:
        return False
    subject = f"The second factors of {account} were removed"
    text = REMOVED.format(account=account, when=timezone.now())
    transaction.on_commit(partial(administrators_mail.tell, subject, text))
    return True


def _checked_address(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError as exc:
        raise InvalidInput(f"{email!r} is not an e-mail address.") from exc
    return email


def _account(address: str) -> tuple[Account, list[str]]:
    # The key: Anna@acme.example and anna@acme.example are one administrator.
    username = keys.key(address)
    account = Account.objects.filter(username=username).first()
    if account is not None:
        return account, []
    account = Account.objects.create(username=username, email=address)
    return account, ["made the account"]


def _set_password(account: Account, password: str) -> None:
    try:
        password_validation.validate_password(password, account)
    except ValidationError as exc:
        raise InvalidInput(
            f"The password is too weak: {' '.join(exc.messages)}"
        ) from exc
    account.set_password(password)


def _agent(account: Account, address: str) -> tuple[Agent, list[str]]:
    """Return the account's agent: the one with its address, or a new one."""
    agent = Agent.objects.filter(account=account).first()
    if agent is not None:
        return agent, []
    found = list(Agent.objects.filter(email_key=keys.key(address))[:2])
    if not found:
        agent = Agent.objects.create(name=address, email=address, account=account)
        return agent, ["made the agent"]
    if len(found) > 1:
        raise AppError(
            f"Several agents have the address {address}. Use another address, or "
            "change theirs first."
        )
    if found[0].account is not None:
        raise AppError(
            f"The agent {found[0].name} has the address {address} and signs in with "
            "another account. Use another address."
        )
    found[0].account = account
    _save(found[0])
    return found[0], [f"linked the agent {found[0].name}"]


def _let_administer(agent: Agent) -> list[str]:
    """Activate the agent and give the role; return what that took."""
    done = []
    if not agent.is_active:
        agent.is_active = True
        _save(agent)
        done.append("activated the agent")
    return done + _granted(agent)


def _save(agent: Agent) -> None:
    """Save the agent; a plan made on the older revision becomes stale."""
    agent.revision += 1
    agent.save()


def _granted(agent: Agent) -> list[str]:
    roles = AgentRole.objects.filter(organisations=None, grants__agent=agent)
    if any(role.is_administrator for role in roles):
        return []
    role = _role()
    AgentRoleGrant.objects.get_or_create(agent=agent, role=role)
    _save(agent)
    return [f"gave the role {role.name}"]


def _role() -> AgentRole:
    role = AgentRole.objects.filter(name_key=keys.key(ROLE)).first()
    if role is None:
        return AgentRole.objects.create(
            name=ROLE, permissions=[one.value for one in Permission]
        )
    if not role.is_administrator or role.organisations.exists():
        raise AppError(
            f"The role {role.name} does not administer all organisations. Give it the "
            "permission administer and no organisations, or rename it."
        )
    return role
