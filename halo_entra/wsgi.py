"""The web application, for gunicorn: `gunicorn halo_entra.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halo_entra.settings.base")

application = get_wsgi_application()
