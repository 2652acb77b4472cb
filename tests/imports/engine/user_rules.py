"""Rules and people for tests of what a run does for users."""

from __future__ import annotations

from dataclasses import replace

from imports.engine.types import Local, Match
from mappings.rules import Leavers, RuleSet, SiteRule
from mappings.words import Policy
from tests.imports.engine.builders import (
    CLOSED,
    EVERYBODY,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    POWER,
    STANDARD,
    UNREADABLE,
    ada,
    rule_set,
)

LONDON_REF = {"id": LONDON.id, "name": "Acme / London"}
LEEDS_REF = {"id": LEEDS.id, "name": "Acme / Leeds"}
OBJECT_ID = str(ada().object_id)
RULES = rule_set(EVERYBODY_TO_LONDON)
NOBODY = rule_set()
BROKEN = rule_set(SiteRule(5, UNREADABLE, LEEDS), EVERYBODY_TO_LONDON)
TO_LEEDS = rule_set(SiteRule(10, EVERYBODY, LEEDS, role=POWER))
TO_CLOSED = rule_set(SiteRule(10, EVERYBODY, CLOSED, role=STANDARD))
DELETED = replace(ada(), is_deleted=True)
DISABLED = ada(accountEnabled=False)


def leaving(**policies: Policy) -> RuleSet:
    """Everybody to London, with these policies for leavers."""
    return rule_set(EVERYBODY_TO_LONDON, leavers=Leavers(**policies))


def found(local: Local) -> Match:
    """A match by a field: the record has no identity yet."""
    return Match(local, "email", (local.id,))
