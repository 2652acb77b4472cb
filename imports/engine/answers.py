"""Whom the mappings match, without deciding anything about them (R109)."""

from __future__ import annotations

from typing import NamedTuple

from imports.engine.select import verdicts
from imports.engine.types import Groups, Remote, Result
from mappings.rules import RuleSet


class Answer(NamedTuple):
    """What one mapping says of a person, if it does not say no."""

    sequence: int
    result: Result


def answers(remote: Remote, *, rules: RuleSet, groups: Groups) -> tuple[Answer, ...]:
    """Return the mappings that match the person, or might, by sequence."""
    said = [
        Answer(verdict.sequence, verdict.result)
        for verdict in verdicts(remote, rules=rules, groups=groups)
        if verdict.result is not Result.NO
    ]
    return tuple(sorted(said))
