"""What the desk's records say about whoever signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Q

from accounts.words import Audience
from common import keys
from connections.models import TenantConnection
from directory.models import Agent, EndUser
from sso.admit import Namesake, Standing, trusted

if TYPE_CHECKING:
    from connections.id_tokens import Identity
    from sso.models import SsoConnection

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


def standing(record: Record | None) -> Standing | None:
    """Return what counts of a record."""
    if record is None:
        return None
    is_active = record.is_active
    if isinstance(record, EndUser):
        is_active &= record.site.is_active and record.site.organisation.is_active
    if record.account is not None:
        is_active &= record.account.is_active
    return Standing(record.pk, is_active=is_active)


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
    found = standing(user)
    account = user.account
    return Namesake(
        user.pk,
        is_active=bool(found and found.is_active),
        is_free=is_trusted
        and user.entra_object_id is None
        and not (account and account.has_usable_password()),
    )
