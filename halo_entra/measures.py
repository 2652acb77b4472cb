"""What `/metrics` tells: what runs came to, and how the Integrator is.

Read from the database when it is asked for, as web processes and workers are many and
none knows what the others do; in as many queries for a thousand connections as for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, Min, OuterRef
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from connections.models import TenantConnection
from imports import health, heartbeat
from imports.models import Run, Tally
from imports.words import Measure, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from prometheus_client import Metric

SUMS = {
    Measure.RUNS: ("runs", "Runs that have ended, by how.", "status"),
    Measure.PEOPLE: ("people", "People in imports, by what became of them.", "outcome"),
    Measure.GRAPH_REQUESTS: (
        "graph_requests",
        "Requests to Microsoft Graph, repeats included.",
        "",
    ),
    Measure.THROTTLED_SECONDS: (
        "throttled_seconds",
        "Seconds waited because Microsoft Graph asked us to slow down.",
        "",
    ),
}
"""The sums: a name, what it says, and what its rows are told apart by."""
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Reading(Collector):
    """What the database says at a moment."""

    now: datetime

    def collect(self) -> Iterator[Metric]:
        """Yield every family of numbers, also those of which there are none."""
        rows = TenantConnection.objects.select_related("schedule").only(
            *("name", "paused_at", "schedule__enabled", "schedule__failures"),
            *("schedule__delta", "schedule__delta_every", "schedule__full_every"),
            *("schedule__quiet", "schedule__succeeded_at"),
        )
        connections = {row.pk: row for row in rows}
        yield from _sums({pk: row.name for pk, row in connections.items()})
        yield from _schedules(connections.values(), self.now)
        yield _reviews(connections.values())
        yield from _queue(self.now)
        yield from _tick(self.now)


def _sums(names: Mapping[int, str]) -> Iterable[Metric]:
    families = {
        measure.value: CounterMetricFamily(
            f"halo_entra_{name}",
            told,
            labels=["connection", label] if label else ["connection"],
        )
        for measure, (name, told, label) in SUMS.items()
    }
    rows = Tally.objects.values_list("connection", "measure", "label", "value")
    for connection, measure, label, value in rows.iterator():
        # A connection may have come or gone since the names were read.
        if connection in names and measure in families:
            labels = [names[connection], *([label] if label else [])]
            families[measure].add_metric(labels, value)
    return families.values()


def _schedules(rows: Iterable[TenantConnection], now: datetime) -> Iterable[Metric]:
    paused = _by_connection("paused", "1 while nothing starts by schedule.")
    failures = _by_connection("failures", "The Integrator's failed runs in a row.")
    lag = _by_connection("lag_seconds", "Seconds since a whole run came to its end.")
    interval = _by_connection(
        "interval_seconds", "Seconds between two syncs by schedule, if it is on."
    )
    quiet = _by_connection(
        "quiet_seconds", "Seconds a day in which the schedule starts nothing."
    )
    for row in rows:
        labels = [row.name]
        paused.add_metric(labels, row.paused_at is not None)
        schedule = getattr(row, "schedule", None)
        failures.add_metric(labels, schedule.failures if schedule else 0)
        if schedule and schedule.succeeded_at:
            lag.add_metric(labels, _seconds(now - schedule.succeeded_at))
        if schedule and schedule.enabled:
            every = schedule.delta_every if schedule.delta else schedule.full_every
            interval.add_metric(labels, _seconds(every))
            quiet.add_metric(labels, quiet_seconds(schedule.quiet))
    return paused, failures, lag, interval, quiet


def _reviews(rows: Iterable[TenantConnection]) -> Metric:
    told = "People who need somebody to decide which record they are."
    family = _by_connection("review_people", told)
    waiting = health.reviews()
    for row in rows:
        found = waiting.get(row.pk)
        family.add_metric([row.name], found.people if found else 0)
    return family


def quiet_seconds(windows: Sequence[str]) -> int:
    """Return how long windows like "22:00-06:00" are together, at most a day."""
    minutes = 0
    for window in windows:
        begin, end = (_minutes(time) for time in window.split("-"))
        minutes += (end - begin) % DAY
    return 60 * min(minutes, DAY)


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def _queue(now: datetime) -> Iterator[Metric]:
    """Yield what waits and works; each status asked alone, as its index wants it."""
    queued = Run.objects.filter(status=Status.QUEUED)
    running = Run.objects.filter(status=Status.RUNNING)
    yield _one("queued_runs", "Runs that wait for a worker.", queued.count())
    yield _one("running_runs", "Runs at work.", running.count())
    yield _one(
        "waiting_plans",
        "Plans that wait for approval.",
        Run.objects.filter(status=Status.WAITING_FOR_APPROVAL).count(),
    )
    # A run that has begun before was queued again, and nobody noted when; one whose
    # connection is busy does not wait for a worker.
    same = running.filter(connection=OuterRef("connection"))
    ready = queued.filter(~Exists(same), started_at=None)
    oldest = ready.aggregate(at=Min("created_at"))["at"]
    yield _one(
        "queue_age_seconds",
        "Seconds for which the oldest run has waited for nothing but a worker.",
        _seconds(now - oldest) if oldest else 0,
    )


def _tick(now: datetime) -> Iterator[Metric]:
    beaten = heartbeat.last(heartbeat.TICK)
    if beaten is not None:
        told = "Seconds since a worker last looked what is due, as it does each minute."
        yield _one("tick_age_seconds", told, _seconds(now - beaten))


def _by_connection(name: str, told: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"halo_entra_{name}", told, labels=["connection"])


def _one(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"halo_entra_{name}", told, value=value)


def _seconds(span: timedelta) -> float:
    """Return a span in seconds; clocks of several machines are never quite alike."""
    return max(0.0, span.total_seconds())
