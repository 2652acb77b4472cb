"""Commands of the product in a process of their own, as an administrator starts
them: with an environment that holds what is named here and nothing else of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def environment(folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Return a complete environment under `folder`; an empty variable is left out."""
    complete = {
        "VAR_DIR": str(folder),
        "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz" * 2,
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "AGENT_BASE_URL": "https://desk.acme.example",
        "ALLOWED_HOSTS": "desk.acme.example",
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        **variables,
    }
    return {name: value for name, value in complete.items() if value}


def manage(
    folder: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` to its end and return what it said."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(folder, variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
