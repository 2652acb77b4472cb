"""Links lead back to where they came from, and to an end."""

from __future__ import annotations

import pytest

from connections.graph import links
from connections.graph.errors import MalformedAnswer

GRAPH = "https://graph.example"


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.example/v1.0/users?$skiptoken=x",
        "https://GRAPH.example:443/v1.0/users",
    ],
)
def test_a_link_of_the_same_host_is_followed(link: str) -> None:
    assert links.checked(link, GRAPH) == link


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/users",
        "http://graph.example/v1.0/users",
        "https://graph.example:8443/v1.0/users",
        "https://graph.example@evil.example/v1.0/users",
        "https://graph.example.evil.example/",
        "https://user@graph.example/v1.0/users",
        "https://graph.example:port/",
        "https://graph.example/\r\nHost: evil.example",
        "//graph.example/v1.0/users",
        "/v1.0/users",
        "https://[graph.example/",
    ],
)
def test_a_link_to_elsewhere_is_refused(link: str) -> None:
    with pytest.raises(MalformedAnswer, match="leads away"):
        links.checked(link, GRAPH)


def test_a_link_becomes_a_path_for_a_batch() -> None:
    link = f"{GRAPH}/v1.0/groups/1/members?$skiptoken=a%20b"

    assert links.relative(link, GRAPH) == "/groups/1/members?$skiptoken=a%20b"
    assert links.relative(f"{GRAPH}/v1.0/users", GRAPH) == "/users"


def test_a_link_to_another_version_is_no_part_of_a_batch() -> None:
    with pytest.raises(MalformedAnswer, match="version"):
        links.relative(f"{GRAPH}/beta/users", GRAPH)


def test_a_trail_ends_at_a_link_it_has_seen() -> None:
    trail = links.Trail()
    trail.follow("a")
    trail.follow("b")

    with pytest.raises(MalformedAnswer, match="do not come to an end"):
        trail.follow("a", request_id="r-1")


def test_a_trail_has_an_end_even_if_every_link_is_new() -> None:
    trail = links.Trail(most=3)
    for link in "abc":
        trail.follow(link)

    with pytest.raises(MalformedAnswer):
        trail.follow("d")
