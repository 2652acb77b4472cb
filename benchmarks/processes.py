"""Commands and floors, each in a fresh process, with its wall time."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from cryptography.fernet import Fernet

from benchmarks.tenant import SECRET_VARIABLE, Tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

Measures: TypeAlias = "dict[str, Any]"

ROOT = Path(__file__).resolve().parent.parent
_SERVERS = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL")


class CommandFailed(Exception):
    """A process did not do what it was started for; the text holds its last words."""


def environment(tenant: Tenant, folder: Path) -> dict[str, str]:
    """Return the environment of the product's processes, without the database."""
    return {
        **plain_environment(folder),
        "ENTRA_CUSTOM_AUTHORITY": tenant.origin,
        "ENTRA_CUSTOM_GRAPH": tenant.origin,
        "ENTRA_CA_BUNDLE": tenant.ca,
        SECRET_VARIABLE: tenant.secret,
    }


def plain_environment(folder: Path) -> dict[str, str]:
    """Return that environment without a tenant."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.removesuffix("_FILE") not in _SERVERS
    }
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "VAR_DIR": str(folder / "var"),
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }


def manage(variables: Mapping[str, str], *words: str) -> str:
    """Run a command of the product and return its output."""
    _, output = _run([sys.executable, "manage.py", *words], variables, "")
    return output


def measured(variables: Mapping[str, str], file: Path, *words: str) -> Measures:
    """Run a command that answers in JSON; return the answer and what it took."""
    command = [sys.executable, "manage.py", "measure", str(file), *words, "--json"]
    seconds, output = _run(command, variables, "")
    found: Measures = json.loads(file.read_text(encoding="utf-8"))
    return {"seconds": seconds, **found, "answer": json.loads(output)}


def floor(work: str, database: str, tenant: Tenant) -> Measures:
    """Run a floor; return what it took."""
    command = [sys.executable, "-m", "benchmarks.floor", work, database]
    seconds, output = _run(command, os.environ, json.dumps(asdict(tenant)))
    found: Measures = {"seconds": seconds, **json.loads(output)}
    return found


def _run(
    command: list[str], variables: Mapping[str, str], given: str
) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=dict(variables),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        words = " ".join(command[1:])
        raise CommandFailed(f"{words} ended with status {done.returncode}:\n{said}")
    return round(seconds, 3), done.stdout
