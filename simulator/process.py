"""Run the simulator as a process of its own, and end it with ours."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from simulator.admin_client import Admin

_STOP_SECONDS = 10


class Simulator:
    """A running simulator: a context manager with its origin, CA and admin client.

    It ends when left or stopped, and also when our process dies: its standard input
    is a pipe from us.
    """

    def __init__(
        self, state: Path | None = None, *, port: int = 0, tenants: tuple[str, ...] = ()
    ) -> None:
        """Start it and wait until it serves; `tenants` are NAME:PEOPLE."""
        self._folder = tempfile.TemporaryDirectory() if state is None else None
        folder = (state or Path(self._folder.name if self._folder else "")).resolve()
        command = [sys.executable, "-m", "simulator", "--end-with-parent"]
        command += ["--port", str(port), "--state", str(folder)]
        for tenant in tenants:
            command += ["--tenant", tenant]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parent.parent,
        )
        ready = self._ready()
        self.origin: str = ready["origin"]
        self.ca: str = ready["ca"]
        self.tenants: list[dict[str, str]] = ready["tenants"]
        self.admin = Admin(self.origin, self.ca)

    def stop(self) -> None:
        """End the process and wait for it; a second time does nothing."""
        self.admin.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Simulator:
        """Return itself, running."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _ready(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The simulator ended with {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        return answer
