"""What must hold of the settings of tenant and sign-in connections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from connections.models import Credential
from directory import break_glass
from halo_entra.configuration.entries import CredentialEntry, Record
from halo_entra.configuration.identities import Identity
from halo_entra.configuration.known import Known, What
from halo_entra.configuration.problems import Place, Problems
from mappings import checks
from mappings.models import AgentLicensing
from sso.models import SsoConnection
from sso.words import TenantType


def check_tenant(record: Record, known: Known, problems: Problems) -> None:
    """Note settings of a tenant connection that name what does not exist."""
    given = record.given
    agents, licences = given.get("agents", {}), given.get("licences", {})
    licensing, devices = given.get("agent_licensing", {}), given.get("devices", {})
    for what, name in (
        (What.TEAM, agents.get("default_team")),
        (What.USER_ROLE, agents.get("user_role")),
        (What.ORGANISATION, licences.get("organisation")),
        *((What.AGENT_ROLE, role) for role in licensing.get("licensed_roles", ())),
    ):
        if name:
            with problems.caught():
                known.find(what, name)
    for site in (agents.get("user_site"), devices.get("default_site")):
        if site:
            with problems.caught():
                known.find_site(site)
    if licensing:
        _check_licensing(record, problems)


def _check_licensing(record: Record, problems: Problems) -> None:
    """Note agent licensing that would leave no agent active, once it is applied."""
    given = record.given["agent_licensing"]
    stored = AgentLicensing.objects.filter(connection__name_key=record.name.key).first()
    is_on = given.get("enabled", stored.enabled if stored else False)
    if "licensed_roles" in given:
        roles = len(given["licensed_roles"])
    else:
        roles = stored.licensed_roles.count() if stored else 0
    if wrong := checks.licensing(roles, is_on=is_on):
        problems.add(record.place, wrong)


def check_sign_in(record: Record, known: Known, problems: Problems) -> None:
    """Note settings of a sign-in connection that do not go together."""
    stored = SsoConnection.objects.filter(name_key=record.name.key).first()
    if site := record.given.get("create_site"):
        with problems.caught():
            known.find_site(site)
    if not problems.touch(record.path("")):
        _check_rules(record, stored, problems)
    seen: set[UUID] = set()
    for place, tenant in record.given.get("allowed_tenants", ()):
        if tenant["id"] in seen:
            problems.add(place, "This tenant stands twice in the list.")
        seen.add(tenant["id"])


def _check_rules(
    record: Record, stored: SsoConnection | None, problems: Problems
) -> None:
    # Right after an installation nobody has a second factor yet: a warning will do.
    lacks = break_glass.lacks()
    is_early = lacks == break_glass.NO_FACTOR
    settings = _settings(record, stored)
    rules = sign_in_rules(settings, "" if is_early else lacks)
    for key, is_wrong, text in rules:
        if is_wrong:
            problems.add(Place(record.place.line, record.path(key)), text)
    if is_early and settings["auto_redirect"]:
        place = Place(record.place.line, record.path("auto_redirect"))
        problems.warn(place, lacks)


def _settings(record: Record, stored: SsoConnection | None) -> dict[str, Any]:
    """Return the settings as they will be."""
    present: dict[str, Any] = {
        "tenant_type": stored.tenant_type if stored else TenantType.SINGLE,
        "published": stored.published if stored else False,
        "auto_redirect": stored.auto_redirect if stored else False,
        "link_by_address": stored.link_by_address if stored else False,
        "create_users": stored.create_users if stored else False,
        "create_site": stored.create_site if stored else None,
        "application_id": stored.registration if stored else None,
        "allowed_tenants": list(stored.allowed_tenants.all()) if stored else [],
    }
    return present | record.given


def sign_in_rules(
    settings: dict[str, Any], lacks: str
) -> Sequence[tuple[str, bool, str]]:
    """Return the rules over a sign-in connection's settings.

    Each is the key it belongs to, whether it is broken, and what to do. `lacks`: what
    stands against an automatic redirect (AM-09).
    """
    is_multi = settings["tenant_type"] == TenantType.MULTI
    tenants = settings["allowed_tenants"]
    return (
        (
            "allowed_tenants",
            is_multi and settings["published"] and not tenants,
            "published: true with tenant_type: multi needs allowed_tenants: list at "
            "least one tenant whose people may sign in.",
        ),
        (
            "published",
            settings["published"] and not settings["application_id"],
            "published: true needs tenant_id, application_id and a credential.",
        ),
        ("auto_redirect", bool(settings["auto_redirect"] and lacks), lacks),
        (
            "link_by_address",
            is_multi and settings["link_by_address"],
            "link_by_address goes with tenant_type: single only: addresses of other "
            "tenants prove nothing.",
        ),
        (
            "create_site",
            settings["create_users"] and not settings["create_site"],
            "create_users: true needs create_site: the site of people who sign in for "
            "the first time.",
        ),
    )


def check_shared_credentials(
    identities: Sequence[Identity], records: Sequence[Record], problems: Problems
) -> None:
    """Note two connections that give one application different credentials."""
    by_place = {record.place: record for record in records}
    first: dict[tuple[str, UUID], tuple[Place, tuple[CredentialEntry, ...]]] = {}
    for one in identities:
        record = by_place.get(one.place) if one.place else None
        if not record or "credentials" not in record.given or not one.application_id:
            continue
        given = record.given["credentials"]
        place, others = first.setdefault(
            (one.cloud, one.application_id), (record.place, given)
        )
        if others != given:
            problems.add(
                record.place,
                f"The application has other credentials on line {place.line}. One "
                "application has one list of credentials: give the same, or leave "
                "them out here.",
            )


def check_published_credentials(
    identities: Sequence[Identity], records: Sequence[Record], problems: Problems
) -> None:
    """Note sign-in connections to be published whose application cannot prove itself.

    The credential may be stored, or given by another connection to the application.
    """
    by_place = {record.place: record for record in records}
    found = [(one, by_place.get(one.place)) for one in identities if one.place]
    given = {
        (one.cloud, one.application_id)
        for one, record in found
        if record and record.given.get("credentials")
    }
    for one, record in found:
        is_published = record and not one.imports and record.given.get("published")
        application = (one.cloud, one.application_id)
        if not is_published or not one.application_id or application in given:
            continue
        stored = Credential.objects.filter(
            registration__cloud=one.cloud,
            registration__application_id=one.application_id,
        )
        if record and not stored.exists():
            problems.add(
                Place(record.place.line, record.path("published")),
                "published: true needs a credential: give client_secret: {env: NAME}.",
            )
