"""What the admin API can do: each action takes the world and a JSON object."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from simulator import profile_card, profiles, registrations, schema
from simulator.contract import TenantInfo
from simulator.groups import GROUP_BASE, Group
from simulator.tenant import Application, Tenant
from simulator.world import World

Body = Mapping[str, Any]


class AdminError(Exception):
    """The admin API cannot do what it was asked; the text says why."""


def info(tenant: Tenant) -> TenantInfo:
    """Return what a client needs to read a tenant."""
    application = tenant.first_application
    return TenantInfo(
        tenant.id, application.id, application.secret or "", tenant.domain, tenant.name
    )


def _tenant(world: World, body: Body) -> Tenant:
    tenant = world.tenants.get(str(body.get("tenant_id")).lower())
    if tenant is None:
        raise AdminError(f"There is no tenant {body.get('tenant_id')}.")
    return tenant


def _checked(properties: Mapping[str, Any], *, of_type: str) -> dict[str, Any]:
    """Return properties that the type has, with values that fit."""
    for name, value in properties.items():
        if schema.canonical(of_type, name) != name or name == "id":
            raise AdminError(f"A {of_type} has no property '{name}' to set.")
        if not schema.fits(of_type, name, value):
            raise AdminError(f"The value of '{name}' does not fit its type.")
    return dict(properties)


def _position(tenant: Tenant, object_id: str) -> int:
    position = tenant.directory.position_of(object_id)
    if position is None:
        raise AdminError(f"There is no user {object_id}.")
    return position


def _group(tenant: Tenant, group_id: str) -> Group:
    place = tenant.groups.place_of(group_id)
    if place is None:
        raise AdminError(f"There is no group {group_id}.")
    return tenant.groups.all[place]


def _create_tenant(world: World, body: Body) -> Any:
    if (
        not body.get("name")
        or (body.get("profile") or "plain") not in profiles.PROFILES
    ):
        raise AdminError("A tenant needs a name and a known profile.")
    return asdict(info(world.create(dict(body))))  # type: ignore[arg-type]  # JSON


def _put_user(world: World, body: Body) -> Any:
    tenant = _tenant(world, body)
    directory = tenant.directory
    properties = _checked(body["properties"], of_type="user")
    object_id = body.get("object_id") or str(uuid.uuid4())
    position = directory.position_of(object_id)
    if position is None:
        position = tenant.people_edits.create(object_id, properties)
    else:
        tenant.people_edits.patch(position, properties)
    return directory.card(position, profile_card.readers(schema.DEFAULT_USER))


def _delete_user(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    position = _position(tenant, body["object_id"])
    if tenant.directory.is_present(position):
        tenant.group_edits.member_came_or_went(position, is_added=False)
        tenant.people_edits.delete(position)


def _restore_user(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    position = _position(tenant, body["object_id"])
    if not tenant.directory.is_soft_deleted(position):
        raise AdminError(f"User {body['object_id']} is not in the recycle bin.")
    tenant.people_edits.restore(position)
    tenant.group_edits.member_came_or_went(position, is_added=True)


def _purge_user(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    _delete_user(world, body)
    tenant.people_edits.purge(_position(tenant, body["object_id"]))


def _set_manager(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    manager = body.get("manager_id")
    tenant.people_edits.set_manager(
        _position(tenant, body["user_id"]),
        None if manager is None else _position(tenant, manager),
    )


def _put_group(world: World, body: Body) -> Any:
    tenant = _tenant(world, body)
    properties = _checked(body["properties"], of_type="group")
    group_id = body.get("group_id") or str(uuid.uuid4())
    place = tenant.groups.place_of(group_id)
    if place is None:
        name = str(properties.pop("displayName", "Group"))
        made = profiles.group_properties(name, createdDateTime=None)
        created = {key: value for key, value in made.items() if value is not None}
        group = tenant.group_edits.create(group_id, {**created, **properties})
    else:
        group = tenant.groups.all[place]
        tenant.group_edits.patch(group, properties)
    return group.card(schema.DEFAULT_GROUP)


def _delete_group(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    group = _group(tenant, body["group_id"])
    if group.is_present:
        tenant.group_edits.delete(group)


def _restore_group(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    group = _group(tenant, body["group_id"])
    if not tenant.groups.is_soft_deleted(group):
        raise AdminError(f"Group {group.id} is not in the recycle bin.")
    tenant.group_edits.restore(group)


def _member(tenant: Tenant, member_id: str) -> int:
    place = tenant.groups.place_of(member_id)
    return _position(tenant, member_id) if place is None else GROUP_BASE + place


def _add_member(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    key = _member(tenant, body["member_id"])
    tenant.group_edits.add_member(_group(tenant, body["group_id"]), key)


def _remove_member(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    key = _member(tenant, body["member_id"])
    tenant.group_edits.remove_member(_group(tenant, body["group_id"]), key)


def _put_sku(world: World, body: Body) -> None:
    skus = _tenant(world, body).skus.all
    sku_id = str(body["sku_id"]).lower()
    skus[sku_id] = {**skus.get(sku_id, {}), **body["properties"]}


def _remove_sku(world: World, body: Body) -> None:
    _tenant(world, body).skus.all.pop(str(body["sku_id"]).lower(), None)


def _assign_sku(world: World, body: Body) -> None:
    """Give a SKU to somebody, or to the people of a group; or take it back."""
    tenant = _tenant(world, body)
    sku_id, group_id = str(body["sku_id"]).lower(), body.get("group_id")
    if sku_id not in tenant.skus.all:
        raise AdminError(f"The tenant has no SKU {sku_id}.")
    people = [_position(tenant, one) for one in body.get("user_ids") or ()]
    if group_id is not None and not people:
        members = tenant.groups.members(_group(tenant, group_id))
        people = [member for member in members if member < GROUP_BASE]
    change = tenant.skus.take if body.get("remove") else tenant.skus.give
    for position in people:
        change(position, sku_id, group_id=group_id)


def _set_application(world: World, body: Body) -> None:
    tenant = _tenant(world, body)
    application_id = str(body["application_id"]).lower()
    if body.get("remove"):
        tenant.applications.pop(application_id, None)
        return
    application = (
        tenant.applications.get(application_id)
        or registrations.copy(world, application_id)
        or Application(application_id)
    )
    tenant.applications[application_id] = application
    fields = {
        "secret": "secret",
        "secret_expired": "has_expired_secret",
        "certificate_pem": "certificate_pem",
        "permissions": "permissions",
        "registered": "registered",
        "scopes": "scopes",
        "consented": "consented",
        "redirect_uris": "redirect_uris",
        "multi_tenant": "is_multi_tenant",
        "enabled": "is_enabled",
    }
    for name, attribute in fields.items():
        if name in body:
            setattr(application, attribute, body[name])


def _revoke_sessions(world: World, body: Body) -> None:
    world.grants.revoke(_tenant(world, body).id, str(body["object_id"]).lower())


def _rotate_keys(world: World, _body: Body) -> None:
    world.tokens.rotate()


def _fault(world: World, body: Body) -> None:
    world.faults.add(dict(body))  # type: ignore[arg-type]  # JSON of our own client


def _clear_faults(world: World, body: Body) -> None:
    world.faults.clear(body.get("tenant_id"))


def _settings(world: World, body: Body) -> None:
    settings = {name: value for name, value in body.items() if name != "tenant_id"}
    _tenant(world, body).settings.update(settings)  # type: ignore[typeddict-item]


def _advance(world: World, body: Body) -> None:
    world.clock.advance(float(body["seconds"]))


def _reset_clock(world: World, _body: Body) -> None:
    world.clock.reset()


def _requests(world: World, body: Body) -> Any:
    tenant_id = body.get("tenant_id")
    return [
        entry
        for entry in world.requests
        if tenant_id is None or entry["tenant_id"] == tenant_id
    ]


def _reset_requests(world: World, _body: Body) -> None:
    world.requests.clear()


ACTIONS: Mapping[str, Callable[[World, Body], Any]] = {
    "create_tenant": _create_tenant,
    "put_user": _put_user,
    "delete_user": _delete_user,
    "restore_user": _restore_user,
    "purge_user": _purge_user,
    "set_manager": _set_manager,
    "put_group": _put_group,
    "delete_group": _delete_group,
    "restore_group": _restore_group,
    "add_member": _add_member,
    "remove_member": _remove_member,
    "put_sku": _put_sku,
    "remove_sku": _remove_sku,
    "assign_sku": _assign_sku,
    "set_application": _set_application,
    "revoke_sessions": _revoke_sessions,
    "rotate_keys": _rotate_keys,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "settings": _settings,
    "advance": _advance,
    "reset_clock": _reset_clock,
    "requests": _requests,
    "reset_requests": _reset_requests,
}
