"""What the commands about runs share: finding things, a bar, and telling the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from common import keys
from common.errors import NotFound
from connections.models import TenantConnection
from halo_entra.commands import Answer, Exit
from imports import record, runs
from imports.engine.types import Reason
from imports.engine.wording import REASONS
from imports.models import Run
from imports.words import Stage, Status
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.types import JsonObject

ENDS = {
    Status.WAITING_FOR_APPROVAL: Exit.WAITING,
    Status.BUSY: Exit.BUSY,
    Status.PARTLY_FAILED: Exit.PARTLY_FAILED,
    Status.FAILED: Exit.FAILED,
    Status.CRASHED: Exit.FAILED,
    Status.CANCELLED: Exit.FAILED,
    Status.REJECTED: Exit.FAILED,
}
TITLES = {
    Stage.GROUPS: "Reading groups",
    Stage.PEOPLE: "Reading people",
    Stage.PLAN: "Planning",
    Stage.APPLY: "Writing",
    Stage.MANAGERS: "Managers",
}
WORDS = {
    "delete": "deleted",
    "create": "created",
    "link": "linked",
    "update": "updated",
    "move": "moved",
    "deactivate": "deactivated",
    "reactivate": "reactivated",
    "flag": "flagged",
    "none": "unchanged",
    "review": "in Needs review",
    "skip": "left out",
    "stale": "stale",
    "failed": "failed",
}


class Bar:
    """A progress bar on stderr; silent where stderr is no terminal."""

    def __init__(self) -> None:
        """Wait for the first stage."""
        self._bar: tqdm[Any] | None = None

    def stage(self, stage: Stage, total: int | None) -> None:
        """Begin another bar."""
        self.close()
        self._bar = tqdm(
            desc=TITLES[stage], total=total, unit="", file=sys.stderr, disable=None
        )

    def advance(self, done: int) -> None:
        """Move the bar to `done`."""
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def connection(name: str) -> TenantConnection:
    """Return the connection of that name; raises NotFound with those there are."""
    found = TenantConnection.objects.filter(name_key=keys.key(name)).first()
    if found is None:
        known = ", ".join(TenantConnection.objects.values_list("name", flat=True))
        raise NotFound(
            f"There is no connection {name!r}. There are: {known or 'none yet'}."
        )
    return found


def run(number: int) -> Run:
    """Return the run of that number; raises NotFound."""
    found = Run.objects.select_related("connection").filter(pk=number).first()
    if found is None:
        raise NotFound(f"There is no run {number}.")
    return found


def watched(go: Callable[..., Run], run: Run) -> Answer:
    """Take a run on by `go` under a bar, and answer for it."""
    bar = Bar()
    try:
        return ended(go(run, progress=bar))
    except runs.Busy as exc:
        return Answer(data={"error": str(exc)}, trouble=str(exc), status=Exit.BUSY)
    finally:
        bar.close()


def ended(run: Run) -> Answer:
    """Return what a command answers for a run that has ended or waits."""
    status = Status(run.status)
    trouble = run.reason if _is_trouble(run) else ""
    return Answer(
        text=told(run),
        data=record.summary(run),
        trouble=trouble,
        status=ENDS.get(status, Exit.DONE),
    )


def _is_trouble(run: Run) -> bool:
    """Return whether the run's reason is told on stderr, not with what it did."""
    return ENDS.get(Status(run.status)) in {Exit.FAILED, Exit.BUSY, Exit.WAITING}


def told(run: Run) -> str:
    """Return what the run did, line by line, for the console."""
    counts: JsonObject = run.counts
    lines = [f"Run {run.pk} ({run.connection}): {run.status.replace('_', ' ')}"]
    for kind in Kind:
        if kind in counts:
            lines.append(f"  {kind.capitalize()}: {_listed(counts[kind])}")
            lines += _left_out(run, kind)
    if done := counts.get("licences"):
        lines.append(f"  Licences: {_of_licences(done)}")
    others = [
        (counts.get("sites", {}).get("create"), "sites created"),
        (counts.get("sites", {}).get("delete"), "sites deleted"),
        (counts.get("roles", {}).get("grant"), "roles granted"),
        (counts.get("roles", {}).get("revoke"), "roles taken back"),
        (counts.get("boards", {}).get("join"), "board seats given"),
        (counts.get("boards", {}).get("leave"), "board seats taken back"),
    ]
    told = [f"{number} {words}" for number, words in others if number]
    if told:
        lines.append(f"  Also: {', '.join(told)}")
    if run.reason and not _is_trouble(run):
        lines.append(f"  {run.reason}")
    if run.status == Status.PLANNED:
        lines.append(f"  Nothing is written yet: apply it with apply_run {run.pk}.")
    lines += _others_waiting(run)
    return "\n".join(lines)


def _others_waiting(run: Run) -> list[str]:
    """Return what an older plan asks of somebody: its people got nothing here."""
    waiting = Run.objects.filter(
        connection=run.connection_id, status=Status.WAITING_FOR_APPROVAL
    ).exclude(pk=run.pk)
    return [
        f"  Run {older.pk} waits: approve_run {older.pk} or reject_run {older.pk}."
        for older in waiting
    ]


def _listed(counts: JsonObject) -> str:
    told = [
        f"{counts[name]} {word}" for name, word in WORDS.items() if counts.get(name)
    ]
    return ", ".join(told) or "nobody"


def _of_licences(counts: JsonObject) -> str:
    words = {
        "create": "created",
        "update": "updated",
        "link": "links made",
        "unlink": "links ended",
    }
    told = [f"{counts[name]} {word}" for name, word in words.items() if counts[name]]
    return ", ".join(told) or "nothing changed"


def _left_out(run: Run, kind: Kind) -> list[str]:
    """Return why people were left out, as far as this run looked at them.

    That most of a tenant are no agents needs no saying.
    """
    if kind is Kind.AGENTS:
        return []
    counted: JsonObject = run.place.get("unstored", {}).get(kind.value, {})
    reasons = ((reason, counted.get(reason.value)) for reason in Reason)
    return [f"    {number} × {REASONS[reason]}" for reason, number in reasons if number]
