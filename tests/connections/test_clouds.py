"""Where sign-in and Graph are."""

from __future__ import annotations

import pytest

from common.errors import InvalidInput
from connections import clouds


@pytest.mark.parametrize(
    ("name", "graph"),
    [
        ("global", "https://graph.microsoft.com"),
        ("us_gov", "https://graph.microsoft.us"),
        ("us_dod", "https://dod-graph.microsoft.us"),
        ("china", "https://microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_its_graph_and_the_scope_follows_it(
    name: str, graph: str
) -> None:
    cloud = clouds.cloud(name)

    assert cloud.graph == graph
    assert cloud.scope == f"{graph}/.default"


def test_an_unknown_cloud_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InvalidInput, match="global, us_gov"):
        clouds.cloud("mars")


def test_custom_is_refused_until_the_environment_names_it() -> None:
    with pytest.raises(InvalidInput, match="ENTRA_CUSTOM_AUTHORITY"):
        clouds.cloud("custom")


def test_custom_is_what_the_environment_names() -> None:
    custom = clouds.custom_cloud(
        authority="https://login.example:8443/",
        graph="http://127.0.0.1:9000",
        ca_bundle="ca.pem",
    )

    assert clouds.cloud("custom", custom) == clouds.Cloud(
        "custom", "https://login.example:8443", "http://127.0.0.1:9000", "ca.pem"
    )


def test_without_both_variables_there_is_no_custom_cloud() -> None:
    assert clouds.custom_cloud(authority="", graph="") is None


@pytest.mark.parametrize(
    ("authority", "graph", "named"),
    [
        ("https://login.example", "", "both or neither"),
        ("http://127.0.0.1:1", "https://graph.example", "ENTRA_CUSTOM_AUTHORITY"),
        ("https://login.example/t", "https://graph.example", "ENTRA_CUSTOM_AUTHORITY"),
        ("https://a@login.example", "https://graph.example", "ENTRA_CUSTOM_AUTHORITY"),
        ("https://login.example:x", "https://graph.example", "ENTRA_CUSTOM_AUTHORITY"),
        ("https://login.example", "http://graph.example", "loopback only"),
        ("https://login.example", "ftp://graph.example", "ENTRA_CUSTOM_GRAPH"),
        ("https://login.example", "https://g.example?x=1", "ENTRA_CUSTOM_GRAPH"),
    ],
)
def test_an_odd_address_is_refused_by_the_name_of_its_variable(
    authority: str, graph: str, named: str
) -> None:
    with pytest.raises(InvalidInput, match=named):
        clouds.custom_cloud(authority=authority, graph=graph)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_loopback_is_this_machine_only(host: str, expected: bool) -> None:
    assert clouds.is_loopback(host) is expected
