"""The tiles of the Integrations page, and what switching one off means (R004-R006)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import keys
from common.errors import AppError
from connections.models import Module, TenantConnection
from imports.models import SyncSchedule
from mappings.models import LicenceSettings
from sso.models import SsoConnection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENTRA = "microsoft-entra-id"
CSP = "microsoft-csp"


@dataclass(frozen=True, slots=True)
class Tile:
    """One integration: `words` find it too; `url_name` opens it once it is on."""

    slug: str
    name: str
    former: str
    text: str
    category: str
    icon: str
    words: str = ""
    url_name: str = ""


TILES: Sequence[Tile] = (
    Tile(
        ENTRA,
        "Microsoft Entra ID",
        "Formerly: Azure Active Directory",
        "Import users and agents from your tenants, keep them in step, and let them "
        "sign in with Microsoft.",
        "Identity",
        "users-round",
        words="azure ad active directory sso single sign-on office 365 halo",
        url_name="connections:module",
    ),
    Tile(
        CSP,
        "Microsoft CSP",
        "Cloud Solution Provider",
        "Only the switch: licences are managed by one of the two integrations, never "
        "by both.",
        "Licensing",
        "store",
        words="csp partner center licence reseller msp",
    ),
)


def found(search: str) -> list[Tile]:
    """Return the tiles that hold every word of the search, in their order."""
    words = keys.key(search).split()
    return [tile for tile in TILES if all(word in _text(tile) for word in words)]


def _text(tile: Tile) -> str:
    return keys.key(f"{tile.name} {tile.former} {tile.category} {tile.words}")


def enabled() -> set[str]:
    """Return the slugs of the modules that are on."""
    return set(Module.objects.filter(enabled=True).values_list("slug", flat=True))


def switch(slug: str, *, on: bool) -> None:
    """Switch a module; its configuration stays. Raises AppError where AM-44 forbids."""
    if (
        slug == CSP
        and on
        and LicenceSettings.objects.filter(managed_here=True).exists()
    ):
        raise AppError(
            "Licences are managed from this desk through Microsoft Entra ID. Switch "
            "that off in the tenant's settings first: the two must never both do it."
        )
    Module.objects.update_or_create(slug=slug, defaults={"enabled": on})


def consequences(slug: str) -> list[str]:
    """Return what switching the module off stops, in words; nothing is deleted."""
    return list(_consequences()) if slug == ENTRA else []


def _consequences() -> Iterable[str]:
    if tenants := TenantConnection.objects.count():
        yield f"Manual imports from {tenants} tenant(s) stop."
    if synced := SyncSchedule.objects.filter(enabled=True).count():
        yield f"The Integrator no longer syncs {synced} tenant(s)."
    published = SsoConnection.objects.filter(published=True)
    if names := ", ".join(published.values_list("name", flat=True)):
        yield f"Nobody signs in with Microsoft any more ({names})."
    if published.filter(auto_redirect=True).exists():
        yield (
            "People who are sent to Microsoft automatically have no other way in, "
            "unless their account may sign in locally. Make sure that yours can."
        )
