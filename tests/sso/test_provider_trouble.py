"""Microsoft down, slow, talking nonsense or saying no: told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sso import signing

if TYPE_CHECKING:
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 503}, "provider_unreachable"),
        ({"status": 429, "retry_after": 3}, "provider_unreachable"),
        ({"drop": True}, "provider_unreachable"),
        ({"status": 200, "html": True}, "provider_error"),
        ({"status": 400, "html": True}, "provider_error"),
        ({"malformed": "broken_json"}, "provider_error"),
        (
            {"status": 302, "headers": {"location": "https://e.example"}},
            "provider_error",
        ),
    ],
    ids=["503", "429", "dropped", "html", "html 400", "half", "redirect"],
)
def test_trouble_at_the_token_endpoint_is_told_apart(
    visit: Visit, fault: dict[str, Any], reason: str
) -> None:
    person = visit.add("ada")
    signing.agent(person)
    before = signing.counts()
    back = visit.back(person)
    visit.simulator.admin.fault(path="/oauth2/v2.0/token", **fault)

    signing.refused(visit, visit.answer(back), reason, before)


def test_keys_that_cannot_be_read_stop_the_sign_in(visit: Visit) -> None:
    person = visit.add("ada")
    signing.agent(person)
    before = signing.counts()
    back = visit.back(person)
    visit.simulator.admin.fault(path="/discovery/v2.0/keys", status=503)

    signing.refused(visit, visit.answer(back), "provider_unreachable", before)


def test_a_provider_that_is_down_is_noticed_at_the_start(visit: Visit) -> None:
    visit.simulator.admin.fault(path="openid-configuration", status=503)

    answer = visit.start()

    signing.refused(visit, answer, "provider_unreachable", signing.counts())
    assert "/auth/local" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("access_denied", "cancelled"),
        ("consent_required", "consent_required"),
        ("server_error", "provider_unreachable"),
        ("invalid_request", "provider_error"),
    ],
)
def test_an_error_wins_over_a_code(visit: Visit, error: str, reason: str) -> None:
    person = visit.add("ada")
    signing.agent(person)
    before = signing.counts()
    back = visit.back(person)

    answer = visit.answer(
        back, error=error, error_description="AADSTS65004: <script>x</script>"
    )

    signing.refused(visit, answer, reason, before)
    page = answer.content.decode()
    assert "AADSTS65004" in page
    assert "<script>x" not in page


def test_an_answer_of_another_issuer_is_refused(visit: Visit) -> None:
    person = visit.add("ada")
    signing.agent(person)
    before = signing.counts()

    answer = visit.answer(visit.back(person), iss="https://evil.example/v2.0")

    signing.refused(visit, answer, "token_invalid", before)
