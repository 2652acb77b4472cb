"""Codes and refresh tokens: what they need, how often and how long they work."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser
from tests.simulator.graph_caller import ask_token
from tests.simulator.signing_in import address, redeem, signed_in


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"code_verifier": "w" * 64}, 501481),
        ({"redirect_uri": "https://elsewhere.example/"}, 500112),
        ({"client_secret": "wrong"}, 7000215),
        ({"code": "1.unknown"}, 70000),
    ],
    ids=["verifier", "address", "secret", "code"],
)
def test_a_code_needs_all_that_belongs_to_it(
    simulator: Simulator,
    tenant: TenantInfo,
    browser: Browser,
    person: str,
    changes: dict[str, str],
    number: int,
) -> None:
    code = browser.sign_in(address(simulator, tenant), person).parameters["code"]
    refused = redeem(simulator, tenant, code, **changes)
    assert refused["error_codes"] == [number]
    assert "access_token" in redeem(simulator, tenant, code)


def test_a_code_works_once_and_for_ten_minutes(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    codes = [
        browser.sign_in(address(simulator, tenant), person).parameters["code"]
        for _ in range(2)
    ]
    redeem(simulator, tenant, codes[0])
    assert redeem(simulator, tenant, codes[0])["error_codes"] == [54005]
    simulator.admin.advance(601)
    assert redeem(simulator, tenant, codes[1])["error_codes"] == [70008]


def refresh(simulator: Simulator, tenant: TenantInfo, token: str) -> dict[str, Any]:
    answer: dict[str, Any] = ask_token(
        simulator, tenant, grant_type="refresh_token", refresh_token=token
    ).json()
    return answer


def test_a_refresh_token_is_replaced_and_the_old_one_stays_good(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    first = signed_in(simulator, tenant, person)["refresh_token"]
    second = refresh(simulator, tenant, first)["refresh_token"]
    assert first != second
    assert "access_token" in refresh(simulator, tenant, first)


def test_under_strict_rotation_using_one_again_ends_all_of_its_family(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    simulator.admin.settings(tenant.tenant_id, rotation="strict")
    first = signed_in(simulator, tenant, person)["refresh_token"]
    second = refresh(simulator, tenant, first)["refresh_token"]
    assert refresh(simulator, tenant, first)["error_codes"] == [50173]
    assert refresh(simulator, tenant, second)["error_codes"] == [50173]


def test_refresh_tokens_end_with_sessions_time_and_the_account(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    object_id = person.partition("/")[2]
    tokens = [signed_in(simulator, tenant, person)["refresh_token"] for _ in range(2)]
    simulator.admin.put_user(tenant.tenant_id, object_id, accountEnabled=False)
    assert refresh(simulator, tenant, tokens[0])["error_codes"] == [50057]
    simulator.admin.put_user(tenant.tenant_id, object_id, accountEnabled=True)
    simulator.admin.revoke_sessions(tenant.tenant_id, object_id)
    assert refresh(simulator, tenant, tokens[0])["error_codes"] == [50173]
    simulator.admin.advance(91 * 86_400)
    assert refresh(simulator, tenant, tokens[1])["error_codes"] == [700082]
