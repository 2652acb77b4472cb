"""The shape of the whole file: nodes in, entries out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra.configuration import readers, schema_connections, schema_desk
from halo_entra.configuration.entries import Configuration, Desk
from halo_entra.configuration.problems import Unusable, Wrong

if TYPE_CHECKING:
    from halo_entra.configuration.document import Node
    from halo_entra.configuration.readers import Reader

DOCUMENT: dict[str, Reader[Any]] = {
    "version": schema_desk.version,
    **{key: readers.rows(reader) for key, reader in schema_desk.DESK.items()},
    "modules": schema_desk.modules,
    "connections": readers.rows(schema_connections.connection),
    "sso_connections": readers.rows(schema_connections.sso_connection),
}


def read(root: Node) -> Configuration:
    """Return what the document says; its problems are noted.

    Raises ConfigurationInvalid at once if it is no configuration file at all.
    """
    try:
        given = readers.section(root, DOCUMENT, required=("version",))
    except Wrong as wrong:
        if not isinstance(wrong, Unusable):
            root.problems.add(wrong.place, wrong.text)
        raise root.problems.error() from None
    return Configuration(
        Desk(**{key: given.get(key, ()) for key in schema_desk.DESK}),
        given.get("modules", {}),
        given.get("connections", ()),
        given.get("sso_connections", ()),
    )
