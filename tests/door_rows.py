"""The table of addresses: what GET and POST of each need. See `tests.doors`.

Add a row for each new address: `page` answers GET, `action` POST, `form` both; then
the permissions that it needs together, none for an agent's own pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from common.rights import Permission
from tests.doors import Door
from tests.factories import directory as made

if TYPE_CHECKING:
    from factory.django import DjangoModelFactory

VIEW, CONFIGURE = Permission.VIEW, Permission.CONFIGURE
PREVIEW, IMPORT = Permission.PREVIEW, Permission.IMPORT
APPROVE, ADMINISTER = Permission.APPROVE, Permission.ADMINISTER
LICENCES = Permission.LICENCES

PUBLIC: Final = {
    *("account_login", "local", "account_logout", "signed_out", "set_password"),
    *("mfa_authenticate", "alive", "ready", "metrics"),
    # Microsoft leads to the answers; they ask the session themselves.
    *("connections:answer", "sso_start", "sso_answer"),
}
"""What strangers may open."""
PORTAL: Final = {
    f"portal:{name}" for name in ("details", "devices", "licences", "sign-ins")
}
"""The users' own pages: they lead everybody else to a door of their own."""


def page(*needed: Permission) -> Door:
    """Return the row of an address that answers GET."""
    return Door(get=frozenset(needed))


def form(*needed: Permission) -> Door:
    """Return the row of an address that answers GET and POST, for the same agents."""
    return Door(get=frozenset(needed), post=frozenset(needed))


def action(*needed: Permission) -> Door:
    """Return the row of an address that answers POST."""
    return Door(post=frozenset(needed))


NAMED: Final[dict[str, tuple[Permission, type[DjangoModelFactory[Any]]]]] = {
    "organisation": (CONFIGURE, made.OrganisationFactory),
    "site": (CONFIGURE, made.SiteFactory),
    "user-role": (CONFIGURE, made.UserRoleFactory),
    "agent-role": (ADMINISTER, made.AgentRoleFactory),
    "team": (CONFIGURE, made.TeamFactory),
    "board": (ADMINISTER, made.ChangeAdvisoryBoardFactory),
    "custom-field": (CONFIGURE, made.CustomFieldFactory),
    "software-product": (CONFIGURE, made.SoftwareFactory),
}
"""Records with a name: who may change one, and what makes one."""
LISTS: Final = (
    *("users", "agents", "organisations", "sites", "assets", "licences", "user-roles"),
    *("agent-roles", "teams", "boards", "custom-fields", "software"),
)


def _record(needed: Permission, factory: type[DjangoModelFactory[Any]]) -> Door:
    return Door(
        frozenset({VIEW}),
        frozenset({VIEW, needed}),
        lambda: {"pk": factory.create().pk},
    )


DOORS: Final = {
    "dashboard": page(VIEW),
    "guide": page(VIEW),
    "guide-page": page(VIEW),
    "history": page(VIEW, CONFIGURE),
    "sign-ins": page(VIEW, CONFIGURE),
    "history-ask": page(CONFIGURE, ADMINISTER),
    "history-take-back": action(CONFIGURE, ADMINISTER),
    # --- the users' own pages
    **{name: page() for name in PORTAL},
    # --- one's own sign-in
    "account_reauthenticate": form(),
    "sso_confirm": page(),
    "back_office_login": page(),
    "mfa_reauthenticate": form(),
    "mfa_reauthenticate_webauthn": form(),
    "change_password": form(),
    "mfa_index": page(),
    "mfa_activate_totp": form(),
    "mfa_deactivate_totp": form(),
    "mfa_add_webauthn": form(),
    "mfa_edit_webauthn": form(),
    "mfa_remove_webauthn": form(),
    "mfa_view_recovery_codes": page(),
    "mfa_generate_recovery_codes": form(),
    # --- connections
    "connections:integrations": page(CONFIGURE),
    "connections:enable": action(CONFIGURE),
    "connections:disable": form(CONFIGURE),
    "connections:module": page(CONFIGURE),
    "connections:set-up": page(CONFIGURE),
    "connections:halo-api": page(CONFIGURE),
    "connections:sso-new": form(CONFIGURE),
    "connections:sso": form(CONFIGURE),
    "connections:sso-delete": form(CONFIGURE),
    "connections:sso-test": action(CONFIGURE),
    "connections:tenants": page(CONFIGURE),
    "connections:tenant-new": form(CONFIGURE),
    "connections:details": form(CONFIGURE),
    "connections:test": action(CONFIGURE),
    "connections:secret-add": form(CONFIGURE),
    "connections:certificate-add": form(CONFIGURE),
    "connections:secret-remove": form(CONFIGURE),
    "connections:delete": form(CONFIGURE),
    "connections:prove": action(CONFIGURE),
    "connections:disconnect": form(CONFIGURE),
    "connections:authorise": action(CONFIGURE),
    # --- mappings
    "mappings:fields": form(CONFIGURE),
    "mappings:field-remove": action(CONFIGURE),
    "mappings:field-add": form(CONFIGURE),
    "mappings:field-edit": form(CONFIGURE),
    "mappings:mappings": page(CONFIGURE),
    "mappings:order": action(CONFIGURE),
    "mappings:groups": page(CONFIGURE),
    "mappings:mapping-types": page(CONFIGURE),
    "mappings:mapping-new": form(CONFIGURE),
    "mappings:mapping": form(CONFIGURE),
    "mappings:mapping-remove": form(CONFIGURE),
    "mappings:advanced": page(CONFIGURE),
    "mappings:settings": action(CONFIGURE),
    "mappings:grant-add": form(CONFIGURE),
    "mappings:grant": form(CONFIGURE),
    "mappings:grant-remove": form(CONFIGURE),
    # --- imports
    "imports:imports": page(VIEW),
    "imports:mapping-people": page(CONFIGURE),
    "imports:matches": page(CONFIGURE),
    "imports:count": action(CONFIGURE),
    "imports:matching": action(CONFIGURE),
    "imports:integrator": action(CONFIGURE),
    "imports:preview-users": action(PREVIEW),
    "imports:preview-agents": action(PREVIEW),
    "imports:import-licences": action(IMPORT),
    "imports:sync": action(IMPORT),
    "imports:pause": action(CONFIGURE),
    "imports:resume": action(CONFIGURE),
    "imports:reset-deltas": form(CONFIGURE),
    "imports:health": page(VIEW),
    "imports:runs": page(VIEW),
    "imports:run": page(VIEW),
    "imports:progress": page(VIEW),
    "imports:cancel": action(VIEW),
    "imports:ticks": action(IMPORT),
    "imports:leave-out": form(IMPORT),
    "imports:apply": action(IMPORT),
    "imports:approve": action(APPROVE),
    "imports:reject": action(APPROVE),
    "imports:undo": form(APPROVE),
    "imports:review": page(VIEW),
    "imports:review-item": page(VIEW),
    "imports:review-decide": action(IMPORT),
    "imports:take-back": action(IMPORT),
    "imports:explain": page(VIEW),
    "imports:coverage": page(VIEW),
    "imports:coverage-count": action(VIEW, PREVIEW),
    "imports:inbound": page(VIEW),
    "imports:inbound-all": page(VIEW),
    "imports:inbound-entry": page(VIEW),
    "imports:import-person": action(IMPORT),
    "imports:user-source": page(VIEW),
    "imports:user-link": form(VIEW, IMPORT),
    "imports:user-unlink": form(VIEW, IMPORT),
    "imports:agent-source": page(VIEW),
    "imports:agent-link": form(VIEW, IMPORT, ADMINISTER),
    "imports:agent-unlink": form(VIEW, IMPORT, ADMINISTER),
    # --- directory
    "directory:user-new": form(VIEW, IMPORT),
    "directory:users-bulk": action(VIEW, IMPORT),
    "directory:user": page(VIEW),
    "directory:user-edit": form(VIEW, IMPORT),
    "directory:user-follow": action(VIEW, IMPORT),
    "directory:licence": page(VIEW),
    "directory:licence-rename": action(VIEW, LICENCES),
    "directory:agent": page(VIEW),
    "directory:agent-edit": form(VIEW, ADMINISTER),
    "directory:agent-give": form(ADMINISTER),
    "directory:agent-break-glass": action(VIEW, ADMINISTER),
    "directory:agent-take-role": action(ADMINISTER),
    "directory:agent-take-seat": action(ADMINISTER),
    "directory:search": page(VIEW),
    "directory:pick-sites": page(VIEW),
    **{f"directory:{name}": page(VIEW) for name in LISTS},
    **{f"directory:{kind}-new": form(VIEW, may) for kind, (may, _) in NAMED.items()},
    **{
        f"directory:{kind}-delete": action(VIEW, may)
        for kind, (may, _) in NAMED.items()
    },
    **{f"directory:{kind}": _record(*named) for kind, named in NAMED.items()},
}
