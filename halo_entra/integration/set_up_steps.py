"""The first set-up, step by step in the order of the guide, checked as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connections.models import TenantConnection


@dataclass(frozen=True, slots=True)
class Facts:
    """What has been done for the newest tenant."""

    connection: TenantConnection | None
    has_secret: bool
    has_mappings: bool
    has_import: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `is_done` is None where only Entra knows. `url_name` leads there."""

    title: str
    texts: Sequence[str]
    is_done: bool | None = None
    shows: str = ""
    """"permissions" or "redirects": what the page shows below the text."""
    url_name: str = ""
    label: str = ""


IN_ENTRA = (
    Step(
        "Register an application",
        (
            "In the Entra admin centre open App registrations > New registration and "
            "give it a meaningful name. For a specific tenant choose the first option, "
            "Single tenant.",
            "Multi-tenanted apps cannot be used to import users from multiple tenants: "
            "configure a separate application in each tenant.",
            "The redirect URI can be left blank for now. One application may serve "
            "both the import and single sign-on, or each may have its own.",
        ),
    ),
    Step(
        "Add the permissions",
        (
            "Open API permissions > Add a permission > Microsoft Graph and add those "
            "below, as application permissions if the connection is to work without "
            "anybody's account behind it (recommended), else as delegated ones.",
            "Then press “Grant admin consent”. The Status column then shows a granted "
            "tick for each.",
        ),
        shows="permissions",
    ),
    Step(
        "Add the redirect URIs",
        (
            "Open Authentication > Add a platform > Web and add these, letter by "
            "letter.",
        ),
        shows="redirects",
    ),
    Step(
        "Allow the tokens",
        (
            "On the same page tick ID tokens for single sign-on and Access tokens for "
            "imports, in each application that serves them.",
        ),
    ),
    Step(
        "Make a secret",
        (
            "Open Certificates & secrets > New client secret. Copy the Value, not the "
            "Secret ID: Azure only provides it once.",
            "Make a note of the expiration date and type it here too: you are warned "
            "before it comes.",
        ),
    ),
)


def steps(facts: Facts) -> Sequence[Step]:
    """Return all steps; those that happen here say whether they are done."""
    connection = facts.connection
    is_open = connection is not None and bool(
        connection.authorised_at or connection.first_fetched_at
    )
    return (
        *IN_ENTRA,
        _connect(facts),
        Step(
            "Authorise it",
            (
                "Press Authorize on the tab Details and sign in with an account that "
                "may grant the permissions.",
            ),
            is_done=is_open,
            url_name="connections:details" if connection else "",
            label="Authorize",
        ),
        *_here(facts, is_open=is_open),
    )


def _connect(facts: Facts) -> Step:
    is_made = facts.connection is not None
    return Step(
        "Connect the tenant",
        ("Enter a unique name, the Tenant ID, the Application ID and the secret.",),
        is_done=is_made and facts.has_secret,
        url_name="connections:details" if is_made else "connections:tenant-new",
        label="Open the tenant" if is_made else "New tenant",
    )


def _here(facts: Facts, *, is_open: bool) -> Sequence[Step]:
    return (
        Step(
            "Say who comes, and where to",
            (
                "Check the field mappings, then map groups or fields of Entra to sites "
                "and roles on the tab Agent/User Mappings.",
            ),
            is_done=facts.has_mappings,
            url_name="mappings:mappings" if is_open else "",
            label="Map people",
        ),
        Step(
            "Preview, then import",
            (
                "Press Import Users on the tab Imports. You see everything that would "
                "happen before anything does.",
            ),
            is_done=facts.has_import,
            url_name="imports:imports" if is_open else "",
            label="Import",
        ),
    )
