"""Why a run failed, by what mends it; pure but for the classes that it knows."""

from __future__ import annotations

from django import db

from common.errors import AppError
from connections.graph.errors import (
    GraphError,
    LacksPermission,
    NeedsAuthorisation,
    SignInReason,
    SignInRefused,
    Throttled,
    Unavailable,
)
from imports.words import Cause

CREDENTIALS = {
    SignInReason.WRONG_SECRET,
    SignInReason.NO_CREDENTIAL,
    SignInReason.WRONG_CERTIFICATE,
}
CONFIGURED = {
    SignInReason.UNKNOWN_TENANT,
    SignInReason.UNKNOWN_APPLICATION,
    SignInReason.WRONG_CLOUD,
}
DATABASE_LOST = (db.OperationalError, db.InterfaceError)
"""The database went away, is full, or does not let us in: no fault of ours."""


def of(trouble: BaseException) -> Cause:
    """Return what kind of trouble ended a run."""
    if isinstance(trouble, SignInRefused):
        return _refused(trouble.reason)
    known = (
        (NeedsAuthorisation, Cause.AUTHORISATION),
        (LacksPermission, Cause.PERMISSION),
        (Throttled, Cause.THROTTLED),
        (Unavailable, Cause.UNREACHABLE),
        (GraphError, Cause.REFUSED),
        (AppError, Cause.CONFIGURATION),
        (DATABASE_LOST, Cause.DATABASE),
    )
    found = (cause for kind, cause in known if isinstance(trouble, kind))
    return next(found, Cause.FAULT)


def _refused(reason: SignInReason) -> Cause:
    if reason is SignInReason.SECRET_EXPIRED:
        return Cause.SECRET_EXPIRED
    if reason in CREDENTIALS:
        return Cause.CREDENTIAL
    return Cause.CONFIGURATION if reason in CONFIGURED else Cause.AUTHORISATION
