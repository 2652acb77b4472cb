"""`rotate_encryption_keys`: re-encrypt everything with the first key."""

from __future__ import annotations

from typing import Any

from halo_entra import rotation
from halo_entra.commands import Answer, AppCommand


class Command(AppCommand):
    """Re-encrypt stored secrets, after a new key was put first in the list."""

    help = "Re-encrypt stored secrets with the first key of FIELD_ENCRYPTION_KEYS."
    speaks_json = False

    def answer(self, options: dict[str, Any]) -> Answer:
        """Re-encrypt, and say how many values."""
        done = rotation.rotate()
        return Answer(
            text=f"{done} stored secrets now use the first key of "
            "FIELD_ENCRYPTION_KEYS. The other keys are no longer needed for them."
        )
