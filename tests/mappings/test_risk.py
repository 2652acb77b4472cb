"""How far a group is trusted with agents and administrators."""

from __future__ import annotations

import pytest

from common.types import Json
from mappings.risk import Gives, Level, rate

OPEN: dict[str, Json] = {
    "kind": "microsoft_365",
    "visibility": "Public",
    "dynamic": False,
}
RULE = 'user.department -eq "IT"'


@pytest.mark.parametrize("gives", [Gives.AGENT, Gives.ADMINISTRATOR])
def test_a_public_group_that_anyone_can_join_makes_no_agent(gives: Gives) -> None:
    found = rate(OPEN, gives=gives)

    assert found.level is Level.REFUSE
    assert "make the group private" in found.sentence


@pytest.mark.parametrize(
    ("group", "gives", "level"),
    [
        (OPEN, Gives.SITE, Level.FINE),
        ({**OPEN, "visibility": "Private"}, Gives.AGENT, Level.FINE),
        ({**OPEN, "dynamic": True, "membership_rule": RULE}, Gives.AGENT, Level.WARN),
        ({"kind": "security"}, Gives.ADMINISTRATOR, Level.FINE),
        ({"kind": "security", "visibility": "Public"}, Gives.AGENT, Level.FINE),
        ({"kind": "security", "dynamic": True}, Gives.AGENT, Level.WARN),
        ({"kind": "security", "dynamic": True}, Gives.ADMINISTRATOR, Level.CONFIRM),
    ],
)
def test_a_group_is_trusted_as_far_as_its_door(
    group: dict[str, Json], gives: Gives, level: Level
) -> None:
    assert rate(group, gives=gives).level is level


def test_a_rule_is_shown_before_it_makes_administrators() -> None:
    group: dict[str, Json] = {"dynamic": True, "membership_rule": RULE}

    assert RULE in rate(group, gives=Gives.ADMINISTRATOR).sentence


@pytest.mark.rule("R090")
@pytest.mark.parametrize("gives", list(Gives))
def test_a_distribution_list_selects_nobody(gives: Gives) -> None:
    assert rate({"kind": "distribution"}, gives=gives).level is Level.REFUSE
