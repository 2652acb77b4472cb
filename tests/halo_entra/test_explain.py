"""`explain`: what is decided about a person, as JSON and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.halo_entra.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


@pytest.mark.parametrize("who", ["upn", "mail", "object_id"])
def test_a_person_is_explained_as_json(
    desk: Desk, ann: UUID, manage: Callable[..., Said], who: str
) -> None:
    desk.preview()
    domain = desk.tenant.domain
    named = {"upn": f"Ann@{domain}", "mail": f"first.last@{domain}"}
    said = manage("explain", "Acme", named.get(who, str(ann)), "--json")
    told = said.data
    assert set(told) == {
        *("object_id", "upn", "as_of", "entra_state", "mappings", "match"),
        *("user", "agent"),
    }
    (mapping,) = told["mappings"]
    assert set(mapping) == {"sequence", "pass", "result", "tests"}
    assert (mapping["sequence"], mapping["pass"], mapping["result"]) == (
        *(10, "site", "won"),
    )
    assert set(mapping["tests"][0]) == {"test", "expected", "actual", "ok"}
    assert set(told["match"]) == {"by", "candidates"}
    assert set(told["user"]) == {"action", "changes", "reason"}
    assert (told["object_id"], told["user"]["action"]) == (str(ann), "create")
    assert told["agent"] is None


def test_a_person_is_explained_in_words(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.map_agents(100, desk.group("A", [ann]))
    desk.run()
    said = manage("explain", "Acme", str(ann))
    assert said.status == 0
    assert "Mapping 10 wins" in said.out
    assert "*Agent* mapping 100 matches" in said.out
    assert "User: nothing to do" in said.out


def test_nobody_to_explain_is_told_in_one_line(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    desk.preview()
    said = manage("explain", "Acme", "nobody@acme.example")
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
