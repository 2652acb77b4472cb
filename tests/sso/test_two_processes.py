"""A sign-in whose steps are answered by different web processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests import workers
from tests.sso import signing

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.sso.signing import Visit

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "tests.sso.web_process"]


def ask(
    method: str,
    path: str,
    cookies: dict[str, str] | None = None,
    data: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Let a process that knows nothing of the others answer one request."""
    wish = {"method": method, "path": path, "cookies": cookies or {}, "data": data}
    done = subprocess.run(
        COMMAND,
        input=json.dumps(wish),
        cwd=ROOT,
        env=workers.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def local(address: str) -> str:
    """Return path and query of an address."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


@pytest.fixture
def visit(transactional_db: None, entra: Simulator, tenant: TenantInfo) -> Visit:
    """A visit whose rows other processes see."""
    return signing.visit(entra, tenant)


def test_each_step_may_meet_another_process(visit: Visit) -> None:
    person = visit.add("ada")
    agent = signing.agent(person)

    led = ask("get", f"/auth/account/azure/{visit.connection.slug}")
    back = visit.browser.sign_in(led["location"], person)
    posted = ask("post", signing.ANSWER, data=back.parameters)
    assert posted["status"] == 303
    path = local(posted["location"])
    entered = ask("get", path, led["cookies"])
    page = ask("get", "/auth/security", entered["cookies"])

    assert (entered["status"], entered["location"]) == (302, "/")
    assert f'data-object-id="{agent.entra_object_id}"' in page["page"]
    assert signing.events() == [""]

    # What was used up in one process is used up in all of them.
    again = ask("get", path, led["cookies"])
    assert 'data-denied="unknown_state"' in again["page"]
    reposted = ask("post", signing.ANSWER, data=back.parameters)
    late = ask("get", local(reposted["location"]), entered["cookies"])
    assert 'data-denied="unknown_state"' in late["page"]
    assert signing.events() == ["", "unknown_state", "unknown_state"]
