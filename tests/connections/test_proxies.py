"""Which requests go through the proxy."""

from __future__ import annotations

import pytest

from connections import proxies

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("url", "no_proxy", "goes_through"),
    [
        ("https://graph.example/v1.0", "", True),
        ("https://127.0.0.1:9000/", "", False),
        ("https://localhost/", "", False),
        ("https://graph.example/", "*", False),
        ("https://graph.example/", "graph.example", False),
        ("https://graph.example/", "GRAPH.example, other.example", False),
        ("https://graph.example/", ".example", False),
        ("https://graph.example/", "*.example", False),
        ("https://graph.example/", "raph.example", True),
        ("https://graph.example/", "graph.example:443", False),
        ("https://graph.example:8443/", "graph.example:443", True),
        ("https://10.1.2.3/", "10.0.0.0/8", False),
        ("https://10.1.2.3/", "10.1.2.3", False),
        ("https://11.1.2.3/", "10.0.0.0/8", True),
        ("https://graph.example/", " , ", True),
    ],
)
def test_no_proxy_and_loopback_are_reached_directly(
    url: str, no_proxy: str, goes_through: bool
) -> None:
    chosen = proxies.choose(url, PROXY, no_proxy)

    assert chosen == ({"https": PROXY, "http": PROXY} if goes_through else {})


def test_without_a_proxy_everything_goes_directly() -> None:
    assert proxies.choose("https://graph.example/", "", "") == {}


def test_a_host_is_named_without_user_and_password() -> None:
    assert proxies.host("https://u:secret@graph.example:8443/x") == "graph.example:8443"
