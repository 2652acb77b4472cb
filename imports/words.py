"""The words of a run; models, engine and commands share them. Free of Django."""

from __future__ import annotations

from enum import StrEnum


class RunKind(StrEnum):
    """What a run is for."""

    PREVIEW = "preview"
    IMPORT = "import"
    DELTA = "delta"
    UNDO = "undo"


class Thing(StrEnum):
    """What a run imports beside people (mappings.words.Kind), in this order."""

    LICENCES = "licences"


class Trigger(StrEnum):
    """What started a run."""

    MANUAL = "manual"
    COMMAND = "command"
    SCHEDULE = "schedule"
    SIGN_IN = "sign_in"


class Walk(StrEnum):
    """How much of the tenant a run reads."""

    FULL = "full"
    DELTA = "delta"


class Status(StrEnum):
    """Where a run stands, or how it ended."""

    QUEUED = "queued"
    RUNNING = "running"
    PLANNED = "planned"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    SUCCEEDED = "succeeded"
    NOTHING_CHANGED = "nothing_changed"
    PARTLY_FAILED = "partly_failed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    BUSY = "busy"
    FAILED = "failed"
    CRASHED = "crashed"


ACTIVE = frozenset({Status.QUEUED, Status.RUNNING})
OPEN = ACTIVE | {Status.PLANNED, Status.WAITING_FOR_APPROVAL}
APPLIED = {Status.SUCCEEDED, Status.NOTHING_CHANGED, Status.PARTLY_FAILED}
FINISHED = frozenset(Status) - OPEN


class Stage(StrEnum):
    """The part of a run that is under way, in this order."""

    GROUPS = "groups"
    PEOPLE = "people"
    PLAN = "plan"
    APPLY = "apply"
    MANAGERS = "managers"


class Outcome(StrEnum):
    """What became of one item of a plan."""

    PLANNED = "planned"
    APPLIED = "applied"
    STALE = "stale"
    FAILED = "failed"
    HELD = "held"


class Verdict(StrEnum):
    """What somebody decided about a person."""

    LINK = "link"
    CREATE = "create"
    LEAVE_OUT = "leave_out"
    KEEP = "keep"


class MirrorState(StrEnum):
    """What the tenant last said of a person."""

    PRESENT = "present"
    ABSENT = "absent"
    """Not in a complete walk; not yet looked up."""
    DELETED = "deleted"
    """Deleted, restorable for thirty days."""
    GONE = "gone"
    """Deleted for good."""


class GroupState(StrEnum):
    """Whether the members of a group that a mapping names are known."""

    COMPLETE = "complete"
    UNREAD = "unread"
    UNREADABLE = "unreadable"
    GONE = "gone"
    AMBIGUOUS = "ambiguous"
    """Its name fits several groups, or none."""


class Cause(StrEnum):
    """Why a run failed, by what mends it."""

    SECRET_EXPIRED = "secret_expired"
    CREDENTIAL = "credential"
    """The secret or certificate is wrong, or there is none."""
    AUTHORISATION = "authorisation"
    """Nobody consents any more, or the authorisation has lapsed."""
    PERMISSION = "permission"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    DATABASE = "database"
    CONFIGURATION = "configuration"
    REFUSED = "refused"
    """Microsoft refused the request, or answered what cannot be used."""
    FAULT = "fault"
    """A bug of ours."""


class Measure(StrEnum):
    """What is summed up over all runs that have ended."""

    RUNS = "runs"
    PEOPLE = "people"
    GRAPH_REQUESTS = "graph_requests"
    THROTTLED_SECONDS = "throttled_seconds"


class Trouble(StrEnum):
    """What somebody has to know of, whose connection it is; the gravest first."""

    SILENT = "silent"
    """No worker has answered: nothing runs. Of the whole installation."""
    STUCK = "stuck"
    """A run waits for a worker, or its worker fell silent."""
    FAILING = "failing"
    AUTHORISATION_LOST = "authorisation_lost"
    WAITING = "waiting"
    """A plan waits for approval."""
    GROUPS = "groups"
    """A group that a mapping names is gone, or cannot be read."""
    SECRET = "secret"
    """A secret or certificate expires soon, or has expired."""
    REVIEW = "review"
    """People need somebody to decide which record they are."""
