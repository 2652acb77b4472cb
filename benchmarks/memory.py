"""How much memory this process has held at most."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_megabytes() -> float:
    """Return the peak of this process's resident memory, in MB.

    Linux carries `ru_maxrss` over from the parent that started the process; its high
    water mark in /proc starts afresh.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="ignore").splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
