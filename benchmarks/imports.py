"""First import, preview and unchanged re-run, beside the floor of the same round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import processes
from benchmarks.tenant import NAME, Tenant, configuration, fewest_requests

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.databases import Databases
    from benchmarks.processes import Measures

READY = "ready"
"""The database of a desk that is set up and has imported nobody."""
_DONE = {
    "preview": "planned",
    "first_import": "succeeded",
    "unchanged": "nothing_changed",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """A tenant, a kind of database, and a folder for what comes up."""

    tenant: Tenant
    databases: Databases
    folder: Path
    variables: dict[str, str]

    def prepare(self) -> None:
        """Set a desk up; each round starts from a copy of it."""
        file = self.folder / "configuration.yaml"
        file.write_text(configuration(self.tenant), encoding="utf-8")
        self.databases.create(READY)
        self.databases.create("floor")
        variables = self._at(READY)
        processes.manage(variables, "migrate", "--verbosity", "0")
        processes.manage(variables, "apply_config", str(file), "--json")

    def round(self) -> dict[str, Measures]:
        """Do everything once; raises CommandFailed if something ends otherwise."""
        floor = self.databases.floor("floor")
        self.databases.copy(READY, "previewed")
        self.databases.copy(READY, "imported")
        return {
            "floor": processes.floor("write", floor, self.tenant),
            "preview": self._run("preview", "previewed", "--preview"),
            "first_import": self._run("first_import", "imported"),
            "floor_nochange": processes.floor("compare", floor, self.tenant),
            "unchanged": self._run("unchanged", "imported"),
        }

    def _run(self, what: str, database: str, *options: str) -> Measures:
        found = processes.measured(
            self._at(database),
            self.folder / "measures.json",
            *("import_directory", NAME, "--users", *options),
        )
        answer = found["answer"]
        if answer["status"] != _DONE[what]:
            raise processes.CommandFailed(
                f"The run ({what}) ended as {answer['status']}: {answer['reason']}"
            )
        fetched = answer["fetched"]
        found["people"] = fetched["users"]
        found["requests"] = fetched["graph_requests"]
        found["fewest_requests"] = fewest_requests(fetched["users"])
        return found

    def _at(self, database: str) -> dict[str, str]:
        return {**self.variables, "DATABASE_URL": self.databases.url(database)}
