"""Making an account a break-glass one, or no longer, on its agent's page (AM-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.doors import needs
from accounts.models import Account
from accounts.recent import needs_recent_sign_in
from common.errors import AppError, InvalidInput
from common.rights import Permission
from directory import break_glass, break_glass_mail, indispensable
from directory.models import Agent
from directory.rights import administrators

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

NO_ACCOUNT: Final = (
    "{agent} has no account to be a break-glass one: create_administrator EMAIL "
    "--break-glass makes one."
)
NO_ADMINISTRATOR: Final = (
    "{agent} is not an active administrator of everything. A break-glass account must "
    "be one: give a role first."
)
NO_PASSWORD: Final = (
    "{account} is not active or has no password, so that it could not sign in without "
    "Microsoft. The command create_administrator EMAIL --break-glass sees to both."
)


@require_POST
@needs(Permission.VIEW, Permission.ADMINISTER)
@needs_recent_sign_in
def set_flag(request: AgentRequest, pk: int) -> HttpResponse:
    """Let the agent's account sign in without Microsoft, or no longer.

    All administrators are mailed, and the history records it.
    """
    agent = get_object_or_404(Agent.objects.select_related("account"), pk=pk)
    may = request.POST.get("may") == "yes"
    try:
        account = _set(agent, may=may, address=get_adapter().get_client_ip(request))
    except AppError as exc:
        messages.error(request, str(exc))
        return redirect("directory:agent", pk)
    now = "may sign in without Microsoft from now on" if may else "no longer may"
    messages.success(request, f"{account} {now}. All administrators are told by mail.")
    return redirect("directory:agent", pk)


def _set(agent: Agent, *, may: bool, address: str) -> Account:
    """Set the flag, and have it told if that is a change; raises AppError."""
    if agent.account is None:
        raise InvalidInput(NO_ACCOUNT.format(agent=agent))
    with indispensable.kept():
        account = Account.objects.select_for_update().get(pk=agent.account.pk)
        if account.may_sign_in_locally != may:
            account.may_sign_in_locally = may
            account.save(update_fields=["may_sign_in_locally"])
            break_glass_mail.flag_changed(account, address)
        if may and not break_glass.accounts().filter(pk=account.pk).exists():
            is_boss = administrators().filter(pk=agent.pk).exists()
            lacks = NO_PASSWORD if is_boss else NO_ADMINISTRATOR
            raise InvalidInput(lacks.format(agent=agent, account=account))
    return account
