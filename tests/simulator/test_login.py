"""The identity platform: what is issued, and what is refused with which number."""

from __future__ import annotations

import jwt
import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller, ask_token, session
from tests.simulator.msal_client import key_and_certificate, msal_application

NOBODY = "00000000-1111-4222-8333-444444444444"


def test_msal_gets_a_token_that_opens_graph(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    application = msal_application(simulator, tenant, tenant.secret)
    answer = application.acquire_token_for_client(
        ["https://graph.microsoft.com/.default"]
    )
    graph.session.headers["Authorization"] = f"Bearer {answer['access_token']}"
    assert graph.get("/organization").json()["value"][0]["id"] == tenant.tenant_id


def test_token_is_signed_with_a_key_of_the_published_set(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    token = ask_token(simulator, tenant).json()["access_token"]
    url = f"{simulator.origin}/{tenant.tenant_id}/discovery/v2.0/keys"
    keys = {key["kid"]: key for key in session(simulator).get(url).json()["keys"]}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token,
        jwt.PyJWK(key, algorithm="RS256").key,
        algorithms=["RS256"],
        audience="https://graph.microsoft.com",
    )
    assert len(keys) == 2
    assert "alg" not in key
    assert claims["tid"] == tenant.tenant_id
    assert "User.Read.All" in claims["roles"]


@pytest.mark.parametrize("by_domain", [False, True])
def test_discovery_always_names_the_tenant_by_its_id(
    simulator: Simulator, by_domain: bool
) -> None:
    tenant = simulator.admin.create_tenant(name=f"Named {by_domain}")
    name = tenant.domain if by_domain else tenant.tenant_id
    url = f"{simulator.origin}/{name}/v2.0/.well-known/openid-configuration"
    issuer = session(simulator).get(url).json()["issuer"]
    assert issuer == f"{simulator.origin}/{tenant.tenant_id}/v2.0"


def test_shared_discovery_has_a_template_as_issuer(simulator: Simulator) -> None:
    url = f"{simulator.origin}/organizations/v2.0/.well-known/openid-configuration"
    document = session(simulator).get(url).json()
    assert document["issuer"] == f"{simulator.origin}/{{tenantid}}/v2.0"


@pytest.mark.parametrize(
    ("changes", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"client_id": NOBODY}, 400, "unauthorized_client", 700016),
        ({"scope": "User.Read.All"}, 400, "invalid_scope", 1002012),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
    ids=["wrong secret", "no secret", "unknown application", "scope", "grant"],
)
def test_wrong_token_request_is_refused_with_its_number(
    simulator: Simulator,
    tenant: TenantInfo,
    changes: dict[str, str],
    status: int,
    error: str,
    number: int,
) -> None:
    answer = ask_token(simulator, tenant, **changes)
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error)
    assert body["error_codes"] == [number]
    assert body["error_description"].startswith(f"AADSTS{number}: ")


def test_unknown_tenant_is_refused(simulator: Simulator) -> None:
    unknown = TenantInfo(NOBODY, NOBODY, "x", "x.example", "x")
    url = f"{simulator.origin}/{NOBODY}/v2.0/.well-known/openid-configuration"
    assert ask_token(simulator, unknown).json()["error_codes"] == [90002]
    assert session(simulator).get(url).json()["error"] == "invalid_tenant"


def test_expired_secret_is_refused(simulator: Simulator, tenant: TenantInfo) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, secret_expired=True
    )
    answer = ask_token(simulator, tenant)
    assert answer.status_code == 401
    assert answer.json()["error_codes"] == [7000222]


def test_disabled_application_is_refused(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, enabled=False
    )
    assert ask_token(simulator, tenant).json()["error_codes"] == [7000112]


def test_without_consent_there_is_a_token_that_opens_nothing(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=[]
    )
    token = ask_token(simulator, tenant).json()["access_token"]
    answer = GraphCaller(simulator, tenant).get("/users")
    assert "roles" not in jwt.decode(token, options={"verify_signature": False})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "Authorization_RequestDenied"


def test_certificate_assertion_of_msal_gets_a_token(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    private_key, certificate = key_and_certificate()
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, certificate_pem=certificate
    )
    credential = {"private_key": private_key, "public_certificate": certificate}
    answer = msal_application(simulator, tenant, credential).acquire_token_for_client(
        ["https://graph.microsoft.com/.default"]
    )
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert claims["appidacr"] == "2"


def test_assertion_of_another_certificate_is_refused(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    _, registered = key_and_certificate()
    private_key, other = key_and_certificate()
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, certificate_pem=registered
    )
    credential = {"private_key": private_key, "public_certificate": other}
    answer = msal_application(simulator, tenant, credential).acquire_token_for_client(
        ["https://graph.microsoft.com/.default"]
    )
    assert answer["error_codes"] == [700027]


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer not.a.token", "Basic eDp5"])
def test_graph_without_a_valid_token_is_401(simulator: Simulator, header: str) -> None:
    answer = session(simulator).get(
        f"{simulator.origin}/v1.0/users", headers={"Authorization": header}
    )
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_token_expires_by_the_clock(simulator: Simulator, graph: GraphCaller) -> None:
    assert graph.get("/users").status_code == 200
    simulator.admin.advance(2 * 3600)
    assert graph.get("/users").status_code == 401


def test_tenant_name_that_is_neither_id_nor_domain_is_refused(
    simulator: Simulator,
) -> None:
    url = f"{simulator.origin}/what/v2.0/.well-known/openid-configuration"
    assert session(simulator).get(url).json()["error_codes"] == [900023]


def test_consumers_have_a_tenant_of_their_own(simulator: Simulator) -> None:
    url = f"{simulator.origin}/consumers/v2.0/.well-known/openid-configuration"
    issuer = session(simulator).get(url).json()["issuer"]
    assert issuer.endswith("/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0")


def test_instance_discovery_knows_this_host(simulator: Simulator) -> None:
    url = f"{simulator.origin}/common/discovery/instance?api-version=1.1"
    document = session(simulator).get(url).json()
    host = simulator.origin.removeprefix("https://")
    assert document["metadata"][0]["aliases"] == [host]


@pytest.mark.parametrize("missing", ["client_id", "scope"])
def test_missing_parameter_is_named(
    simulator: Simulator, tenant: TenantInfo, missing: str
) -> None:
    body = ask_token(simulator, tenant, **{missing: ""}).json()
    assert body["error_codes"] == [900144]
    assert f"'{missing}'" in body["error_description"]


def test_assertion_that_is_no_token_is_refused(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    _, certificate = key_and_certificate()
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, certificate_pem=certificate
    )
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    for assertion in ("", "a.b.c", "nonsense", "e30.e30.AA", "W10.W10.AA"):
        answer = ask_token(
            simulator, tenant, client_assertion_type=kind, client_assertion=assertion
        )
        assert answer.json()["error_codes"] == [700027]


def test_token_of_a_forgotten_tenant_opens_nothing(simulator: Simulator) -> None:
    first = simulator.admin.create_tenant(name="Twice")
    graph = GraphCaller(simulator, first)
    simulator.admin.create_tenant(name="Twice", tenant_id=first.tenant_id)
    assert graph.get("/users").status_code == 403
