"""What the separate processes do: begin a run, or take over what another left."""

from __future__ import annotations

from enum import StrEnum

from imports import claims, runs, tasks
from imports.models import Run


class Act(StrEnum):
    """How a run is set going."""

    RING = "ring"
    """It is in the queue, and a worker takes it."""
    APPLY = "apply"
    """It is a preview, and somebody applies it."""
    APPROVE = "approve"
    """It waits for approval, and somebody approves it."""


def begin(run_id: int, act: Act) -> None:
    """Set a run going and take it to its end."""
    run = Run.objects.get(pk=run_id)
    match act:
        case Act.RING:
            tasks.ring(run_id)
        case Act.APPLY:
            runs.apply_preview(run, patience=0)
        case Act.APPROVE:
            runs.approve(run, patience=0)


def take_over(run_id: int) -> None:
    """Do what a worker does once the tick has rung."""
    claims.give_up_silent()
    tasks.ring(run_id)
