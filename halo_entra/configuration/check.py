"""Everything that can be wrong with a file beyond its shape.

Reads the database and the sources of secrets, writes nothing.
"""

from __future__ import annotations

from halo_entra.configuration import (
    check_connections,
    check_desk,
    check_mappings,
    identities,
    known,
)
from halo_entra.configuration.document import Node
from halo_entra.configuration.entries import Configuration
from halo_entra.configuration.problems import Problems
from halo_entra.configuration.secrets import Secrets


def check(
    configuration: Configuration, root: Node, secrets: Secrets, problems: Problems
) -> None:
    """Note all problems of the file, and read the values of its secrets."""
    names = known.with_file(known.stored(), root)
    check_desk.check(configuration.desk, names, problems)
    connections = identities.all_of(configuration)
    identities.check(connections, problems)
    for record in configuration.connections:
        check_mappings.check(record, names, problems)
        check_connections.check_tenant(record, names, problems)
    for record in configuration.sso_connections:
        check_connections.check_sign_in(record, names, problems)
    every = (*configuration.connections, *configuration.sso_connections)
    secrets.read(every, problems)
    check_connections.check_shared_credentials(connections, every, problems)
    check_connections.check_published_credentials(connections, every, problems)
