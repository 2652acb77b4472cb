"""Settings of `manage.py demo`: embedded, in a folder of its own, with its own keys.

Whatever the environment names for a real installation is left alone.
"""

from __future__ import annotations

import os
from pathlib import Path

for _name in (
    *("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL"),
    *("SECRET_KEY", "FIELD_ENCRYPTION_KEYS"),
):
    for _variable in (_name, f"{_name}_FILE"):
        os.environ.pop(_variable, None)
os.environ["VAR_DIR"] = str(Path(os.environ.get("VAR_DIR") or "var") / "demo")
os.environ["DEBUG"] = "1"  # makes and keeps the keys under VAR_DIR

from halo_entra.settings.base import *  # noqa: E402, F403 - after the environment is set, and it holds all settings

DEBUG = False
DEMO = True
ROOT_URLCONF = "halo_entra.practice_urls"
