from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from halo_entra import env

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests ask for is not asked for by the settings."""
    monkeypatch.setattr(env, "ASKED", set())
    monkeypatch.delenv("X", raising=False)
    monkeypatch.delenv("X_FILE", raising=False)


def set_x(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Set the variable X."""
    monkeypatch.setenv("X", value)


def test_what_is_asked_for_is_remembered() -> None:
    env.text("X", "default")
    env.secret("Y", "default")

    assert {"X", "Y"} == env.ASKED


def test_text_is_trimmed_and_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.text("X", "default") == "default"

    set_x(monkeypatch, "  value ")

    assert env.text("X", "default") == "value"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^X must be set: see \.env"):
        env.text("X")


def test_a_secret_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))

    assert env.secret("X") == "from a file"
    assert {"X"} == env.ASKED


def test_a_secret_comes_from_one_place_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))
    set_x(monkeypatch, "canary")

    with pytest.raises(ImproperlyConfigured, match="X or X_FILE, not both") as caught:
        env.secret("X")

    assert "canary" not in str(caught.value)


def test_a_secret_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("X_FILE", str(tmp_path / "missing"))

    with pytest.raises(ImproperlyConfigured, match="X_FILE names a file"):
        env.secret("X")


def test_a_secret_file_that_is_no_text_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match="X_FILE names a file"):
        env.secret("X")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1", True), ("TRUE", True), ("on", True), ("0", False), ("No", False)],
)
def test_a_flag_is_read_in_its_usual_spellings(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: bool
) -> None:
    set_x(monkeypatch, written)

    assert env.flag("X", default=not meant) is meant


def test_words_lose_their_spaces_and_empty_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_x(monkeypatch, "a, b,,c ")

    assert env.words("X", "") == ["a", "b", "c"]


def test_a_url_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    set_x(monkeypatch, "https://desk.example/")

    assert env.url("X", "", schemes=("https",)) == "https://desk.example"


def test_an_option_is_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    set_x(monkeypatch, "warning")

    assert env.one_of("X", "INFO", options=("INFO", "WARNING")) == "WARNING"


def test_a_server_may_have_a_default_of_its_own_kind() -> None:
    assert env.server("X", "filesystem://", schemes=("redis",)) == "filesystem://"


ODD: dict[str, tuple[str, Callable[[], object]]] = {
    "flag": ("maybe", lambda: env.flag("X", default=False)),
    "number": ("-1", lambda: env.number("X", 0)),
    "number in words": ("two", lambda: env.number("X", 0)),
    "option": ("LOUD", lambda: env.one_of("X", "INFO", options=("INFO",))),
    "file": ("/nowhere/ca.pem", lambda: env.file("X")),
    "url": ("desk.example", lambda: env.url("X", "", schemes=("https",))),
    "scheme": ("http://desk.example", lambda: env.url("X", "", schemes=("https",))),
    "host": ("https://", lambda: env.url("X", "", schemes=("https",))),
    "brackets": ("https://[desk", lambda: env.url("X", "", schemes=("https",))),
    "server": ("amqp://canary@h", lambda: env.server("X", "", schemes=("redis",))),
    "database": ("mysql://canary@h/d", lambda: env.database("X", "sqlite:///x")),
    "database port": ("postgres://h:x/d", lambda: env.database("X", "sqlite:///x")),
    "mail": ("imap://canary@h", lambda: env.mail("X")),
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_value_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    value, read = ODD[what]
    set_x(monkeypatch, value)

    with pytest.raises(ImproperlyConfigured, match=r"^X ") as caught:
        read()

    assert "canary" not in str(caught.value)


def test_a_database_is_read_from_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    set_x(monkeypatch, "postgres://desk:p%40ss@db.example:5433/desk")

    database = env.database("X", "sqlite:///x")

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"]) == ("db.example", 5433)
    assert (database["NAME"], database["PASSWORD"]) == ("desk", "p@ss")


@pytest.mark.parametrize("value", ["", "console://"])
def test_mail_goes_to_the_console_unless_a_server_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    set_x(monkeypatch, value)

    assert str(env.mail("X")["EMAIL_BACKEND"]).endswith("console.EmailBackend")


def test_mail_is_read_from_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    set_x(monkeypatch, "smtp+tls://desk%40acme.example:p%3Ass@mail.example:587")

    mail = env.mail("X")

    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("mail.example", 587)
    assert mail["EMAIL_HOST_USER"] == "desk@acme.example"
    assert mail["EMAIL_HOST_PASSWORD"] == "p:ss"
    assert (mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (True, False)


@pytest.mark.parametrize(
    ("value", "port", "ssl"),
    [("smtps://mail.example", 465, True), ("smtp://mail.example", 25, False)],
)
def test_mail_has_the_usual_ports(
    monkeypatch: pytest.MonkeyPatch, value: str, port: int, ssl: bool
) -> None:
    set_x(monkeypatch, value)

    mail = env.mail("X")

    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_SSL"]) == (port, ssl)
