"""Somebody at a browser: goes to pages, clicks, and is told what a page did wrong."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import axe_playwright_python
from django.conf import settings
from playwright.sync_api import ViewportSize, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

ALONE = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
ASK = """async () => (await axe.run()).violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)"""
WIDE = ViewportSize(width=1400, height=1000)
NARROW = ViewportSize(width=390, height=844)


@contextmanager
def open_browser(executable: str) -> Iterator[Browser]:
    """Yield a Chromium that asks nobody but us."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ALONE)
        yield browser
        browser.close()


class Visitor:
    """One browser context; leaving it fails if a page misbehaved."""

    def __init__(self, browser: Browser, origin: str, **options: Any) -> None:
        """Open a window; `options` are Playwright's for a context."""
        self.origin = origin
        self.wrong: list[str] = []
        self.expected: list[str] = []
        """Parts of console messages that a test means to see."""
        self.context = browser.new_context(
            viewport=WIDE, ignore_https_errors=True, **options
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._asked)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close the window and tell what was wrong."""
        self.context.close()
        if raised[0] is None:
            assert "\n".join(self.wrong) == ""

    def enter(self, client: Client) -> None:
        """Take over the session of a test client that is signed in."""
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value}
        self.context.add_cookies([{**cookie, "url": self.origin}])  # type: ignore[typeddict-item]

    def go(self, address: str) -> Page:
        """Open an address of the product, which must answer."""
        answer = self.page.goto(f"{self.origin}{address}")
        assert answer is not None
        assert answer.status < 400, f"{address}: {answer.status}"
        return self.page

    def look(self, *, dark: bool = False, narrow: bool = False) -> None:
        """Change the theme and width of the window."""
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.set_viewport_size(NARROW if narrow else WIDE)

    def barriers(self) -> list[str]:
        """Return what axe finds on the page, and whether it scrolls sideways."""
        self.page.evaluate(AXE)
        found: list[str] = self.page.evaluate(ASK)
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth > innerWidth + 1"
        )
        return [*found, *(["the page scrolls sideways"] if wide else [])]

    def _heard(self, message: ConsoleMessage) -> None:
        if not any(part in message.text for part in self.expected):
            self.wrong.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in {"localhost", "127.0.0.1", None}:
            self.wrong.append(f"{self.page.url} asked {request.url}")
