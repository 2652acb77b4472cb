"""What `docs/deploy` starts exists: commands, options, variables, secrets, numbers."""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from configparser import RawConfigParser
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from celery.app.utils import find_app
from celery.bin.celery import celery as celery_cli
from django.core.management import get_commands
from django.utils import timezone
from django.utils.module_loading import import_string
from gunicorn.config import Config
from ruamel.yaml import YAML

from halo_entra.measures import Reading
from imports import lanes
from tests.factories.imports import HeartbeatFactory
from tests.halo_entra.manage import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
HOME = "/srv/halo-entra"
OTHERS = {"postgres", "redis"}
"""Services that are not ours."""
EXAMPLE = (ROOT / ".env.example").read_text()
VARIABLES = set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))
SECRETS = set(
    re.findall(r"^# \[secret\].*\n(?:#.*\n)*([A-Z_]+)=", EXAMPLE, re.MULTILINE)
)
"""Those that a file may hold."""


def yaml(file: str) -> Any:
    """Return what a file of the folder says."""
    return YAML(typ="safe").load((DEPLOY / file).read_text())


def unit(file: Path) -> RawConfigParser:
    """Return a unit, its keys spelt as they are."""
    found = RawConfigParser()
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(file)
    return found


def started(file: Path) -> list[str]:
    """Return the command of a unit, as systemd starts it on a machine called m."""
    return shlex.split(unit(file)["Service"]["ExecStart"].replace("%H", "m"))


def services() -> dict[str, Any]:
    """Return our services of the compose file."""
    found: dict[str, Any] = yaml("compose.yaml")["services"]
    return {name: found[name] for name in found if name not in OTHERS}


def commands() -> dict[str, list[str]]:
    """Return each command of units, compose file and image, by where it stands."""
    image = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.M)
    assert image
    return {
        **{one.stem: started(one) for one in UNITS},
        **{f"compose {name}": one["command"] for name, one in services().items()},
        "image": YAML(typ="safe").load(image[1]),
    }


def options(command: Sequence[str]) -> dict[str, Any]:
    """Return what Celery makes of a command; wrong ones end the test."""
    _, option, app, name, *rest = command
    assert option == "-A"
    known = SimpleNamespace(app=find_app(app))
    assert known.app.main == "halo_entra"
    read = celery_cli.commands[name].make_context(name, rest, obj=known)
    return {"name": name, **read.params}


def queues() -> dict[str, set[str]]:
    """Return the queues that each worker listens to."""
    found = {place: options(one) for place, one in commands().items() if "-A" in one}
    return {
        place: set(one["queues"])
        for place, one in found.items()
        if one["name"] == "worker"
    }


@pytest.mark.parametrize(("place", "command"), commands().items())
def test_every_command_is_one(place: str, command: list[str]) -> None:
    program = Path(command[0])
    if place.startswith("halo-entra"):
        assert program.parent == Path(HOME, ".venv/bin")
    assert (Path(sys.executable).parent / program.name).exists()

    if program.name == "celery":
        assert options(command)["name"] in {"worker", "beat"}
    elif program.name == "gunicorn":
        asked = Config().parser().parse_args(command[1:])
        assert callable(import_string(f"{asked.args[0]}.application"))
    else:
        assert (program.name, command[1]) == ("python", "manage.py")
        assert command[2] in get_commands()


def test_some_workers_never_take_long_walks_and_some_do() -> None:
    for kind in ("halo-entra", "compose"):
        found = [one for place, one in queues().items() if place.startswith(kind)]

        assert {lanes.QUICK} in found
        assert {lanes.QUICK, lanes.LONG} in found


def test_there_is_one_beat() -> None:
    beats = [place for place, command in commands().items() if "beat" in command]

    assert beats == ["halo-entra-beat", "compose beat"]
    assert "replicas" not in (DEPLOY / "compose.yaml").read_text()


def test_units_write_where_they_may() -> None:
    for file in UNITS:
        service = unit(file)["Service"]
        name, _, folder = service["Environment"].partition("=")

        assert name in VARIABLES
        assert folder == f"/var/lib/{service['StateDirectory']}"
        assert service["User"] == "halo-entra"
        assert service["EnvironmentFile"] == f"{HOME}/.env"
        assert service["WorkingDirectory"] == HOME


def test_compose_sets_variables_that_are_read() -> None:
    for one in services().values():
        for name in one["environment"]:
            variable = name.removesuffix("_FILE")
            assert variable in (VARIABLES if name == variable else SECRETS)


def test_compose_hands_secrets_over_as_files() -> None:
    document = yaml("compose.yaml")

    for name, one in document["services"].items():
        held = {
            f"/run/secrets/{secret}"
            for secret in one.get("secrets", [])
            if document["secrets"][secret]["file"] == f"./secrets/{secret}"
        }
        variables = one.get("environment", {})
        files = {variables[key] for key in variables if key.endswith("_FILE")}
        assert files == held, name


def test_compose_watches_what_it_keeps_running() -> None:
    for name, one in yaml("compose.yaml")["services"].items():
        assert ("healthcheck" in one) is (name != "migrate"), name


def test_images_are_named_without_a_registry() -> None:
    named = [one["image"] for one in yaml("compose.yaml")["services"].values()]
    base = re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.M)

    assert [one for one in (*named, *base) if "/" in one] == []


def test_the_image_holds_all_that_runs_and_nothing_else() -> None:
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["importlinter"]["root_packages"]

    assert "*" in allowed
    assert {line[1:] for line in allowed if line[0] == "!"} == {
        *(*packages, "templates", "manage.py", "requirements/base.txt")
    }


@pytest.mark.django_db
def test_alerts_and_their_page_name_numbers_that_are_told() -> None:
    HeartbeatFactory.create(name="tick")
    told = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in Reading(timezone.now()).collect()
    }
    rules = [rule["expr"] for rule in yaml("alerts.yaml")["groups"][0]["rules"]]
    page = (ROOT / "docs" / "operations.md").read_text()

    assert set(re.findall(r"halo_entra_\w+", " ".join(rules))) <= told
    assert set(re.findall(r"`(halo_entra_\w+)", page)) == told


def test_the_page_names_commands_files_and_variables_that_exist() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    assigned = re.findall(r"^([A-Z_]+)=", page, re.MULTILINE)

    assert set(re.findall(r"manage\.py (\w+)", page)) <= set(get_commands())
    assert set(assigned) <= VARIABLES | {"DESK_HOST"}  # of compose
    for file in DEPLOY.iterdir():
        assert f"deploy/{file.name}" in page or file.suffix == ".dockerignore"
    for unit_name in re.findall(r"halo-entra-[a-z-]+(?=\.service)", page):
        assert (DEPLOY / f"{unit_name}.service").exists()
