"""What a page in the browser has to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


def expect_signed_in(page: Page, door: str) -> None:
    """Demand that the page is somebody's at that door."""
    expect(page.locator(f"body[data-signed-in={door}]")).to_be_attached()


def expect_at(page: Page, address: str) -> None:
    """Demand that the page is the one at that address of the desk."""
    expect(page).to_have_url(re.compile(rf"^https?://[^/]+{re.escape(address)}$"))
