"""Signing in with Microsoft (P11): what comes back from there, sixty times a second.

The desk is gunicorn with threads, on one core; Microsoft and the browsers have another.
Browsers begin first and are sent back by Microsoft; only then are their answers brought
to the desk at a steady pace, each a POST without cookies and the GET that it leads to.
Our own time is the wall time of both from when they are due, queues and all, less what
the desk waited for Microsoft's token. Somebody's first sign-in makes their account, so
a quarter of all do more than the rest.
"""

from __future__ import annotations

import html
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import requests

from benchmarks import processes
from benchmarks.tenant import NAME, Tenant, configuration
from simulator.process import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from http.client import HTTPMessage
    from pathlib import Path

    from benchmarks.databases import Databases

RATE: Final = 60
"""Sign-ins a second."""
WARM: Final = 60
"""Sign-ins before it counts: threads connect, documents and keys are read."""
BROWSERS: Final = 16
THREADS: Final = 4
START: Final = "/auth/account/azure/sign-in?portal=user"
ANSWER: Final = "/auth/account/azureresponse"
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
DENIED: Final = re.compile('data-denied="([^"]*)"')
OF_KEYS: Final = ("/discovery/v2.0/keys", "/.well-known/openid-configuration")
COST: Final = "X-Cost"
"""The header in which `benchmarks.desk` tells what an answer took."""
PATIENCE: Final = 30.0


class NotSignedIn(processes.CommandFailed):
    """The desk did not let somebody in who should come in."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one sign-in took: seconds of the clock, those waiting, the processor's."""

    wall: float
    waited: float
    processor: float
    statements: int

    @property
    def own(self) -> float:
        """Return the time that is ours."""
        return self.wall - self.waited


@dataclass(frozen=True, slots=True)
class Said:
    """What the desk answered."""

    status: int
    headers: HTTPMessage
    text: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody whom Microsoft has just sent back."""

    cookie: str
    answer: Mapping[str, str]


class Desk:
    """A desk at a port of this machine, as its proxy asks it."""

    def __init__(self, port: int) -> None:
        """Ask at that port."""
        self._port = port

    def ask(
        self, method: str, path: str, *, browser: int, cookie: str = "", form: str = ""
    ) -> Said:
        """Return an answer; each browser has an address of its own."""
        headers = {"X-Forwarded-For": f"10.0.{browser >> 8 & 255}.{browser & 255}"}
        if cookie:
            headers["Cookie"] = cookie
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.request(method, path, form or None, headers)
            answer = connection.getresponse()
            return Said(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def begin(self, number: int, person: str, microsoft: requests.Session) -> Begun:
        """Press the button, and sign in at Microsoft as a person."""
        led = self.ask("GET", START, browser=number)
        address = led.headers.get("Location", "")
        if not address:
            raise NotSignedIn(f"{START} answered {led.status}.")
        page = microsoft.post(address, data={"person": person}, timeout=PATIENCE)
        found = {
            name: html.unescape(value) for name, value in HIDDEN.findall(page.text)
        }
        cookie = led.headers.get("Set-Cookie", "").partition(";")[0]
        return Begun(cookie, found)

    def finish(self, number: int, begun: Begun, due: float) -> Cost:
        """Bring the answer as a browser does; return what it took since it was due."""
        form = urlencode(begun.answer)
        posted = self.ask("POST", ANSWER, browser=number, form=form)
        place = posted.headers.get("Location", "")
        opened = self.ask("GET", place, browser=number, cookie=begun.cookie)
        wall = time.perf_counter() - due
        if opened.headers.get("Location") != "/portal/":
            why = DENIED.findall(opened.text)
            raise NotSignedIn(f"{ANSWER} answered {opened.status} {why}.")
        told = [json.loads(one.headers[COST]) for one in (posted, opened)]
        waited, busy, statements = map(sum, zip(*told, strict=True))
        return Cost(wall, waited, busy, statements)


def measure(databases: Databases, folder: Path, seconds: int) -> processes.Measures:
    """Return what signing in costs, on a desk of its own."""
    sign_ins = WARM + RATE * seconds
    with Simulator(tenants=(f"{NAME}:{max(1, sign_ins // 4)}",)) as simulator:
        tenant = Tenant.of(simulator)
        databases.create("sign_ins")
        variables = {
            **processes.environment(tenant, folder),
            "DATABASE_URL": databases.url("sign_ins"),
            "TRUSTED_PROXY_COUNT": "1",
        }
        _prepare(variables, tenant, folder)
        people = _people(simulator, tenant)
        with _running(variables, folder) as desk:
            return _measured(simulator, desk, people, sign_ins)


def _people(simulator: Simulator, tenant: Tenant) -> list[str]:
    """Return who may sign in, as the sign-in page names them: nobody disabled."""
    rows = simulator.admin.oracle(tenant.tenant_id, "people")
    return [
        f"{tenant.tenant_id}/{row['id']}"
        for row in rows
        if row["properties"]["accountEnabled"]
    ]


def _prepare(variables: Mapping[str, str], tenant: Tenant, folder: Path) -> None:
    """Make a desk into which the tenant's people have been imported as users."""
    told = json.loads(configuration(tenant))
    told["sso_connections"] = [
        {
            "name": "Sign-in",
            "cloud": "custom",
            "tenant_id": tenant.tenant_id,
            "application_id": tenant.application_id,
            "published": True,
            "allow": "users",
            "allow_guests": True,
        }
    ]
    file = folder / "sign-ins.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    processes.manage(variables, "migrate", "--verbosity", "0")
    processes.manage(variables, "createcachetable")
    processes.manage(variables, "apply_config", str(file))
    processes.manage(variables, "import_directory", NAME, "--users")


@contextmanager
def _running(variables: Mapping[str, str], folder: Path) -> Iterator[Desk]:
    """Run a desk on one core, and us and Microsoft on the others."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    cores = os.sched_getaffinity(0)
    alone = min(cores)
    command = ["taskset", "-c", str(alone), sys.executable, "-m", "gunicorn"]
    command += ["benchmarks.desk", "--bind", f"127.0.0.1:{port}"]
    command += ["--threads", str(THREADS), "--log-level", "warning"]
    home = f"http://127.0.0.1:{port}"
    with (folder / "desk.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=processes.ROOT,
            env={**variables, "AGENT_BASE_URL": home},
            stdout=log,
            stderr=log,
        )
    try:
        desk = Desk(port)
        _await(desk)
        yield desk
    finally:
        process.terminate()
        process.wait()


def _await(desk: Desk) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            desk.ask("GET", "/healthz", browser=0)
        except OSError as error:
            if time.monotonic() > end:
                raise processes.CommandFailed("The desk does not answer.") from error
            time.sleep(0.1)
        else:
            return


def _measured(
    simulator: Simulator, desk: Desk, people: Sequence[str], sign_ins: int
) -> processes.Measures:
    with requests.Session() as microsoft, ThreadPoolExecutor(BROWSERS) as browsers:
        microsoft.verify = simulator.ca
        microsoft.trust_env = False
        microsoft.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

        def begin(number: int) -> Begun:
            return desk.begin(number, people[number % len(people)], microsoft)

        begun = list(browsers.map(begin, range(sign_ins)))
        list(browsers.map(partial(_finish, desk, begun, 0.0), range(WARM)))
        simulator.admin.reset_requests()
        start = time.perf_counter() + 0.5 - WARM / RATE
        finish = partial(_finish, desk, begun, start)
        costs = list(browsers.map(finish, range(WARM, sign_ins)))
        seconds = time.perf_counter() - start - WARM / RATE
    asked = simulator.admin.request_counts()
    of_keys = sum(n for what, n in asked.items() if what.endswith(OF_KEYS))
    return _summary(costs, seconds) | {"requests_for_keys": of_keys}


def _finish(desk: Desk, begun: Sequence[Begun], start: float, number: int) -> Cost:
    """Wait until a sign-in is due, and bring its answer; at once if `start` is 0."""
    due = start + number / RATE if start else time.perf_counter()
    time.sleep(max(0.0, due - time.perf_counter()))
    return desk.finish(number, begun[number], due)


def _summary(costs: Sequence[Cost], seconds: float) -> processes.Measures:
    """Return the figures of many sign-ins; times in milliseconds."""

    def spread(name: str, of: Sequence[float]) -> dict[str, float]:
        parts = statistics.quantiles(of, n=100)
        return {
            f"{name}_ms": round(parts[49] * 1000, 1),
            f"{name}_p95_ms": round(parts[94] * 1000, 1),
        }

    return {
        "sign_ins": len(costs),
        "seconds": round(seconds, 2),
        "per_second": round(len(costs) / seconds, 1),
        **spread("own", [one.own for one in costs]),
        **spread("waited", [one.waited for one in costs]),
        **spread("processor", [one.processor for one in costs]),
        "statements": statistics.median(one.statements for one in costs),
    }
