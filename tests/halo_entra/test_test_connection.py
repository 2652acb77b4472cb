"""`test_connection`: which permissions are granted, and which are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.halo_entra.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench import Desk


def test_a_connection_with_all_permissions_is_well(
    desk: Desk, manage: Callable[..., Said]
) -> None:
    desk.group("G", [desk.person("ann")])
    said = manage("test_connection", "Acme", "--json")
    assert (said.status, said.err, said.data["ok"]) == (0, "", True)
    assert set(said.data) == {"ok", "permissions"}
    for permission in said.data["permissions"]:
        assert set(permission) == {"name", "needed_for", "granted"}


def test_a_missing_permission_is_a_finding_not_a_failure(
    desk: Desk, manage: Callable[..., Said]
) -> None:
    desk.admin.set_application(
        desk.tenant.tenant_id,
        desk.tenant.application_id,
        permissions=["User.Read.All", "Organization.Read.All"],
    )
    said = manage("test_connection", "Acme", "--json")
    assert (said.status, said.data["ok"]) == (0, False)
    granted = [one["granted"] for one in said.data["permissions"]]
    assert granted == [True, False]
    assert "grant admin consent" in said.err
    assert "NOT GRANTED" in manage("test_connection", "Acme").out
