"""The web application, for a server that speaks ASGI."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halo_entra.settings.base")

application = get_asgi_application()
