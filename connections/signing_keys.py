"""The public keys of a sign-in host, kept for a while by this process.

Microsoft rotates them without notice and asks to look at least once a day. A key that
is not known is asked for at once, but that not more than twice a minute: anybody can
send a token with an invented key. Free of Django.
https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-tokens
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connections import proxies
from connections.clouds import Cloud
from connections.graph import answers
from connections.graph.errors import MalformedAnswer, Unavailable
from connections.graph.links import origin
from connections.http import LOGIN_TIMEOUT, HttpClient, Question

FRESH = timedelta(hours=1)
"""How long keys are believed without asking again."""
PAUSE = timedelta(seconds=30)
"""How long after one unknown key the host is not asked for another."""


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: Mapping[str, Mapping[str, Any]]
    read_at: datetime
    searched_at: datetime | None = None
    """When an unknown key was last asked for."""

    def is_fresh(self, now: datetime) -> bool:
        """Return whether what it holds may be believed; not if the clock went back."""
        return timedelta(0) <= now - self.read_at < FRESH

    def may_search(self, now: datetime) -> bool:
        """Return whether the host may be asked for an unknown key."""
        return self.searched_at is None or now - self.searched_at >= PAUSE


_kept: dict[tuple[str, str], _KeySet] = {}
_lock = threading.Lock()


class SigningKeys:
    """The keys that a cloud's sign-in host publishes for one tenant segment."""

    def __init__(self, *, cloud: Cloud, segment: str, http: HttpClient) -> None:
        """Ask for `segment`: a tenant id, or `organizations`; asks nobody yet."""
        self._cloud = cloud
        self._segment = segment
        self._http = http

    def find(self, kid: str, now: datetime) -> Mapping[str, Any] | None:
        """Return the key of that name as a JWK, None if the host publishes no such.

        Raises Unavailable, Throttled, Untrusted or MalformedAnswer.
        """
        place = (self._cloud.authority, self._segment)
        with _lock:
            kept = _kept.get(place)
        if kept is None or not kept.is_fresh(now):
            kept = self._keep(place, _KeySet(self._read(), now))
        elif kid not in kept.keys and kept.may_search(now):
            kept = self._keep(place, _KeySet(self._read(), now, searched_at=now))
        return kept.keys.get(kid)

    def _keep(self, place: tuple[str, str], keys: _KeySet) -> _KeySet:
        with _lock:
            _kept[place] = keys
        return keys

    def _read(self) -> Mapping[str, Mapping[str, Any]]:
        base = f"{self._cloud.authority}/{self._segment}/v2.0"
        document = self._get(f"{base}/.well-known/openid-configuration")
        address = document.get("jwks_uri")
        if not isinstance(address, str) or origin(address) != origin(base):
            raise MalformedAnswer(
                "The sign-in host names a place for its keys that is not its own. "
                "Check the cloud of the connection and the proxy."
            )
        listed = self._get(address).get("keys")
        keys = listed if isinstance(listed, list) else []
        return {
            key["kid"]: key
            for key in keys
            if isinstance(key, dict) and isinstance(key.get("kid"), str)
        }

    def _get(self, url: str) -> Mapping[str, Any]:
        answer = self._http.send(Question("GET", url, timeout=LOGIN_TIMEOUT))
        host = proxies.host(url)
        if answer.status != 200:
            raise Unavailable(
                f"{answer.status}: the sign-in host {host} does not give its keys at "
                "the moment. Try again; if this lasts, check the proxy.",
                status=answer.status,
            )
        try:
            return answers.parse(answer.body)
        except MalformedAnswer as exc:
            raise Unavailable(
                f"The answer did not come from the sign-in host {host} itself. If "
                "this lasts, check the proxy and the cloud of the connection."
            ) from exc
