"""Makes Django ready in the process from which the workers are forked."""

from __future__ import annotations

import django

django.setup()
