"""The pictures of the handbook: `python -m tests.browser.pictures ADDRESS FOLDER`.

Start the demo first (`make demo`); this signs in to it as its administrator, asks for
a preview, and writes one picture a screen, named as `docs/screens.md` shows them.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import ViewportSize

from tests.browser.visit import Visitor, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

ADMINISTRATOR: Final = "admin@desk.example"
PASSWORD: Final = "practice makes perfect"
"""As the demo prints them (`tests/browser/test_pictures.py`)."""
USAGE: Final = "python -m tests.browser.pictures http://localhost:8000 docs/images"
SIZE: Final = ViewportSize(width=1400, height=900)
TENANTS: Final = "/configuration/integrations/microsoft-entra-id/tenants/"
PATIENCE: Final = 120_000
"""Milliseconds for a worker to plan the practice tenant."""
SCREENS: Final = {
    "dashboard": "/",
    "users": "/people/users/?q=ar&place=london",
    "integrations": "/configuration/integrations/",
    "details": f"{TENANTS}1/details/",
    "field-mappings": f"{TENANTS}1/field-mappings/",
    "mappings": f"{TENANTS}1/mappings/",
    "advanced": f"{TENANTS}1/advanced/",
    "imports": f"{TENANTS}1/imports/",
    "result": "/runs/1/",
    "history": "/history/",
}
"""What is a picture just so; a user and a preview are found on the way."""


def take(origin: str, folder: Path, executable: str) -> list[Path]:
    """Write the pictures and return them; raises AssertionError for a noisy page."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_browser(executable) as browser, Visitor(browser, origin) as visitor:
        visitor.page.set_viewport_size(SIZE)
        _sign_in(visitor)
        _preview(visitor)
        taken = [_picture(visitor.page, folder / "preview.png")]
        for name, address in SCREENS.items():
            taken.append(_picture(visitor.go(address), folder / f"{name}.png"))
        visitor.go(SCREENS["users"]).locator("tbody th a").first.click()
        visitor.page.wait_for_url(re.compile(r"/people/users/\d+/"))
        taken.append(_picture(visitor.page, folder / "user.png"))
    return taken


def _sign_in(visitor: Visitor) -> None:
    page = visitor.go("/auth/login?next=/")
    page.locator("[name=login]").fill(ADMINISTRATOR)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{visitor.origin}/")


def _preview(visitor: Visitor) -> None:
    """Let five people leave, preview what follows, and stay on the preview's page."""
    page = visitor.go("/practice/")
    page.get_by_role("button", name="Five people leave").click()
    page = visitor.go(f"{TENANTS}1/imports/")
    page.get_by_role("button", name="Import Users").click()
    page.wait_for_url(re.compile(r"/runs/\d+/"))
    page.locator("[data-run-status=planned]").wait_for(timeout=PATIENCE)


def _picture(page: Page, file: Path) -> Path:
    page.screenshot(path=file, animations="disabled")
    return file


def main() -> int:
    """Take them; 2 for wrong use."""
    chromium = shutil.which("chromium")
    if len(sys.argv) != 3 or chromium is None:
        sys.stderr.write(f"{USAGE} – Chromium is needed, and a demo that runs.\n")
        return 2
    taken = take(sys.argv[1].rstrip("/"), Path(sys.argv[2]), chromium)
    weight = sum(one.stat().st_size for one in taken) // 1000
    sys.stdout.write(f"{len(taken)} pictures, {weight} kB.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
