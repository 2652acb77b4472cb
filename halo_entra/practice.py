"""The page of the demo that changes the practice tenants, to see what becomes of it.

Only `manage.py demo` has it; it asks the simulator, as somebody at Microsoft would.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs
from common.rights import Permission
from imports.models import MirrorMembership, MirrorUser
from simulator.admin_client import Admin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpResponse

    from accounts.doors import AgentRequest

FILE = "practice.json"
"""In VAR_DIR: the practice tenants, as `manage.py demo` made them."""
LEAVERS = 5


@require_safe
@needs(Permission.ADMINISTER)
def practice(request: AgentRequest) -> HttpResponse:
    """Show the practice tenants and what can be done to them."""
    context = {
        "tenants": _tenants(),
        "changes": [(name, title, text) for name, (title, text, _) in CHANGES.items()],
    }
    return render(request, "halo_entra/practice.html", context)


@require_POST
@needs(Permission.ADMINISTER)
def change(request: AgentRequest, name: str) -> HttpResponse:
    """Do one of the changes to Contoso."""
    if name not in CHANGES:
        raise Http404
    title, _, act = CHANGES[name]
    origin = settings.ENTRA_CUSTOM_GRAPH
    with closing(Admin(origin, settings.ENTRA_CA_BUNDLE)) as admin:
        act(admin, _tenants()[0]["tenant_id"])
    messages.success(request, f"{title}: done. Now preview an import.")
    return redirect("practice")


def _tenants() -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((settings.VAR_DIR / FILE).read_text())
    return found


def _leave(admin: Admin, tenant_id: str) -> None:
    for person in _people(tenant_id)[:LEAVERS]:
        admin.delete_user(tenant_id, str(person))


def _empty(admin: Admin, tenant_id: str) -> None:
    """Take everybody out of the group with the most members."""
    edges = MirrorMembership.objects.filter(connection__tenant_id=tenant_id)
    largest = edges.values("group_id").annotate(size=Count("pk")).order_by("-size")
    for group in largest.values_list("group_id", flat=True)[:1]:
        members = edges.filter(group_id=group).values_list("member_id", flat=True)
        for member in list(members):
            admin.remove_member(tenant_id, str(group), str(member))


def _join(admin: Admin, tenant_id: str) -> None:
    """Let somebody new come into the first person's groups."""
    name = f"newcomer{MirrorUser.objects.count()}"
    card = admin.put_user(
        tenant_id,
        userPrincipalName=f"{name}@contoso.example",
        displayName=name.title(),
        mail=f"{name}@contoso.example",
        department="Sales",
        accountEnabled=True,
        userType="Member",
    )
    edge = MirrorMembership.objects.filter(connection__tenant_id=tenant_id).first()
    if edge is not None:
        admin.add_member(tenant_id, str(edge.group_id), card["id"])


def _throttle(admin: Admin, _tenant_id: str) -> None:
    admin.fault(path="/v1.0/", throttle=True, retry_after=2, times=5)


def _down(admin: Admin, _tenant_id: str) -> None:
    admin.fault(path="/v1.0/", status=503)


def _unreadable(admin: Admin, _tenant_id: str) -> None:
    admin.fault(path="/groups/", status=403)


def _mend(admin: Admin, _tenant_id: str) -> None:
    admin.clear_faults()


def _people(tenant_id: str) -> list[Any]:
    rows = MirrorUser.objects.filter(connection__tenant_id=tenant_id, state="present")
    return list(rows.order_by("pk").values_list("object_id", flat=True)[:LEAVERS])


CHANGES: dict[str, tuple[str, str, Callable[[Admin, str], None]]] = {
    "join": ("Somebody joins", "A new colleague in a mapped group.", _join),
    "leave": (
        "Five people leave",
        "Deleted in Entra: a preview shows what your policy makes of them.",
        _leave,
    ),
    "empty": (
        "A group loses everybody",
        "Somebody emptied a mapped group by mistake: see the safety limits hold it up.",
        _empty,
    ),
    "throttle": (
        "Microsoft throttles",
        "The next requests are told to wait: the import waits, and nobody is lost.",
        _throttle,
    ),
    "down": (
        "Microsoft is down",
        "Every request fails: the run ends, says why, and has changed nothing.",
        _down,
    ),
    "unreadable": (
        "Groups become unreadable",
        "A permission was taken away: nobody counts as gone.",
        _unreadable,
    ),
    "mend": ("Everything works again", "Takes all faults back.", _mend),
}
