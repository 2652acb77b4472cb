"""`demo`: the product with a practice tenant, on a machine that has nothing.

Every step is a command that an administrator would type; this one only starts them,
in a folder of their own, and ends what it started.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from halo_entra import practice, practice_licences
from halo_entra.administrators import make_administrator
from simulator.contract import NewTenant, TenantInfo
from simulator.process import Simulator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.core.management.base import CommandParser

ADMINISTRATOR = "admin@desk.example"
PASSWORD = "practice makes perfect"
CONFIGURATION = Path(__file__).resolve().parents[2] / "demo.yaml"
CONTOSO: NewTenant = {
    "name": "Contoso",
    "people": 1200,
    "profile": "contoso",
    "tenant_id": "11111111-1111-4111-8111-111111111111",
    "application_id": "22222222-2222-4222-8222-222222222222",
}
FABRIKAM: NewTenant = {
    "name": "Fabrikam",
    "people": 300,
    "profile": "fabrikam",
    "tenant_id": "33333333-3333-4333-8333-333333333333",
    "application_id": "44444444-4444-4444-8444-444444444444",
}
EVERYTHING = ("import_directory", "Contoso", "--licences", "--users", "--agents")
SIGNED_OUT = "/auth/signed-out"


class Command(BaseCommand):
    """Start everything, import the practice tenant twice, and serve."""

    help = "Import a practice tenant of 1,200 people and serve until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--once` and the port."""
        parser.add_argument(
            "--once",
            action="store_true",
            help="End after the imports, without serving.",
        )
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Do it; raises CommandError where a step did not do what it should."""
        # Ended from outside, it ends what it started, as on Ctrl+C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        folder: Path = settings.VAR_DIR
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        with ExitStack() as stack:
            simulator = stack.enter_context(Simulator(folder / "simulator"))
            tenants = _practice_tenants(simulator, options["port"])
            steps = _Steps(_environment(simulator, tenants, options["port"]))
            self._import(steps)
            if not options["once"]:
                self._serve(stack, steps, options["port"])

    def _import(self, steps: _Steps) -> None:
        steps.run("migrate", "--verbosity", "0")
        steps.run("createcachetable", "--verbosity", "0")
        steps.run("apply_config", str(CONFIGURATION), "--json")
        make_administrator(ADMINISTRATOR, password=PASSWORD)
        self.stdout.write("Contoso, a practice tenant of 1,200 people, is connected.")
        self.stdout.write(steps.run(*EVERYTHING).rstrip())
        self.stdout.write("Where they went:")
        for line in steps.places():
            self.stdout.write(f"  {line}")
        second = steps.run(*EVERYTHING).rstrip()
        self.stdout.write(second)
        if "nothing changed" not in second.splitlines()[0]:
            raise CommandError("The second import changed something: see above.")
        self.stdout.write("The second import changed nothing.")

    def _serve(self, stack: ExitStack, steps: _Steps, port: int) -> None:
        worker = steps.start(
            *("-m", "celery", "-A", "halo_entra", "-q", "worker", "--beat"),
            *("--pool", "solo", "--loglevel", "WARNING"),
        )
        stack.callback(_end, worker)
        web = steps.start(
            *("-m", "gunicorn", "halo_entra.wsgi", "--log-level", "warning"),
            *("--threads", "4", "--bind", f"127.0.0.1:{port}"),
        )
        stack.callback(_end, web)
        self.stdout.write(
            f"Open http://localhost:{port}/ and sign in as {ADMINISTRATOR} with the "
            f"password {PASSWORD}. Stop with Ctrl+C.\n"
            "Or sign in with Microsoft as anybody of Contoso, at a practice sign-in "
            "page whose certificate browsers ask about: agents there, users at "
            f"http://localhost:{port}/portal/."
        )
        try:
            status = web.wait()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
            return
        raise CommandError(f"The web application ended with status {status}.")


class _Steps:
    """Commands of the product, each in a process of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    def run(self, *command: str) -> str:
        """Run `manage.py` with these words; its progress shows, its output returns."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(f"{command[0]} ended with status {done.returncode}.")
        return done.stdout

    def places(self) -> list[str]:
        """Return how many users each site has, in words."""
        people = [
            json.loads(line)
            for line in self.run("export_directory", "users").splitlines()
        ]
        sites = sorted({(row["organisation"], row["site"]) for row in people})
        return [
            f"{organisation} / {site}: "
            f"{sum(row['site'] == site for row in people)} users"
            for organisation, site in sites
        ]

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a Python module that goes on until it is ended."""
        return subprocess.Popen(
            [sys.executable, *command], cwd=settings.BASE_DIR, env=self._environment
        )


def _practice_tenants(simulator: Simulator, port: int) -> Sequence[TenantInfo]:
    """Make the tenants, and leave what connects them where the demo's page reads it."""
    found = [simulator.admin.create_tenant(**spec) for spec in (CONTOSO, FABRIKAM)]
    for one in found:
        practice_licences.subscribe(simulator.admin, one.tenant_id)
        simulator.admin.set_application(
            one.tenant_id,
            one.application_id,
            redirect_uris=[
                f"http://localhost:{port}{path}"
                for path in ("/azure/auth", "/auth/account/azureresponse", SIGNED_OUT)
            ],
        )
    told = [
        {**asdict(one), "people": spec["people"]}
        for one, spec in zip(found, (CONTOSO, FABRIKAM), strict=True)
    ]
    (settings.VAR_DIR / practice.FILE).write_text(json.dumps(told))
    return found


def _environment(
    simulator: Simulator, tenants: Sequence[TenantInfo], port: int
) -> dict[str, str]:
    """Return the environment of the steps."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "halo_entra.settings.demo",
        # The demo's settings add their own folder.
        "VAR_DIR": str(settings.VAR_DIR.parent),
        "ENTRA_CUSTOM_AUTHORITY": simulator.origin,
        "ENTRA_CUSTOM_GRAPH": simulator.origin,
        "ENTRA_CA_BUNDLE": simulator.ca,
        "AGENT_BASE_URL": f"http://localhost:{port}",
        "CONTOSO_SECRET": tenants[0].secret,
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
