"""Whether licences can be imported, and who would be linked to none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connections import scopes
from connections.probe import Need
from mappings.compile import compile_rules

if TYPE_CHECKING:
    from connections.models import TenantConnection
    from directory.models import Organisation


def lacking(connection: TenantConnection) -> str:
    """Return the permission that the connection lacks for licences (R150).

    Empty too while nobody has authorised it in the browser: then a run finds out.
    """
    if not connection.granted_scopes:
        return ""
    (found,) = scopes.permissions(connection.granted_scopes, [Need.LICENCES])
    return "" if found.granted else found.name


def others(connection: TenantConnection, chosen: Organisation | None) -> str:
    """Return the other organisations that mappings bring people to, in words (R153)."""
    if chosen is None:
        return ""
    reached = compile_rules(connection).organisations - {chosen.pk}
    rows = type(chosen)._default_manager.filter(pk__in=reached)
    names = list(rows.order_by("name_key").values_list("name", flat=True)[:5])
    more = len(reached) - len(names)
    return ", ".join([*names, *([f"{more} more"] if more > 0 else [])])
