"""What a sign-in host may do to us, and msal must not see."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import orjson
import pytest

from connections.clouds import CUSTOM, Cloud
from connections.graph.errors import (
    GraphError,
    MalformedAnswer,
    SignInReason,
    SignInRefused,
)
from connections.http import HttpClient
from connections.sign_in import AppTokens, Confidential, SecretCredential
from tests.connections.scripted import Canned, Host, json

TENANT = "00000000-0000-4000-8000-00000000000a"


@pytest.fixture
def tokens(secure_host: Host, ca_bundle: str) -> Iterator[AppTokens]:
    http = HttpClient(ca_bundle=ca_bundle)
    yield AppTokens(
        Confidential(
            cloud=Cloud(CUSTOM, secure_host.origin, secure_host.origin),
            tenant_id=UUID(TENANT),
            application_id=UUID(TENANT),
            credentials=[SecretCredential("canary-of-a-secret")],
            http=http,
        )
    )
    http.close()


def discovery(origin: str) -> Canned:
    base = f"{origin}/{TENANT}/oauth2/v2.0"
    return json(
        {
            "issuer": f"{origin}/{TENANT}/v2.0",
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
        }
    )


def test_a_redirect_of_the_token_request_is_not_followed(
    secure_host: Host, tokens: AppTokens
) -> None:
    elsewhere = {"Location": f"{secure_host.origin}/elsewhere"}
    secure_host.will(
        discovery(secure_host.origin), Canned(status=307, headers=elsewhere)
    )

    with pytest.raises(MalformedAnswer, match="redirect"):
        tokens.token()

    assert len(secure_host.received) == 2


@pytest.mark.parametrize(
    "other", ["https://evil.example", "https://login.microsoftonline.us"]
)
def test_doors_on_another_host_get_no_secret(
    secure_host: Host, tokens: AppTokens, other: str
) -> None:
    secure_host.will(discovery(other))

    with pytest.raises(SignInRefused) as caught:
        tokens.token()

    assert caught.value.reason is SignInReason.WRONG_CLOUD
    assert len(secure_host.received) == 1


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"token_endpoint": "http://plain.example/t", "authorization_endpoint": "x"},
        {"token_endpoint": 5, "authorization_endpoint": 5},
    ],
    ids=str,
)
def test_a_discovery_that_makes_no_sense_is_malformed(
    secure_host: Host, tokens: AppTokens, document: object
) -> None:
    secure_host.will(json(document))

    with pytest.raises(MalformedAnswer):
        tokens.token()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"access_token": 5},
        {"access_token": "", "expires_in": 3600},
        {"access_token": "a\r\nX-Evil: b", "expires_in": 3600},
        {"access_token": "a", "expires_in": "soon"},
    ],
    ids=str,
)
def test_an_answer_without_a_usable_token_is_malformed(
    secure_host: Host, tokens: AppTokens, content: object
) -> None:
    secure_host.will(discovery(secure_host.origin), json(content))

    with pytest.raises(GraphError) as caught:
        tokens.token()

    assert type(caught.value) is MalformedAnswer


@pytest.mark.parametrize(
    ("content", "reason", "code"),
    [
        ({"error_codes": [65001]}, SignInReason.NO_CONSENT, "AADSTS65001"),
        ({"error_codes": [1, 53003]}, SignInReason.BLOCKED, "AADSTS53003"),
        ({"error_codes": [900382]}, SignInReason.WRONG_CLOUD, "AADSTS900382"),
        ({"error_codes": [50173]}, SignInReason.AUTHORISE_AGAIN, "AADSTS50173"),
        ({"error_codes": [7]}, SignInReason.OTHER, "AADSTS7"),
        (
            {"error": "invalid_grant", "error_codes": [7]},
            SignInReason.AUTHORISE_AGAIN,
            "AADSTS7",
        ),
        ({"error": "invalid_tenant"}, SignInReason.UNKNOWN_TENANT, "invalid_tenant"),
        ({"error": "consent_required"}, SignInReason.NO_CONSENT, "consent_required"),
        ({"error": "<b>\r\nodd"}, SignInReason.OTHER, "bodd"),
        ({"error_codes": "65001", "error": 5}, SignInReason.OTHER, ""),
        ({}, SignInReason.OTHER, ""),
    ],
    ids=str,
)
def test_a_refusal_is_told_by_its_number_then_by_its_name(
    secure_host: Host,
    tokens: AppTokens,
    content: dict[str, object],
    reason: SignInReason,
    code: str,
) -> None:
    said = {"error_description": "AADSTS: canary of ada@acme.example", **content}
    secure_host.will(discovery(secure_host.origin), json(said, 400))

    with pytest.raises(SignInRefused) as caught:
        tokens.token()

    assert (caught.value.reason, caught.value.code) == (reason, code)
    assert "canary" not in str(caught.value)


def test_a_secret_that_is_withdrawn_makes_way_for_the_next(
    secure_host: Host, ca_bundle: str
) -> None:
    http = HttpClient(ca_bundle=ca_bundle)
    tokens = AppTokens(
        Confidential(
            cloud=Cloud(CUSTOM, secure_host.origin, secure_host.origin),
            tenant_id=UUID(TENANT),
            application_id=UUID(TENANT),
            credentials=[SecretCredential("old"), SecretCredential("new")],
            http=http,
        )
    )
    where = discovery(secure_host.origin)
    refused = json({"error_codes": [7000215]}, 401)
    secure_host.will(where, json({"access_token": "one", "expires_in": 10}))
    assert tokens.token() == "one"

    secure_host.will(refused, where, refused, where)
    secure_host.will(json({"access_token": "two", "expires_in": 3600}))

    assert tokens.token() == tokens.token() == "two"
    http.close()


def test_an_application_that_is_disabled_later_is_told(
    secure_host: Host, tokens: AppTokens
) -> None:
    secure_host.will(
        discovery(secure_host.origin),
        json({"access_token": "one", "expires_in": 10}),
        json({"error_codes": [7000112]}, 400),
    )
    tokens.token()

    with pytest.raises(SignInRefused) as caught:
        tokens.token()

    assert caught.value.reason is SignInReason.APPLICATION_DISABLED


def test_an_unusual_success_is_not_taken_for_one(
    secure_host: Host, tokens: AppTokens
) -> None:
    content = orjson.dumps({"access_token": "a", "expires_in": 3600})
    secure_host.will(discovery(secure_host.origin), Canned(content, 201))

    with pytest.raises(SignInRefused):
        tokens.token()
