"""What the desk's records say about whoever signs in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Q

from accounts.models import Account
from accounts.words import Audience
from common import keys
from connections.id_tokens import GUID
from connections.models import TenantConnection
from directory.models import Agent, EndUser
from sso.admit import Namesake, Standing, trusted

if TYPE_CHECKING:
    from connections.id_tokens import Identity
    from sso.models import SsoConnection

OF_ENTRA = re.compile(rf"{GUID.pattern}\.{GUID.pattern}")
"""How accounts of Entra identities are named."""
Record: TypeAlias = Agent | EndUser


def record_of(identity: Identity, door: Audience) -> Record | None:
    """Return the record of the door's kind that carries the identity (R054, R057)."""
    theirs = {
        "entra_tenant_id": identity.tenant_id,
        "entra_object_id": identity.object_id,
    }
    if door is Audience.AGENT:
        return Agent.objects.filter(**theirs).select_related("account").first()
    users = EndUser.objects.select_related("account", "site__organisation")
    return users.filter(**theirs).first()


def username(identity: Identity) -> str:
    """Return the name of an identity's account: opaque, and only this identity's."""
    return f"{identity.tenant_id}.{identity.object_id}"


def account_of(identity: Identity, record: Record) -> Account | None:
    """Return the account by which the identity signs in as the record; None: none yet.

    A local account of the record is it. One of another Entra identity is not: the
    record has been given to somebody else since.
    """
    name, held = username(identity), record.account
    if held and (held.username == name or not OF_ENTRA.fullmatch(held.username)):
        return held
    return Account.objects.filter(username=name).first()


def standing(record: Record | None, identity: Identity) -> Standing | None:
    """Return what counts of a record for whoever signs in."""
    if record is None:
        return None
    account = account_of(identity, record)
    is_active = _is_open(record) and (account is None or account.is_active)
    return Standing(record.pk, is_active=is_active)


def _is_open(record: Record) -> bool:
    if isinstance(record, EndUser):
        site = record.site
        return record.is_active and site.is_active and site.organisation.is_active
    return record.is_active


def namesakes(identity: Identity, connection: SsoConnection) -> list[Namesake]:
    """Return the end users whose address is a trusted one of the identity (AM-10).

    Where no domain is known nothing is trusted: whoever has an address of theirs then
    only stands in the way of a second record.
    """
    registration = connection.registration
    tenant = TenantConnection.objects.filter(
        tenant_id=identity.tenant_id, cloud=registration.cloud if registration else ""
    ).first()
    domains = tenant.verified_domains if tenant else ()
    claimed = [identity.username, str(identity.claims.get("email", ""))]
    addresses = trusted(claimed, domains)
    if not domains:
        addresses = frozenset(map(keys.key, claimed)) - {""}
    if not addresses:
        return []
    users = EndUser.objects.filter(
        Q(email_key__in=addresses) | Q(login_key__in=addresses)
    ).select_related("account", "site__organisation")
    return [_namesake(user, is_trusted=bool(domains)) for user in users[:2]]


def _namesake(user: EndUser, *, is_trusted: bool) -> Namesake:
    account = user.account
    return Namesake(
        user.pk,
        is_active=_is_open(user) and (account is None or account.is_active),
        is_free=is_trusted
        and user.entra_object_id is None
        and not (account and account.has_usable_password()),
    )
