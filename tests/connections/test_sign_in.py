"""Tokens for the application, from the simulated sign-in host over HTTPS."""

from __future__ import annotations

import logging
from uuid import UUID

import pytest

from connections.graph.errors import (
    SignInReason,
    SignInRefused,
    Throttled,
    Unavailable,
    Untrusted,
)
from connections.http import HttpClient
from connections.sign_in import (
    AppTokens,
    CertificateCredential,
    Confidential,
    SecretCredential,
)
from simulator.contract import FaultRule, TenantInfo
from simulator.process import Simulator
from tests.connections import certificates
from tests.connections.conftest import SignIn

NOBODY = "00000000-0000-4000-8000-000000000000"


def refusal_of(tokens: AppTokens) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        tokens.token()
    return caught.value


def token_requests(simulator: Simulator, tenant: TenantInfo) -> int:
    path = f"POST /{tenant.tenant_id}/oauth2/v2.0/token"
    return simulator.admin.request_counts(tenant.tenant_id).get(path, 0)


def test_a_secret_gets_a_token_that_is_kept(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    tokens = sign_in()

    assert tokens.token() == tokens.token()
    assert token_requests(simulator, tenant) == 1


def test_a_refresh_gets_another_token_and_keeps_that(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    tokens = sign_in()
    first = tokens.token()

    second = tokens.refresh()

    assert first != second == tokens.token()
    assert token_requests(simulator, tenant) == 2


def test_a_certificate_gets_a_token(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    pair = certificates.make()
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, certificate_pem=pair.certificate
    )

    assert sign_in(pair.credential).token()


def test_a_wrong_secret_says_what_to_enter(sign_in: SignIn) -> None:
    refusal = refusal_of(sign_in(SecretCredential("wrong")))

    assert refusal.reason is SignInReason.WRONG_SECRET
    assert refusal.code == "AADSTS7000215"
    assert "401 Unauthorized" in str(refusal)
    assert "Secret ID)" in str(refusal)
    assert "looks like" not in str(refusal)


def test_a_pasted_secret_id_is_recognised(sign_in: SignIn) -> None:
    refusal = refusal_of(sign_in(SecretCredential(NOBODY)))

    assert "looks like a Secret ID" in str(refusal)


def test_an_expired_secret_asks_for_a_new_one(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, secret_expired=True
    )

    refusal = refusal_of(sign_in())

    assert refusal.reason is SignInReason.SECRET_EXPIRED
    assert "expired" in str(refusal)


def test_an_unknown_tenant_is_told(sign_in: SignIn) -> None:
    refusal = refusal_of(sign_in(tenant=NOBODY))

    assert refusal.reason is SignInReason.UNKNOWN_TENANT
    assert "tenant id" in str(refusal)


def test_an_application_that_the_tenant_does_not_have_is_told(sign_in: SignIn) -> None:
    refusal = refusal_of(sign_in(application=NOBODY))

    assert refusal.reason is SignInReason.UNKNOWN_APPLICATION
    assert "application id" in str(refusal)


def test_a_disabled_application_is_told_and_works_at_once_when_enabled(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    tokens = sign_in()
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, enabled=False
    )
    assert refusal_of(tokens).reason is SignInReason.APPLICATION_DISABLED

    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, enabled=True
    )

    assert tokens.token()


def test_a_corrected_secret_works_at_once(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    tokens = sign_in(SecretCredential("right"))
    assert refusal_of(tokens).reason is SignInReason.WRONG_SECRET

    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, secret="right"
    )

    assert tokens.token()


def test_a_certificate_that_is_not_uploaded_is_told(sign_in: SignIn) -> None:
    refusal = refusal_of(sign_in(certificates.make().credential))

    assert refusal.reason is SignInReason.WRONG_CERTIFICATE
    assert "Upload" in str(refusal)


def test_a_key_of_another_certificate_is_told_before_it_is_used(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    mine, other = certificates.make(), certificates.make()

    refusal = refusal_of(sign_in(CertificateCredential(mine.certificate, other.key)))

    assert "belongs to another certificate" in str(refusal)
    assert token_requests(simulator, tenant) == 0


@pytest.mark.parametrize("broken", ["certificate", "key", "locked key"])
def test_what_is_no_pem_is_told(sign_in: SignIn, broken: str) -> None:
    pair = certificates.make()
    locked = certificates.make(password=b"secret")
    credential = CertificateCredential(
        "x" if broken == "certificate" else pair.certificate,
        {"key": "x", "locked key": locked.key}.get(broken, pair.key),
    )

    assert "must be PEM, without a password" in str(refusal_of(sign_in(credential)))


def test_without_any_credential_one_is_asked_for(sign_in: SignIn) -> None:
    tokens = AppTokens(
        Confidential(
            cloud=sign_in.cloud,
            tenant_id=UUID(NOBODY),
            application_id=UUID(NOBODY),
            credentials=[],
            http=sign_in.http,
        )
    )

    assert refusal_of(tokens).reason is SignInReason.NO_CREDENTIAL


def test_the_next_credential_takes_over_from_a_wrong_one(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    tokens = sign_in(SecretCredential("old"), SecretCredential(tenant.secret))

    assert tokens.token() == tokens.token()
    assert token_requests(simulator, tenant) == 2


def test_credentials_that_are_all_refused_tell_of_the_one_to_mend(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, secret_expired=True
    )
    tokens = sign_in(SecretCredential(tenant.secret), SecretCredential("wrong"))

    assert refusal_of(tokens).reason is SignInReason.WRONG_SECRET


def test_another_credential_is_no_help_where_the_application_is_unknown(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    tokens = sign_in(SecretCredential("a"), SecretCredential("b"), application=NOBODY)

    refusal_of(tokens)

    assert token_requests(simulator, tenant) == 1


def test_a_busy_sign_in_host_is_told_each_time_it_is_asked(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    simulator.admin.fault(
        tenant_id=tenant.tenant_id, path="oauth2", status=429, retry_after=17, times=2
    )
    tokens = sign_in()

    for _ in range(2):
        with pytest.raises(Throttled) as caught:
            tokens.token()
        assert caught.value.after == 17.0

    assert tokens.token()


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"drop": True},
        {"status": 200, "html": True},
        {"truncate": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["openid-configuration", "oauth2"])
def test_a_sign_in_host_that_fails_is_unavailable_once(
    simulator: Simulator,
    tenant: TenantInfo,
    sign_in: SignIn,
    path: str,
    fault: FaultRule,
) -> None:
    rule = FaultRule(tenant_id=tenant.tenant_id, path=path, times=1)
    rule.update(fault)
    simulator.admin.fault(**rule)
    tokens = sign_in()

    with pytest.raises(Unavailable):
        tokens.token()

    assert tokens.token()


def test_a_host_that_we_do_not_trust_gets_no_secret(
    simulator: Simulator, tenant: TenantInfo, sign_in: SignIn
) -> None:
    http = HttpClient()
    tokens = SignIn(sign_in.cloud, tenant, http)()

    with pytest.raises(Untrusted):
        tokens.token()

    assert token_requests(simulator, tenant) == 0
    http.close()


def test_credentials_show_nothing() -> None:
    pair = CertificateCredential("canary", "canary")

    assert "canary" not in f"{pair!r} {SecretCredential('canary')!r}"


def test_nothing_is_logged(
    sign_in: SignIn, tenant: TenantInfo, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        token = sign_in().token()

    said = "\n".join(record.getMessage() for record in caplog.records)
    assert tenant.secret not in said
    assert token not in said
    assert not [record for record in caplog.records if record.name.startswith("msal")]
