"""The Celery application: `celery -A halo_entra worker --beat`.

Messages are doorbells that name a run; the Run table is the queue. A lost or
repeated message therefore harms nothing, which is what lets the embedded broker be
a folder of files.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halo_entra.settings.base")

app = Celery("halo_entra")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
