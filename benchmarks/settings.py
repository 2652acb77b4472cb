"""Settings of a measured process: the real ones, and the command that measures."""

from __future__ import annotations

from halo_entra.settings.base import *  # noqa: F403 - a settings module holds them all
from halo_entra.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
