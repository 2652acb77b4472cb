"""Start the simulator: `python -m simulator --port 8443 --state var/simulator`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from simulator import app, server
from simulator.admin import info
from simulator.contract import NewTenant, Profile
from simulator.identifiers import guid_from
from simulator.world import World


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True, help="folder for the CA")
    parser.add_argument(
        "--tenant", action="append", default=[], help="NAME or NAME:PEOPLE"
    )
    parser.add_argument("--end-with-parent", action="store_true")
    return parser.parse_args()


def named_tenant(text: str) -> NewTenant:
    """Read NAME:PEOPLE; ids and secret follow from the name, so they stay the same."""
    name, _, people = text.partition(":")
    profile = name.lower() if name.lower() in get_args(Profile) else "plain"
    spec: NewTenant = {
        "name": name,
        "people": int(people) if people else None,
        "tenant_id": guid_from(f"tenant/{name}"),
        "application_id": guid_from(f"application/{name}"),
        "secret": guid_from(f"secret/{name}"),
    }
    spec["profile"] = profile  # type: ignore[typeddict-item]  # one of Profile, above
    return spec


def main() -> None:
    """Serve until stopped; one line of JSON on stdout says when and where."""
    arguments = _arguments()
    ca = server.authority(arguments.state)
    listening = server.listen(arguments.port)
    world = World(f"https://{server.NAME}:{listening.getsockname()[1]}")
    tenants = [world.create(named_tenant(text)) for text in arguments.tenant]
    ready = {
        "origin": world.origin,
        "ca": str(arguments.state / "ca.pem"),
        "tenants": [asdict(info(tenant)) for tenant in tenants],
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    server.serve(
        app.build(world),
        listening=listening,
        ca=ca,
        ends_with_parent=arguments.end_with_parent,
    )


if __name__ == "__main__":
    main()
