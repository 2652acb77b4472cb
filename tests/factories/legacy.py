"""Sign-in settings as installations before 2.13.1 keep them."""

from __future__ import annotations

from typing import Any

from common import encryption
from sso.models import LegacySignIn
from sso.words import AllowedAudience, TenantType

TENANT_ID = "11111111-2222-4333-8444-555555555555"
APPLICATION_ID = "99999999-2222-4333-8444-555555555555"
SECRET = "an-old-secret"


def legacy(**changed: Any) -> LegacySignIn:
    """Return the stored settings of an installation on which agents sign in."""
    settings = {
        "tenant_type": TenantType.SINGLE,
        "cloud": "us_gov",
        "tenant_id": TENANT_ID,
        "application_id": APPLICATION_ID,
        "client_secret": encryption.encrypt(
            SECRET, place="sso_legacysignin.client_secret"
        ),
        "published": True,
        "allow": AllowedAudience.AGENTS,
        "auto_redirect": True,
    }
    return LegacySignIn.objects.create(**settings | changed)
