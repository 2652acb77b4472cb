"""Tokens for the application itself (client credentials), through msal.

A secret or certificate that is wrong or expired makes way for the next one, so that
credentials rotate without a gap. Anything else that is refused stops at once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import msal
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from connections import refusals
from connections.clouds import CUSTOM, Cloud
from connections.graph.errors import (
    MalformedAnswer,
    SignInReason,
    SignInRefused,
)
from connections.graph.links import origin
from connections.http import HttpClient
from connections.msal_http import Documents, Forgetful, MsalHttp

NEXT_MAY_WORK = frozenset(
    {
        SignInReason.WRONG_SECRET,
        SignInReason.SECRET_EXPIRED,
        SignInReason.WRONG_CERTIFICATE,
        SignInReason.NO_CREDENTIAL,
    }
)
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SECRET_ID_HINT = (
    "What was entered looks like a Secret ID: that is the other column of the table."
)
NONSENSE = (ValueError, KeyError, TypeError, AttributeError)
"""What msal raises over JSON of the wrong shape."""
T = TypeVar("T")
TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class SecretCredential:
    """A client secret: the Value, not the Secret ID."""

    value: str = field(repr=False)

    def for_msal(self) -> str:
        """Return it as msal takes it."""
        return self.value


@dataclass(frozen=True, slots=True)
class CertificateCredential:
    """A certificate and its private key, both PEM."""

    certificate_pem: str = field(repr=False)
    private_key_pem: str = field(repr=False)

    def for_msal(self) -> dict[str, str]:
        """Return it as msal takes it; raise SignInRefused if the two do not fit."""
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate_pem.encode())
            key = serialization.load_pem_private_key(
                self.private_key_pem.encode(), password=None
            )
        # TypeError: the key is encrypted.
        except (ValueError, TypeError) as exc:
            raise refusals.refused(
                SignInReason.WRONG_CERTIFICATE,
                hint="Certificate and private key must be PEM, without a password.",
            ) from exc
        if certificate.public_key() != key.public_key():
            raise refusals.refused(
                SignInReason.WRONG_CERTIFICATE,
                hint="The private key belongs to another certificate.",
            )
        return {
            "public_certificate": self.certificate_pem,
            "private_key": self.private_key_pem,
        }


Credential: TypeAlias = SecretCredential | CertificateCredential


@dataclass(frozen=True, slots=True)
class Way:
    """How an application asks, where that is not as imports do."""

    segment: str = ""
    """`organizations` for people of any tenant; empty: the application's own tenant."""
    without: Sequence[str] = ()
    """Scopes that msal would otherwise ask for by itself."""
    documents: Documents | None = None


class Confidential:
    """The application at its sign-in host, proving itself with its credentials."""

    def __init__(
        self,
        *,
        cloud: Cloud,
        tenant_id: UUID,
        application_id: UUID,
        credentials: Sequence[Credential],
        http: HttpClient,
        way: Way | None = None,
    ) -> None:
        """Try `credentials` in their order; asks nobody yet."""
        self._way = way or Way()
        self.cloud = cloud
        self.tenant_id = tenant_id
        self.application_id = application_id
        self._credentials = tuple(credentials)
        self._http = MsalHttp(http, self._way.documents)

    @property
    def segment(self) -> str:
        """Return what stands for the tenant in the sign-in host's addresses."""
        return self._way.segment or str(self.tenant_id)

    def first_accepted(self, ask: Callable[[Any], T]) -> tuple[Any, T]:
        """Return msal's application that was accepted, and what `ask` made of it.

        Raises SignInRefused, Throttled, Unavailable, Untrusted or MalformedAnswer.
        """
        refusals_met: list[SignInRefused] = []
        for credential in self._credentials:
            try:
                application = self._application(credential)
                return application, ask(application)
            except SignInRefused as refusal:
                if refusal.reason not in NEXT_MAY_WORK:
                    raise
                refusals_met.append(_with_hint(refusal, credential))
        raise _most_telling(refusals_met)

    def _application(self, credential: Credential) -> Any:
        """Return msal's application; it asks the sign-in host where its doors are."""
        try:
            application = msal.ConfidentialClientApplication(
                str(self.application_id),
                authority=f"{self.cloud.authority}/{self.segment}",
                client_credential=credential.for_msal(),
                instance_discovery=False if self.cloud.name == CUSTOM else None,
                http_client=self._http,
                http_cache=Forgetful(),
                azure_region=False,
                exclude_scopes=list(self._way.without),
            )
        except NONSENSE as exc:
            raise MalformedAnswer(
                "The sign-in host describes itself in a way that cannot be used. Check "
                "the cloud of the connection."
            ) from exc
        self._check_place(application.authority)
        return application

    def _check_place(self, authority: Any) -> None:
        """Refuse doors on any other host: secrets go to the cloud's own host only."""
        doors = (authority.token_endpoint, authority.authorization_endpoint)
        place = origin(self.cloud.authority)
        if any(not isinstance(door, str) or origin(door) != place for door in doors):
            raise refusals.refused(SignInReason.WRONG_CLOUD)


class AppTokens:
    """The application's own tokens for Graph in one tenant."""

    def __init__(self, application: Confidential) -> None:
        """Sign in with the first credential that is accepted; asks nobody yet."""
        self._application = application
        self._lock = threading.Lock()
        self._working: Any = None

    def token(self) -> str:
        """Return a token that lasts at least five minutes, from memory if there is one.

        Raises SignInRefused, Throttled, Unavailable, Untrusted or MalformedAnswer.
        """
        with self._lock:
            if self._working is not None:
                try:
                    return self._ask(self._working)
                except SignInRefused as refusal:
                    if refusal.reason not in NEXT_MAY_WORK:
                        raise
            return self._first_accepted()

    def refresh(self) -> str:
        """Return a new token; the one in memory is dropped."""
        with self._lock:
            self._working = None
            return self._first_accepted()

    def _first_accepted(self) -> str:
        self._working, token = self._application.first_accepted(self._ask)
        return token

    def _ask(self, application: Any) -> str:
        try:
            found = application.acquire_token_for_client(
                [self._application.cloud.scope]
            )
        except NONSENSE as exc:
            raise MalformedAnswer(
                "The sign-in host sent an answer that cannot be used."
            ) from exc
        return usable_token(found)


def usable_token(found: Mapping[str, Any]) -> str:
    """Return the access token of an answer; raises MalformedAnswer without one."""
    token = found.get("access_token")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise MalformedAnswer("The sign-in host answered without a usable token.")
    return token


def _with_hint(refusal: SignInRefused, credential: Credential) -> SignInRefused:
    if refusal.reason is not SignInReason.WRONG_SECRET:
        return refusal
    is_guid = isinstance(credential, SecretCredential) and GUID.fullmatch(
        credential.value.strip()
    )
    hint = SECRET_ID_HINT if is_guid else ""
    return refusals.refused(refusal.reason, code=refusal.code, hint=hint)


def _most_telling(met: Sequence[SignInRefused]) -> SignInRefused:
    """Return the refusal to show: an old secret's expiry is no news beside another."""
    news = [each for each in met if each.reason is not SignInReason.SECRET_EXPIRED]
    nothing_given = refusals.refused(SignInReason.NO_CREDENTIAL)
    return next(iter((*news, *met)), nothing_given)
