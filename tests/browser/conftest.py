"""The product in a real browser: Debian's Chromium, driven by Playwright.

Without Chromium these tests are left out, and the report says so; where CI is set they
must run. Pages may not write to the console nor ask another machine for anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from tests.browser.visit import Visitor, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from simulator.process import Simulator

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None and os.environ.get("CI"):
    raise RuntimeError("Chromium is missing: apt-get install chromium")
collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]

# Playwright runs an event loop in the test's thread; nothing else shares it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A Chromium of the test's own: Playwright's loop ends with it, for other tests."""
    assert CHROMIUM is not None
    with open_browser(CHROMIUM) as running:
        yield running
        # Where a loop runs, Django holds connections apart: nobody else closes them.
        connections.close_all()


@pytest.fixture
def site(live_server: LiveServer, entra: Simulator, settings: Settings) -> LiveServer:
    """The product on a port of its own, with the simulator as Microsoft."""
    settings.AGENT_BASE_URL = live_server.url
    settings.PORTAL_BASE_URL = f"{live_server.url}/portal"
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {
            **policy,
            "form-action": [*policy["form-action"], entra.origin],
        }
    }
    return live_server


@pytest.fixture
def visitor(browser: Browser, site: LiveServer) -> Iterator[Visitor]:
    """Somebody at the browser; at the end its pages must have kept quiet."""
    with Visitor(browser, site.url) as one:
        yield one


@pytest.fixture
def scriptless(browser: Browser, site: LiveServer) -> Iterator[Visitor]:
    """Somebody whose browser runs no script."""
    with Visitor(browser, site.url, java_script_enabled=False) as one:
        yield one
