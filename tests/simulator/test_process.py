"""The process: ready line, certificate authority, named tenants, no orphans."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller, session

ROOT = Path(__file__).resolve().parents[2]


def test_authority_outlives_a_restart(tmp_path: Path) -> None:
    with Simulator(tmp_path) as first:
        trusted = Path(first.ca).read_bytes()
    with Simulator(tmp_path) as second:
        assert Path(second.ca).read_bytes() == trusted
        second.admin.reset_requests()


def test_key_of_the_authority_is_private(tmp_path: Path) -> None:
    with Simulator(tmp_path):
        assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0


def test_named_tenant_has_the_same_ids_after_a_restart(tmp_path: Path) -> None:
    tenants = ("Contoso:40", "Other:3")
    with Simulator(tmp_path, tenants=tenants) as first:
        known = TenantInfo(**first.tenants[0])
        ids = [user["id"] for user in GraphCaller(first, known).walk("/users")]
    with Simulator(tmp_path, tenants=tenants) as second:
        again = TenantInfo(**second.tenants[0])
        assert again == known
        assert [user["id"] for user in GraphCaller(second, again).walk("/users")] == ids


def test_address_is_loopback_only(simulator: Simulator) -> None:
    host = simulator.origin.replace("localhost", "127.0.0.1")
    assert simulator.origin.startswith("https://localhost:")
    assert session(simulator).get(f"{host}/nowhere", timeout=5).status_code == 404


def test_it_ends_when_its_parent_dies(tmp_path: Path) -> None:
    script = (
        "import os; from pathlib import Path;"
        "from simulator.process import Simulator;"
        f"s = Simulator(Path({str(tmp_path)!r})); print(s.origin, flush=True);"
        "os._exit(9)"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    address = ("127.0.0.1", int(parent.stdout.rsplit(":", maxsplit=1)[1]))
    deadline = time.monotonic() + 10
    assert parent.returncode == 9
    with pytest.raises(ConnectionRefusedError):
        while time.monotonic() < deadline:
            socket.create_connection(address).close()
            time.sleep(0.05)


def test_ready_line_is_one_json_object(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simulator", "--end-with-parent"]
    with subprocess.Popen(
        [*command, "--state", str(tmp_path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        ready = json.loads(running.stdout.readline())
        running.communicate(timeout=10)
    assert ready["origin"].startswith("https://localhost:")
    assert ready["ca"] == str(tmp_path / "ca.pem")
