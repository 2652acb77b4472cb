"""The sign-in host's public keys: kept, renewed, and asked for no more than needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from connections.clouds import Cloud
from connections.graph.errors import MalformedAnswer, Unavailable
from connections.http import HttpClient
from connections.signing_keys import FRESH, PAUSE, SigningKeys
from simulator.contract import FaultRule, TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import ask_token

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
UNKNOWN = "unknown"


@pytest.fixture
def keys(entra: Cloud, tenant: TenantInfo, entra_http: HttpClient) -> SigningKeys:
    """The keys for one fresh tenant, which nobody has read yet."""
    return SigningKeys(cloud=entra, segment=tenant.tenant_id, http=entra_http)


def current(simulator: Simulator, tenant: TenantInfo) -> str:
    token = ask_token(simulator, tenant).json()["access_token"]
    return str(jwt.get_unverified_header(token)["kid"])


def reads(simulator: Simulator, tenant: TenantInfo) -> int:
    path = f"GET /{tenant.tenant_id}/discovery/v2.0/keys"
    return simulator.admin.request_counts(tenant.tenant_id).get(path, 0)


def test_a_key_is_read_once_an_hour_whoever_asks(
    simulator: Simulator,
    tenant: TenantInfo,
    keys: SigningKeys,
    entra: Cloud,
    entra_http: HttpClient,
) -> None:
    kid = current(simulator, tenant)
    another = SigningKeys(cloud=entra, segment=tenant.tenant_id, http=entra_http)

    found = keys.find(kid, NOW)
    assert found is not None
    assert found == another.find(kid, NOW + FRESH - timedelta(seconds=1))
    assert (found["kid"], found["kty"]) == (kid, "RSA")
    assert reads(simulator, tenant) == 1

    keys.find(kid, NOW + FRESH)
    assert reads(simulator, tenant) == 2


def test_a_new_key_is_found_at_once(
    simulator: Simulator, tenant: TenantInfo, keys: SigningKeys
) -> None:
    keys.find(current(simulator, tenant), NOW)
    simulator.admin.rotate_keys()

    assert keys.find(current(simulator, tenant), NOW) is not None


def test_invented_keys_make_few_requests(
    simulator: Simulator, tenant: TenantInfo, keys: SigningKeys
) -> None:
    keys.find(current(simulator, tenant), NOW)

    assert [keys.find(f"{UNKNOWN}-{n}", NOW) for n in range(5)] == [None] * 5
    assert reads(simulator, tenant) == 2
    keys.find(UNKNOWN, NOW + PAUSE)
    assert reads(simulator, tenant) == 3


def test_a_clock_that_was_set_back_does_not_keep_keys_for_ever(
    simulator: Simulator, tenant: TenantInfo, keys: SigningKeys
) -> None:
    kid = current(simulator, tenant)
    keys.find(kid, NOW)
    keys.find(kid, NOW - timedelta(days=1))

    assert reads(simulator, tenant) == 2


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 404}, {"drop": True}, {"status": 200, "html": True}],
    ids=str,
)
@pytest.mark.parametrize("path", ["openid-configuration", "discovery/v2.0/keys"])
def test_keys_that_cannot_be_read_are_asked_for_again(
    simulator: Simulator,
    tenant: TenantInfo,
    keys: SigningKeys,
    path: str,
    fault: FaultRule,
) -> None:
    rule = FaultRule(tenant_id=tenant.tenant_id, path=path, times=1)
    rule.update(fault)
    simulator.admin.fault(**rule)
    kid = current(simulator, tenant)

    with pytest.raises(Unavailable):
        keys.find(kid, NOW)

    assert keys.find(kid, NOW) is not None


@pytest.mark.parametrize("place", ["https://evil.example/keys", 7, None], ids=str)
def test_keys_of_another_host_are_not_fetched(
    simulator: Simulator, tenant: TenantInfo, keys: SigningKeys, place: object
) -> None:
    simulator.admin.fault(
        tenant_id=tenant.tenant_id,
        path="openid-configuration",
        status=200,
        body={"jwks_uri": place},
    )

    with pytest.raises(MalformedAnswer, match="not its own"):
        keys.find(UNKNOWN, NOW)


@pytest.mark.parametrize("listed", [None, {}, ["key", {"kid": 7}]], ids=str)
def test_what_is_no_key_set_holds_no_keys(
    simulator: Simulator, tenant: TenantInfo, keys: SigningKeys, listed: object
) -> None:
    simulator.admin.fault(
        tenant_id=tenant.tenant_id,
        path="discovery/v2.0/keys",
        status=200,
        body={"keys": listed},
    )

    assert keys.find(UNKNOWN, NOW) is None
