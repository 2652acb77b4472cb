"""What one attempt of a run carries from stage to stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from imports.models import Run
from imports.words import RunKind, Stage, Thing, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from connections.graph.client import GraphClient
    from connections.models import TenantConnection
    from imports.claims import Claim
    from mappings.rules import RuleSet


class Progress(Protocol):
    """Whoever watches a run: a bar on a terminal, or nobody."""

    def stage(self, stage: Stage, total: int | None) -> None:
        """A stage begins; `total` is how much there is, where that is known."""

    def advance(self, done: int) -> None:
        """So much of the stage is done in all."""


class Unwatched:
    """Nobody watches."""

    def stage(self, stage: Stage, total: int | None) -> None:
        """Say nothing."""

    def advance(self, done: int) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose people are decided about, by which rules, for which kinds of records."""

    connection: TenantConnection
    rules: RuleSet
    kinds: tuple[Kind, ...] = tuple(Kind)
    is_delta: bool = False
    """Whether people whom Microsoft reported are decided about in any case."""
    retries: bool = True
    """Whether people are due again who need review, or whose row failed."""


@dataclass(slots=True)
class Work:
    """One attempt of one run: its row, its claim, its client and its rules."""

    run: Run
    connection: TenantConnection
    claim: Claim
    rules: RuleSet
    progress: Progress
    client: GraphClient | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds of records that the run is about."""
        return tuple(kind for kind in Kind if kind in self.run.kinds)

    @property
    def scope(self) -> Scope:
        """Return what decisions of the run depend on."""
        return Scope(
            self.connection,
            self.rules,
            self.kinds,
            is_delta=self.run.kind == RunKind.DELTA,
            retries=self.run.walk == Walk.FULL,
        )

    @property
    def only(self) -> UUID | None:
        """Return the one person whom the run is about, once they are found."""
        found = self.run.place.get("only")
        return UUID(found) if found else None

    @property
    def is_preview(self) -> bool:
        """Return whether nothing may be written but the plan."""
        return self.run.kind == RunKind.PREVIEW

    @property
    def graph(self) -> GraphClient:
        """Return the client of the tenant; an attempt that reads has one."""
        if self.client is None:
            raise TypeError("This attempt was not given a Graph client.")
        return self.client

    def has(self, mark: str) -> bool:
        """Return whether an attempt has got past `mark`."""
        return bool(self.run.place.get(mark))

    def begin(self, stage: Stage, total: int | None = None) -> None:
        """Say that a stage begins; call inside `claim.writing`."""
        self.run.stage = stage
        self.run.progress_done, self.run.progress_total = 0, total
        self.run.save(update_fields=["stage", "progress_done", "progress_total"])
        self.progress.stage(stage, total)

    def count(self, thing: Thing, **numbers: int) -> None:
        """Add to what the run did to a thing; the next note keeps it."""
        before = self.run.place.get(thing.value, {})
        added = {name: before.get(name, 0) + done for name, done in numbers.items()}
        self.run.place = {**self.run.place, thing.value: {**before, **added}}

    def note(self, done: int, **place: object) -> None:
        """Keep how far the stage is, and where; call inside `claim.writing`."""
        self.run.progress_done = done
        self.run.place = {**self.run.place, **place}
        self.run.save(update_fields=["progress_done", "place"])
        self.progress.advance(done)
