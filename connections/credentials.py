"""The secrets of an application: several at once, so that none leaves a gap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from connections.models import Credential, CredentialKind

if TYPE_CHECKING:
    import datetime

    from connections.models import AppRegistration

GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
SECRET_ID = (
    "This looks like a Secret ID, not a secret: Entra shows the Value in the other "
    "column, once, when the secret is made."
)


@transaction.atomic
def add(
    registration: AppRegistration,
    value: str,
    *,
    certificate: str = "",
    expires_on: datetime.date | None = None,
) -> Credential:
    """Add a secret, or a certificate with its private key, to be tried first."""
    rows = registration.credentials.select_for_update().order_by("-position")
    for row in rows:
        # One by one from the end: positions are unique at every moment.
        Credential.objects.filter(pk=row.pk).update(position=F("position") + 1)
    kind = CredentialKind.CERTIFICATE if certificate else CredentialKind.SECRET
    credential = Credential(
        registration=registration,
        kind=kind,
        certificate=certificate,
        expires_on=expires_on,
    )
    credential.keep(value)
    credential.save()
    return credential
