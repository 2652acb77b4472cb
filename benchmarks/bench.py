"""A desk on a tenant and a kind of database, and commands of the product, measured."""

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


@dataclass(frozen=True, slots=True)
class Bench:
    """A tenant, a kind of database, and a folder for what comes up."""

    tenant: Tenant
    databases: Databases
    folder: Path
    variables: dict[str, str]

    def prepare(self) -> None:
        """Set a desk up; each round starts from a copy of it."""
        self.databases.create(READY)
        processes.manage(self.at(READY), "migrate", "--verbosity", "0")
        self.configure(READY, configuration(self.tenant))

    def configure(self, database: str, content: str) -> None:
        """Bring the desk of a database in line with a configuration file."""
        file = self.folder / "configuration.yaml"
        file.write_text(content, encoding="utf-8")
        processes.manage(self.at(database), "apply_config", str(file), "--json")

    def imported(self, database: str, *options: str, ends: str) -> Measures:
        """Run an import; raises CommandFailed unless it ends as it should."""
        found = self.measured(
            database, "import_directory", NAME, "--users", *options, ends=ends
        )
        fetched = found["answer"]["fetched"]
        found["people"] = fetched["users"]
        found["requests"] = fetched["graph_requests"]
        found["fewest_requests"] = fewest_requests(fetched["users"])
        return found

    def measured(self, database: str, *words: str, ends: str) -> Measures:
        """Run a command about a run; raises CommandFailed unless it ends as given."""
        file = self.folder / "measures.json"
        found = processes.measured(self.at(database), file, *words)
        answer = found["answer"]
        if answer["status"] != ends:
            raise processes.CommandFailed(
                f"{' '.join(words)} ended as {answer['status']}: {answer['reason']}"
            )
        return found

    def at(self, database: str) -> dict[str, str]:
        """Return the environment of a process that works on a database."""
        return {**self.variables, "DATABASE_URL": self.databases.url(database)}
