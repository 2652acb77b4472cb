"""Re-encrypting what is stored with the first key, so that old keys can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db import transaction

from common import encryption
from connections.models import Credential, TenantConnection

if TYPE_CHECKING:
    from django.db.models import Model

ENCRYPTED: tuple[tuple[type[Model], str], ...] = (
    (Credential, "value"),
    (TenantConnection, "token_cache"),
)
"""Every encrypted column of the product."""
FACTOR_SECRETS = ("secret", "seed")
"""What is encrypted within a second factor's data: an app's secret, codes' seed."""


@transaction.atomic
def rotate() -> int:
    """Re-encrypt every encrypted value with the first key; return how many.

    Raises CannotDecrypt if one opens with no key; then none is changed. A value that
    somebody replaces meanwhile is left alone: it has the first key already.
    """
    done = 0
    for model, column in ENCRYPTED:
        rows = model._default_manager.exclude(**{column: ""})
        for pk, ciphertext in rows.order_by("pk").values_list("pk", column):
            still = model._default_manager.filter(pk=pk, **{column: ciphertext})
            done += still.update(**{column: encryption.rotate(ciphertext)})
    return done + _rotate_second_factors()


def _rotate_second_factors() -> int:
    done = 0
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        secrets = {name for name in FACTOR_SECRETS if name in row.data}
        if not secrets:  # a passkey: public keys only
            continue
        row.data |= {name: encryption.rotate(row.data[name]) for name in secrets}
        row.save(update_fields=["data"])
        done += len(secrets)
    return done
