#!/usr/bin/env python
"""Django's command line, for everything an administrator does from a shell."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command; `demo` has settings of its own."""
    settings = "demo" if sys.argv[1:2] == ["demo"] else "base"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"halo_entra.settings.{settings}")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
