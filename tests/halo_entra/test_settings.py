from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from django import db

from tests.halo_entra.manage import manage

if TYPE_CHECKING:
    from pathlib import Path

SHOW = "import json; from django.conf import settings; print(json.dumps({}))"


def setting(folder: Path, expression: str, **variables: str) -> object:
    """Return what an expression over `settings` gives in a process of its own."""
    done = manage(folder, "shell", "-v0", "-c", SHOW.format(expression), **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_installation_behind_https_passes_the_deployment_check(
    tmp_path: Path,
) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "INFO")

    assert (done.returncode, done.stdout.strip()) == (
        0,
        "System check identified no issues (0 silenced).",
    ), done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS"])
def test_without_its_keys_the_start_stops_with_the_name(
    tmp_path: Path, name: str
) -> None:
    done = manage(tmp_path, "check", **{name: ""})

    assert done.returncode == 1
    assert f"{name} must be set: see .env.example." in done.stderr


def test_the_key_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")

    key = setting(
        tmp_path,
        "settings.SECRET_KEY",
        SECRET_KEY="",
        SECRET_KEY_FILE=str(tmp_path / "key"),
    )

    assert key == "from-a-file"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", "mysql://canary@host/desk"),
        ("CELERY_BROKER_URL", "carrier-pigeon://canary"),
        ("CACHE_URL", "memcached://canary"),
        ("AGENT_BASE_URL", "desk.acme.example"),
        ("ENTRA_CUSTOM_AUTHORITY", "http://login.acme.example"),
        ("ENTRA_CA_BUNDLE", "/nowhere/ca.pem"),
        ("EMAIL_URL", "pop3://canary"),
        ("LOG_LEVEL", "loud"),
        ("TRUSTED_PROXY_COUNT", "many"),
        ("FIELD_ENCRYPTION_KEYS", "canary"),
    ],
)
def test_an_odd_value_stops_the_start_with_the_name(
    tmp_path: Path, name: str, value: str
) -> None:
    done = manage(tmp_path, "check", **{name: value})

    assert done.returncode == 1
    assert f"ImproperlyConfigured: {name}" in done.stderr
    assert "canary" not in done.stderr


def test_debugging_makes_keys_and_keeps_them(tmp_path: Path) -> None:
    keyless = {"DEBUG": "1", "SECRET_KEY": "", "FIELD_ENCRYPTION_KEYS": ""}

    first = setting(tmp_path, "settings.SECRET_KEY", **keyless)
    second = setting(tmp_path, "settings.SECRET_KEY", **keyless)

    assert first == second


@pytest.mark.parametrize(
    ("address", "is_secure"),
    [("https://desk.acme.example", True), ("http://localhost:8000", False)],
)
def test_cookies_hsts_and_the_redirect_follow_the_scheme_of_agents(
    tmp_path: Path, address: str, is_secure: bool
) -> None:
    found = setting(
        tmp_path,
        "[settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,"
        " settings.SECURE_SSL_REDIRECT, bool(settings.SECURE_HSTS_SECONDS)]",
        AGENT_BASE_URL=address,
    )

    assert found == [is_secure] * 4


def test_headers_of_proxies_count_only_if_there_are_proxies(tmp_path: Path) -> None:
    shown = "[settings.USE_X_FORWARDED_HOST, bool(settings.SECURE_PROXY_SSL_HEADER)]"

    assert setting(tmp_path, shown) == [False, False]
    assert setting(tmp_path, shown, TRUSTED_PROXY_COUNT="1") == [True, True]


def test_the_portal_is_below_the_agents_unless_it_has_its_own_address(
    tmp_path: Path,
) -> None:
    assert setting(tmp_path, "settings.PORTAL_BASE_URL") == (
        "https://desk.acme.example/portal"
    )


def test_the_folder_of_the_embedded_broker_is_private(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir(mode=0o755)

    assert manage(tmp_path, "check").returncode == 0

    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o700


def test_a_server_as_broker_needs_no_folder(tmp_path: Path) -> None:
    manage(tmp_path, "check", CELERY_BROKER_URL="redis://127.0.0.1:1/0")

    assert not (tmp_path / "broker").exists()


@pytest.mark.django_db
def test_the_embedded_database_is_tuned_for_one_writer_and_many_readers() -> None:
    if db.connection.vendor != "sqlite":
        assert db.connection.settings_dict["OPTIONS"]["connect_timeout"] == 10
        return
    with db.connection.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                *("journal_mode", "synchronous", "busy_timeout", "foreign_keys"),
                "cache_size",
            )
        ]

    assert found == ["wal", 1, 30_000, 1, -32_768]
    assert db.connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert not db.connection.settings_dict["ATOMIC_REQUESTS"]
