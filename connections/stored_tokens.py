"""A connection's delegated tokens, for whoever works on it: read, renewed, shared.

Only one process renews at a time: a refresh token may be good for one use, and of two
that use it at once the second would end the authorisation. The one that renews holds
a lease on the row, never a transaction, as it waits for the network meanwhile.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from common import encryption
from connections import delegated
from connections.delegated import UserTokens
from connections.graph.errors import (
    NeedsAuthorisation,
    SignInReason,
    SignInRefused,
    Unavailable,
)
from connections.models import TenantConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from connections.sign_in import Confidential

LEASE = datetime.timedelta(seconds=60)
"""After which a renewal counts as abandoned."""
LOOK = 0.5
"""Seconds between two looks at what somebody else renews."""
LOOKS = 40
LOST = frozenset({SignInReason.AUTHORISE_AGAIN, SignInReason.NO_CONSENT})
"""Refusals that only a new authorisation mends."""
NOBODY = (
    "401 Unauthorized: the connection uses delegated permissions and nobody has "
    "authorised it. Press Authorize on its Details tab, or set its authorisation to "
    "application."
)

logger = logging.getLogger(__name__)


class StoredTokens:
    """The token source of one connection that acts on behalf of a person."""

    def __init__(
        self,
        connection_id: int,
        application: Confidential,
        *,
        wait: Callable[[float], None],
    ) -> None:
        """Renew as `application`; `wait` sleeps while somebody else renews."""
        self._connection_id = connection_id
        self._application = application
        self._wait = wait
        self._held: UserTokens | None = None

    def token(self) -> str:
        """Return a token that lasts at least five minutes.

        Raises NeedsAuthorisation (nobody has authorised, or Microsoft accepts it no
        more), Throttled, Unavailable, Untrusted or MalformedAnswer.
        """
        if self._held is None or not self._held.is_good(timezone.now()):
            self._held = self._read()
        if not self._held.is_good(timezone.now()):
            self._held = self._renewed(self._held.access_token)
        return self._held.access_token

    def refresh(self) -> str:
        """Return another token than the last one; raises as `token` does."""
        stale = self._held.access_token if self._held else ""
        self._held = self._renewed(stale)
        return self._held.access_token

    def _read(self) -> UserTokens:
        row = TenantConnection.objects.get(pk=self._connection_id)
        if not row.token_cache:
            raise NeedsAuthorisation(NOBODY, status=401)
        return UserTokens.load(
            encryption.decrypt(row.token_cache, place=row.token_place)
        )

    def _renewed(self, stale: str) -> UserTokens:
        """Return good tokens other than `stale`, ours or somebody else's."""
        for _ in range(LOOKS):
            found = self._read()
            if found.access_token != stale and found.is_good(timezone.now()):
                return found
            lease = uuid.uuid4()
            if self._take(lease):
                return self._renew(stale, lease)
            self._wait(LOOK)
        raise Unavailable(
            "Another process is renewing the tokens of this connection and does not "
            "come to an end. Try again in a minute."
        )

    def _take(self, lease: uuid.UUID) -> bool:
        now = timezone.now()
        is_free = Q(renewal_until=None) | Q(renewal_until__lt=now)
        rows = TenantConnection.objects.filter(is_free, pk=self._connection_id)
        return rows.update(renewal_token=lease, renewal_until=now + LEASE) == 1

    def _renew(self, stale: str, lease: uuid.UUID) -> UserTokens:
        columns: dict[str, object] = {}
        try:
            # Again, as somebody may have renewed between the look and the lease.
            found = self._read()
            if found.access_token == stale or not found.is_good(timezone.now()):
                found = delegated.renew(self._application, found, now=timezone.now())
                columns["token_cache"] = found.dump()
                columns["authorisation_lost_at"] = None
        except SignInRefused as refusal:
            if refusal.reason in LOST:
                columns["authorisation_lost_at"] = timezone.now()
            raise
        finally:
            is_ours = self._release(lease, columns)
        # Somebody disconnected or authorised meanwhile: theirs counts.
        return found if is_ours else self._read()

    def _release(self, lease: uuid.UUID, columns: dict[str, object]) -> bool:
        row = TenantConnection.objects.filter(
            pk=self._connection_id, renewal_token=lease
        )
        if "token_cache" in columns:
            place = TenantConnection.objects.get(pk=self._connection_id).token_place
            columns["token_cache"] = encryption.encrypt(
                str(columns["token_cache"]), place=place
            )
        is_ours = row.update(**columns, renewal_token=None, renewal_until=None) == 1
        if not is_ours:
            logger.warning(
                "renewed tokens were not kept",
                extra={"connection": self._connection_id},
            )
        return is_ours
