"""The shape of tenant and sign-in connections in the file."""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from uuid import UUID

from common.hints import listed
from connections.models import Authorisation, CloudName, CredentialKind
from halo_entra.configuration import readers, schema_mappings
from halo_entra.configuration.document import Node
from halo_entra.configuration.entries import CredentialEntry, Record, Source
from halo_entra.configuration.problems import Wrong
from halo_entra.configuration.readers import Given, Reader
from mappings.words import Policy
from sso.words import AllowedAudience, SecondFactor, TenantType

SHARED_TENANTS = ("common", "organizations", "organisations", "consumers")
CONSUMERS = UUID("9188040d-6c67-4c5b-b112-36a304b66dad")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
KINDS = ("users", "agents", "licences", "devices")
ONE_TENANT = (
    "a connection reads exactly one tenant, even where the application is "
    "multi-tenant. Write the tenant's own Directory (tenant) ID."
)
NO_PLAIN_SECRET = (
    "A secret does not stand in this file. Write {env: VARIABLE} or {file: PATH}."
)


def tenant(node: Node) -> UUID:
    """Read the id of one tenant; names that stand for many are refused (R014)."""
    word = node.value.strip().casefold() if isinstance(node.value, str) else ""
    if word in SHARED_TENANTS or not word:
        raise Wrong(node.place, f"This names no tenant: {ONE_TENANT}")
    found = readers.guid(node)
    if found == CONSUMERS:
        raise Wrong(
            node.place, f"This is the tenant of personal accounts: {ONE_TENANT}"
        )
    return found


def source(node: Node) -> Source:
    """Read where a secret is: its own text is refused and never repeated."""
    if not isinstance(node.value, dict) or len(node.value) != 1:
        raise Wrong(node.place, NO_PLAIN_SECRET)
    [(kind, where)] = node.value.items()
    if not isinstance(where.value, str) or not where.value.strip():
        raise Wrong(node.place, NO_PLAIN_SECRET)
    if kind == "env":
        if not VARIABLE.fullmatch(where.value.strip()):
            raise Wrong(node.place, "This is no name of an environment variable.")
        return Source("env", where.value.strip(), node.place)
    if kind == "file":
        return Source("file", where.value.strip(), node.place)
    raise Wrong(node.place, NO_PLAIN_SECRET)


def credential(node: Node) -> CredentialEntry:
    """Read a secret, or a certificate with its private key."""
    table = {
        "secret": source,
        "certificate": source,
        "private_key": source,
        "expires_on": readers.optional(readers.date),
    }
    given = _hushed(node, table)
    expires_on = given.get("expires_on")
    named = [key for key in ("secret", "certificate", "private_key") if key in given]
    if named == ["secret"]:
        return CredentialEntry(
            CredentialKind.SECRET, given["secret"], None, expires_on, node.place
        )
    if named == ["certificate", "private_key"]:
        return CredentialEntry(
            CredentialKind.CERTIFICATE,
            given["private_key"],
            given["certificate"],
            expires_on,
            node.place,
        )
    raise Wrong(node.place, "Write secret, or certificate and private_key.")


def _hushed(node: Node, table: dict[str, Reader[Any]]) -> Given:
    """Read a row whose unknown keys may be a secret: they are not repeated."""
    if not isinstance(node.value, dict) or not node.value.keys() <= table.keys():
        raise Wrong(node.place, f"Only these keys may stand here: {listed(table)}.")
    return readers.row(node, table)


def _one_secret(node: Node) -> tuple[CredentialEntry, ...]:
    where = source(node)
    return (CredentialEntry(CredentialKind.SECRET, where, None, None, node.place),)


def _connection(node: Node, table: dict[str, Reader[Any]]) -> Record:
    """Read a connection; `client_secret` is short for one credential."""
    given = readers.section(node, {"name": readers.name, **table}, required=("name",))
    name = given.pop("name")
    if "client_secret" in given:
        if "credentials" in given:
            raise Wrong(node.place, "Give client_secret or credentials, not both.")
        given["credentials"] = given.pop("client_secret")
    return Record(name, given)


def settings(**table: Reader[Any]) -> Reader[Given]:
    """Return a reader of a section all of whose keys may be left out."""
    return lambda node: readers.section(node, table)


def _kinds(node: Node) -> list[str]:
    found = [name.text for name in readers.rows(readers.name)(node)]
    if not set(found) <= set(KINDS) or len(set(found)) < len(found):
        raise Wrong(node.place, f"List what is imported, each once: {listed(KINDS)}.")
    return [kind for kind in KINDS if kind in found]


APPLICATION: dict[str, Reader[Any]] = {
    "cloud": readers.word(CloudName),
    "tenant_id": tenant,
    "application_id": readers.guid,
    "client_secret": _one_secret,
    "credentials": readers.rows(credential),
}
AGENTS = settings(
    default_team=readers.optional(readers.name),
    user_site=readers.optional(schema_mappings.site),
    user_role=readers.optional(readers.name),
    remove_roles=readers.flag,
)
AGENT_LICENSING = settings(
    enabled=readers.flag, licensed_roles=readers.rows(readers.name)
)
LEAVERS = settings(
    disabled=readers.word(Policy),
    deleted=readers.word(Policy),
    unmatched=readers.word(Policy),
    agents_unmatched=readers.word(Policy),
)
GUARD = settings(
    people=readers.number(),
    percent=readers.number(100),
    new_sites=readers.number(),
)
INTEGRATOR: dict[str, Reader[Any]] = {
    "enabled": readers.flag,
    "import": _kinds,
    "full_every": readers.duration,
    "delta": readers.flag,
    "delta_every": readers.duration,
    "log_full": readers.flag,
    "quiet": readers.rows(readers.window),
    "time_zone": readers.time_zone,
}
LICENCES = settings(
    organisation=readers.optional(readers.name), managed_here=readers.flag
)
DEVICES = settings(
    enabled=readers.flag, default_site=readers.optional(schema_mappings.site)
)
TENANT_CONNECTION: dict[str, Reader[Any]] = {
    **APPLICATION,
    "authorisation": readers.word(Authorisation),
    "field_mappings": schema_mappings.by_kind(schema_mappings.field_row),
    "matching_fields": schema_mappings.by_kind(readers.name),
    "site_mappings": readers.rows(schema_mappings.site_mapping),
    "agent_role_mappings": readers.rows(schema_mappings.grant("role")),
    "board_mappings": readers.rows(schema_mappings.grant("board")),
    "own_tenant": readers.flag,
    "agents": AGENTS,
    "agent_licensing": AGENT_LICENSING,
    "leavers": LEAVERS,
    "guard": GUARD,
    "integrator": lambda node: readers.section(node, INTEGRATOR),
    "notify": readers.rows(readers.address),
    "licences": LICENCES,
    "devices": DEVICES,
}
ALLOWED_TENANT = {"id": tenant, "label": readers.text}
SSO_CONNECTION: dict[str, Reader[Any]] = {
    **APPLICATION,
    "tenant_type": readers.word(TenantType),
    "allowed_tenants": readers.rows(
        lambda node: (
            node.place,
            readers.row(node, ALLOWED_TENANT, required=("id",)),
        )
    ),
    "published": readers.flag,
    "allow": readers.word(AllowedAudience),
    "allow_guests": readers.flag,
    "second_factor": readers.word(SecondFactor),
    "auto_redirect": readers.flag,
    "link_by_address": readers.flag,
    "create_users": readers.flag,
    "create_site": readers.optional(schema_mappings.site),
}
connection = partial(_connection, table=TENANT_CONNECTION)
sso_connection = partial(_connection, table=SSO_CONNECTION)
