"""Why a run failed, by what mends it."""

from __future__ import annotations

import pytest
from django import db

from common.errors import AppError, InvalidInput
from connections import refusals
from connections.graph.errors import Refusal, SignInReason, Unavailable, answer_error
from imports import causes
from imports.words import Cause


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        (answer_error(Refusal(401)), Cause.AUTHORISATION),
        (answer_error(Refusal(403)), Cause.PERMISSION),
        (answer_error(Refusal(404)), Cause.REFUSED),
        (answer_error(Refusal(429)), Cause.THROTTLED),
        (answer_error(Refusal(503)), Cause.UNREACHABLE),
        (Unavailable("No answer."), Cause.UNREACHABLE),
        (InvalidInput("The group is gone."), Cause.CONFIGURATION),
        (AppError("Something is wrong."), Cause.CONFIGURATION),
        (db.OperationalError("server closed the connection"), Cause.DATABASE),
        (db.InterfaceError("connection already closed"), Cause.DATABASE),
        (db.IntegrityError("duplicate key"), Cause.FAULT),
        (ZeroDivisionError(), Cause.FAULT),
    ],
)
def test_each_trouble_has_its_cause(trouble: BaseException, cause: Cause) -> None:
    assert causes.of(trouble) is cause


SIGN_IN = {
    SignInReason.SECRET_EXPIRED: Cause.SECRET_EXPIRED,
    SignInReason.WRONG_SECRET: Cause.CREDENTIAL,
    SignInReason.NO_CREDENTIAL: Cause.CREDENTIAL,
    SignInReason.WRONG_CERTIFICATE: Cause.CREDENTIAL,
    SignInReason.UNKNOWN_TENANT: Cause.CONFIGURATION,
    SignInReason.UNKNOWN_APPLICATION: Cause.CONFIGURATION,
    SignInReason.WRONG_CLOUD: Cause.CONFIGURATION,
    SignInReason.NO_CONSENT: Cause.AUTHORISATION,
    SignInReason.AUTHORISE_AGAIN: Cause.AUTHORISATION,
    SignInReason.APPLICATION_DISABLED: Cause.AUTHORISATION,
    SignInReason.BLOCKED: Cause.AUTHORISATION,
    SignInReason.OTHER: Cause.AUTHORISATION,
}


@pytest.mark.parametrize("reason", SignInReason)
def test_each_refused_sign_in_has_its_cause(reason: SignInReason) -> None:
    assert causes.of(refusals.refused(reason)) is SIGN_IN[reason]
