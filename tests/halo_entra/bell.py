"""The product's Celery application with one task more: it leaves a mark."""

from __future__ import annotations

from pathlib import Path

from halo_entra.celery import app

__all__ = ["app"]


@app.task(name="tests.ring")
def ring(path: str) -> None:
    """Write the file that says that the message came."""
    Path(path).write_text("rung", encoding="utf-8")
