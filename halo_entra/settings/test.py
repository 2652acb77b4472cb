"""Settings of the tests: the real ones, with keys of their own and no waiting."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

# A test run has its own folder and its own keys, which its processes share.
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="halo-entra-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("FIELD_ENCRYPTION_KEYS", Fernet.generate_key().decode())

from halo_entra.settings.base import *  # noqa: F403 - a settings module holds them all
from halo_entra.settings.base import CACHE_URL, CACHES, DATABASE, VAR_DIR

if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in an installation: WAL and locks behave as they will there.
    DATABASE["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
if CACHE_URL:
    # Workers share one server; the processes that a test starts share its keys.
    CACHES["default"] |= {
        "BACKEND": "tests.own_cache.OwnRedisCache",
        "KEY_PREFIX": os.environ.get("PYTEST_XDIST_WORKER", "alone"),
    }
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
