"""The pictures are taken of the demo, as it says how to sign in."""

from __future__ import annotations

from halo_entra.management.commands import demo
from tests.browser import pictures


def test_they_sign_in_as_the_demo_says() -> None:
    told = (demo.ADMINISTRATOR, demo.PASSWORD)
    assert told == (pictures.ADMINISTRATOR, pictures.PASSWORD)
