"""The way over the network, against a real host on loopback."""

from __future__ import annotations

import gzip
import itertools
import logging
import time
from collections.abc import Iterator

import pytest

from connections.graph.errors import MalformedAnswer, Rejected, Unavailable, Untrusted
from connections.http import HttpClient, Question
from tests.connections.scripted import Canned, Host, Received


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(max_body=100_000)
    yield client
    client.close()


def get(host: Host, path: str = "/") -> Question:
    return Question("GET", f"{host.origin}{path}", timeout=(2, 2))


def drops() -> Iterator[bytes]:
    for _ in itertools.count():
        time.sleep(0.05)
        yield b"x"


def slowly(_: Received) -> Canned:
    time.sleep(0.5)
    return Canned()


def test_an_answer_comes_whole_whatever_its_status(
    host: Host, http: HttpClient
) -> None:
    host.will(Canned(b"no", 418, {"request-id": "r1"}))

    answer = http.send(get(host))

    assert (answer.status, answer.body, answer.request_id) == (418, b"no", "r1")


def test_a_packed_answer_is_unpacked(host: Host, http: HttpClient) -> None:
    host.will(
        Canned(gzip.compress(b"x" * 50_000), headers={"Content-Encoding": "gzip"})
    )

    assert http.send(get(host)).body == b"x" * 50_000


def test_a_redirect_is_not_followed(host: Host, http: HttpClient) -> None:
    host.will(Canned(status=307, headers={"Location": f"{host.origin}/elsewhere"}))

    assert http.send(get(host)).status == 307
    assert host.paths() == ["/"]


def test_a_cookie_is_not_sent_back(host: Host, http: HttpClient) -> None:
    host.will(Canned(headers={"Set-Cookie": "a=b"}), Canned())

    http.send(get(host))
    http.send(get(host))

    assert host.received[1].headers.get("Cookie") is None


def test_an_answer_cut_short_is_unavailable(host: Host, http: HttpClient) -> None:
    host.will(Canned(b'{"value": []}', cut=True))

    with pytest.raises(Unavailable, match="broke off"):
        http.send(get(host))


def test_an_answer_that_is_too_large_is_not_read(host: Host, http: HttpClient) -> None:
    host.will(Canned(b"x" * 200_000))

    with pytest.raises(MalformedAnswer, match="larger than"):
        http.send(get(host))


def test_a_small_packet_that_unpacks_to_a_large_one_is_not_read(
    host: Host, http: HttpClient
) -> None:
    host.will(Canned(gzip.compress(bytes(10**7)), headers={"Content-Encoding": "gzip"}))

    with pytest.raises(MalformedAnswer, match="larger than"):
        http.send(get(host))


def test_broken_packing_is_unavailable(host: Host, http: HttpClient) -> None:
    host.will(Canned(b"no gzip", headers={"Content-Encoding": "gzip"}))

    with pytest.raises(Unavailable):
        http.send(get(host))


def test_an_answer_that_trickles_ends_in_time(host: Host) -> None:
    http = HttpClient(longest=0.3)
    host.will(Canned(chunks=drops()))
    begun = time.monotonic()

    with pytest.raises(Unavailable, match="too long"):
        http.send(get(host))

    assert time.monotonic() - begun < 5
    http.close()


def test_a_host_that_says_nothing_is_unavailable(host: Host, http: HttpClient) -> None:
    host.script = slowly
    question = Question("GET", host.origin, timeout=(1, 0.1))

    with pytest.raises(Unavailable, match="did not answer in time"):
        http.send(question)


def test_a_host_that_is_not_there_is_unavailable(http: HttpClient) -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1 failed"):
        http.send(Question("GET", "https://127.0.0.1:1/"))


def test_what_cannot_be_sent_is_rejected(http: HttpClient) -> None:
    with pytest.raises(Rejected):
        http.send(Question("GET", "https:///nowhere"))


def test_a_certificate_of_nobody_we_trust_is_refused(
    secure_host: Host, http: HttpClient
) -> None:
    with pytest.raises(Untrusted, match="ENTRA_CA_BUNDLE"):
        http.send(get(secure_host))


def test_a_certificate_of_our_own_authority_is_trusted(
    secure_host: Host, ca_bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/else.pem")
    http = HttpClient(ca_bundle=ca_bundle)
    secure_host.will(Canned(b"{}"))

    assert http.send(get(secure_host)).status == 200
    http.close()


def test_a_proxy_that_is_not_there_is_named(host: Host) -> None:
    http = HttpClient(proxy="http://127.0.0.1:1")

    with pytest.raises(Unavailable, match="HTTPS_PROXY"):
        http.send(Question("GET", "https://graph.example/"))
    http.close()


def test_a_question_does_not_show_what_it_carries() -> None:
    question = Question(
        "POST", "https://a.example/?code=canary", {"Authorization": "canary"}, "canary"
    )

    assert "canary" not in repr(question)


def test_connections_are_used_again(host: Host, http: HttpClient) -> None:
    host.will(Canned(b"x" * 10), Canned(chunks=None), Canned(status=404))

    for _ in range(3):
        http.send(get(host))

    assert len({each.connection for each in host.received}) == 1


def test_addresses_are_not_logged(
    host: Host, http: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    host.will(Canned())

    with caplog.at_level(logging.DEBUG):
        http.send(get(host, "/users/canary@acme.example"))

    assert "canary" not in caplog.text
