"""Settings of `manage.py demo`: keys made and kept under VAR_DIR, demo accounts."""

from __future__ import annotations

import os

os.environ["DEBUG"] = "1"  # makes and keeps the keys under VAR_DIR

from halo_entra.settings.base import *  # noqa: F403 - a settings module holds them all

DEBUG = False
DEMO = True
